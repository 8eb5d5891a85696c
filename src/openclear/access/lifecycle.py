"""The life of an account after it was made: certified every year, disabled, reinstated by two, found idle (AC-2)."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Q

from openclear.access import barrier, gate
from openclear.access.changes import change, change_by
from openclear.access.commands import CERTIFIED_DAYS, officer_row
from openclear.access.keepers import kept, oversees, strength
from openclear.access.models import Officer
from openclear.access.rules import OVERSIGHTS_OWN, TWO_PEOPLE_FOR_ACCOUNT
from openclear.access.standing import read_standing
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Grant

IDLE_DAYS = 90
IDLE = "not used for 90 days"
OVER = "temporary, and its time is over"


def certify(grant: Grant, *, handles: Sequence[str], until: date) -> None:
    """Certify accounts anew, for a year at most (AC-2 j). Nobody certifies themselves.

    Raises NotPossible for an unknown handle, oneself, or a day further away; then nobody is certified.
    """
    grant.require(Action.REGISTRY_CHANGE)
    if until > clock.today() + timedelta(days=CERTIFIED_DAYS):
        raise NotPossible("An account can be certified for a year at most (CJIS Security Policy AC-2 j).")
    if grant.officer in handles:
        raise NotPossible("Nobody certifies their own account; ask another access administrator.")
    with change_by(grant) as under_way:
        for handle in handles:
            officer = officer_row(handle)
            under_way.entry(
                "registry",
                {"registry": {"change": "certified", "agency": _employer(officer)}},
                {"person": handle, "until": str(until)},
            )
            Officer.objects.filter(pk=officer.pk).update(certified_until=until)


def disable(grant: Grant, *, handle: str, reason: str) -> None:
    """Disable an account at once; its sessions and tokens are powerless from now on (AC-2(13)).

    Raises Refused where it is one of the last two who can lift an order, the last who watches, or for a keeper one of
    oversight's own.
    """
    grant.require(Action.REGISTRY_CHANGE, Action.OVERSIGHT_ACCOUNT)
    officer = officer_row(handle)
    if oversees(officer) != (grant.action is Action.OVERSIGHT_ACCOUNT):
        raise gate.refuse_act(grant, OVERSIGHTS_OWN)
    with barrier.standing_still(barrier.lock_of(handle)), change_by(grant) as under_way, kept(grant):
        facts = {"registry": {"change": "disabled", "agency": _employer(officer)}}
        under_way.entry("registry", facts, {"person": handle, "reason": reason})
        Officer.objects.filter(pk=officer.pk).update(is_active=False, disabled_for=reason[:80])


def reinstate(grant: Grant, *, approval: Grant, handle: str) -> None:
    """Let a disabled account in again, by two people. Raises Refused where one person acts for two."""
    grant.require(Action.REGISTRY_CHANGE)
    approval.require(Action.REGISTRY_CHANGE)
    if approval.officer == grant.officer:
        raise gate.refuse_act(grant, TWO_PEOPLE_FOR_ACCOUNT)
    with change_by(grant) as under_way:
        officer = officer_row(handle)
        if officer.is_active:
            message = f"The account {handle} is not disabled."
            raise NotPossible(message)
        facts = {"registry": {"change": "reinstated", "agency": _employer(officer)}}
        under_way.entry("registry", facts, {"person": handle, "approved_by": approval.officer})
        Officer.objects.filter(pk=officer.pk).update(
            is_active=True, disabled_for="", last_used=clock.today(), temporary_until=None
        )


def review_accounts() -> list[str]:
    """Disable what was not used for 90 days and what was temporary; return the handles. Run daily (AC-2(3)).

    Whoever the city could not do without stays: it cannot lock itself out by a quiet quarter.
    """
    ended = []
    for handle, reason in _due():
        still, before = barrier.standing_still(barrier.lock_of(handle)), strength(read_standing())
        with still, change("review", (), Action.REGISTRY_CHANGE) as under_way:
            officer = officer_row(handle)
            Officer.objects.filter(pk=officer.pk).update(is_active=False, disabled_for=reason)
            if strength(read_standing()).is_too_little_after(before):
                Officer.objects.filter(pk=officer.pk).update(is_active=True, disabled_for="")
                continue
            facts = {"registry": {"change": "disabled", "agency": _employer(officer)}}
            under_way.entry("registry", facts, {"person": handle, "reason": reason})
            ended.append(handle)
    return ended


def _due() -> list[tuple[str, str]]:
    quiet = clock.today() - timedelta(days=IDLE_DAYS)
    active = Officer.objects.filter(is_active=True)
    idle = active.filter(Q(last_used__lt=quiet) | Q(last_used=None, registered__date__lt=quiet))
    over = active.filter(temporary_until__lte=clock.now())
    due = dict.fromkeys(idle.values_list("handle", flat=True), IDLE)
    return list((due | dict.fromkeys(over.values_list("handle", flat=True), OVER)).items())


def _employer(officer: Officer) -> str:
    ties = officer.affiliations.select_related("agency").order_by("-pk")
    employers = [tie.agency.path for tie in ties if tie.kind == "employer"]
    return employers[0] if employers else "il"
