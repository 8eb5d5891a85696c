"""The life of an account after its creation: certified every year, disabled, reinstated by two, found idle (AC-2)."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Q

from openclear.access import barrier, gate
from openclear.access.gate.epoch import change, change_by
from openclear.access.gate.standing import read_standing
from openclear.access.models import Affiliation, Officer
from openclear.access.policy.rules import OVERSIGHTS_OWN, TWO_PEOPLE_FOR_ACCOUNT
from openclear.access.registry.acts import one_at_a_time, registry_held
from openclear.access.registry.commands import CERTIFIED_DAYS
from openclear.access.registry.guarded import need_second, touched
from openclear.access.registry.lockout import no_lockout, other_overseers, oversees, safeguard
from openclear.access.registry.lookups import officer_row
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import TieKind
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

IDLE_DAYS = 90
IDLE = "not used for 90 days"
OVER = "temporary, and its time is over"


@one_at_a_time
def certify(grant: Grant, *, handles: Sequence[str], until: date, approval: Grant | None = None) -> None:
    """Certify accounts again, for at most a year (AC-2 j). Nobody certifies themselves alone.

    Accounts of oversight are certified by oversight: by another overseer or, if there is none, by the only one together
    with a keeper's `approval`. An account that an order touches takes two people. Raises NotPossible for an unknown handle,
    oneself, or a day beyond that, Refused for the rest; then nobody is certified.
    """
    grant.require(Action.REGISTRY_CHANGE, Action.OVERSIGHT_ACCOUNT)
    if until > clock.today() + timedelta(days=CERTIFIED_DAYS):
        raise NotPossible("An account can be certified for a year at most (CJIS Security Policy AC-2 j).")
    with change_by(grant) as under_way:
        for handle in handles:
            officer = officer_row(handle)
            _check_certifier(grant, approval, officer)
            if until < officer.certified_until:
                # Ending an account earlier is disabling it, which takes two and spares the last approvers.
                raise NotPossible(
                    f"{handle} is certified until {officer.certified_until} already; disable the account to end it."
                )
            second = approval.officer if approval else ""
            under_way.entry(
                "registry",
                {"registry": {"change": "certified", "agency": _employer(officer)}},
                {"person": handle, "until": str(until), "approved_by": second},
            )
            Officer.objects.filter(pk=officer.pk).update(certified_until=until)


@one_at_a_time
def disable(grant: Grant, *, handle: str, reason: str, approval: Grant | None = None) -> None:
    """Disable an account at once, by two people; its sessions and tokens are powerless from now on (AC-2(13)).

    Raises Refused if one person acts for two, if it is one of the last two who can lift an order or the last who
    watches, or if keepers alone disable one of oversight's own.
    """
    grant.require(Action.REGISTRY_CHANGE, Action.OVERSIGHT_ACCOUNT)
    officer = officer_row(handle)
    if oversees(officer) != (grant.action is Action.OVERSIGHT_ACCOUNT):
        raise gate.refuse(grant, OVERSIGHTS_OWN)
    second = _second(grant, approval, officer)
    with barrier.frozen(barrier.lock_of(handle)), change_by(grant) as under_way, no_lockout(grant):
        facts = {"registry": {"change": "disabled", "agency": _employer(officer)}}
        under_way.entry("registry", facts, {"person": handle, "reason": reason, "approved_by": second})
        Officer.objects.filter(pk=officer.pk).update(is_active=False, disabled_for=reason[:80])


@one_at_a_time
def reinstate(grant: Grant, *, approval: Grant, handle: str) -> None:
    """Reinstate a disabled account, by two people; one of oversight's own by oversight and a second person.

    Raises Refused if one person acts for two, or keepers alone for oversight.
    """
    grant.require(Action.REGISTRY_CHANGE, Action.OVERSIGHT_ACCOUNT)
    officer = officer_row(handle)
    second = _second(grant, approval, officer)
    if oversees(officer) and Action.OVERSIGHT_ACCOUNT not in {grant.action, approval.action}:
        raise gate.refuse(grant, OVERSIGHTS_OWN)
    if officer.is_active:
        message = f"The account {handle} is not disabled."
        raise NotPossible(message)
    with change_by(grant) as under_way:
        facts = {"registry": {"change": "reinstated", "agency": _employer(officer)}}
        under_way.entry("registry", facts, {"person": handle, "approved_by": second})
        Officer.objects.filter(pk=officer.pk).update(
            is_active=True, disabled_for="", last_used=clock.today(), temporary_until=None
        )


@without_grant("runs as the city itself: the worker's duty")
def review_accounts() -> list[str]:
    """Disable accounts not used for 90 days and expired temporary ones; return the handles. Run daily (AC-2(3)).

    Accounts that the city needs stay: it cannot lock itself out by a quiet quarter.
    """
    return [handle for handle, reason in _due() if _ended(handle, reason)]


def _ended(handle: str, reason: str) -> bool:
    with registry_held():
        still, before = barrier.frozen(barrier.lock_of(handle)), safeguard(read_standing())
        with still, change("review", (), Action.REGISTRY_CHANGE) as under_way:
            officer = officer_row(handle)
            if (handle, reason) not in _due():
                # Used, or decided on by people, while this waited.
                return False
            Officer.objects.filter(pk=officer.pk).update(is_active=False, disabled_for=reason)
            if safeguard(read_standing()).is_too_little_after(before):
                Officer.objects.filter(pk=officer.pk).update(is_active=True, disabled_for="")
                return False
            facts = {"registry": {"change": "disabled", "agency": _employer(officer)}}
            under_way.entry("registry", facts, {"person": handle, "reason": reason})
            return True


def _due() -> list[tuple[str, str]]:
    quiet = clock.today() - timedelta(days=IDLE_DAYS)
    active = Officer.objects.filter(is_active=True)
    idle = active.filter(Q(last_used__lt=quiet) | Q(last_used=None, registered__date__lt=quiet))
    over = active.filter(temporary_until__lte=clock.now())
    due = dict.fromkeys(idle.values_list("handle", flat=True), IDLE)
    return list((due | dict.fromkeys(over.values_list("handle", flat=True), OVER)).items())


def _second(grant: Grant, approval: Grant | None, officer: Officer) -> str:
    fits = approval is not None and (oversees(officer) or approval.action is not Action.OVERSIGHT_ACCOUNT)
    if approval is None or not fits or approval.officer == grant.officer:
        raise gate.refuse(grant, TWO_PEOPLE_FOR_ACCOUNT)
    approval.require(Action.REGISTRY_CHANGE, Action.OVERSIGHT_ACCOUNT)
    return approval.officer


def _check_certifier(grant: Grant, approval: Grant | None, officer: Officer) -> None:
    if oversees(officer) and grant.action is not Action.OVERSIGHT_ACCOUNT:
        raise gate.refuse(grant, OVERSIGHTS_OWN)
    if grant.officer == officer.handle:
        # Nobody else of oversight can certify the only one who watches: a keeper approves too.
        if not oversees(officer) or other_overseers(grant):
            raise NotPossible("Nobody can certify their own account; ask another access administrator.")
        _second(grant, approval, officer)
    ties = Affiliation.objects.filter(officer=officer, until=None).values_list("agency__path", flat=True)
    if touched(*ties):
        need_second(grant, approval, of_oversight=oversees(officer))


def _employer(officer: Officer) -> str:
    ties = officer.affiliations.select_related("agency").order_by("-pk")
    employers = [tie.agency.path for tie in ties if tie.kind == TieKind.EMPLOYER]
    return employers[0] if employers else city().host
