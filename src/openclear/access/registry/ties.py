"""Ties of people to agencies: begun and ended, each with its entry, by two people if an order touches the agency."""

from collections.abc import Sequence
from datetime import date, timedelta

from openclear.access import barrier
from openclear.access.gate.epoch import Change, change_by
from openclear.access.models import Affiliation, Agency, Officer
from openclear.access.policy.facts import OrderRow
from openclear.access.registry.acts import one_at_a_time
from openclear.access.registry.guarded import name_of, second_where_touched
from openclear.access.registry.lockout import no_lockout
from openclear.access.registry.lookups import agency_row, officer_row
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import TieKind, chain
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

LONGEST_KIND = 20


@one_at_a_time
def affiliate(
    grant: Grant,
    *,
    handle: str,
    agency: str,
    kind: str,
    since: date | None = None,
    approval: Grant | None = None,
) -> None:
    """Tie a person to one more agency, from today or from `since`. Raises NotPossible for unknown names or a second employer.

    If an order touches the agency the tie cuts the person off, now or when it is approved or resumed, so it takes a second
    person's `approval`; Refused without it.
    """
    grant.require(Action.REGISTRY_CHANGE)
    if not 0 < len(kind) <= LONGEST_KIND:
        message = f"The kind of a tie has at most {LONGEST_KIND} characters, such as task-force."
        raise WrongUsage(message)
    officer = officer_row(handle)
    with barrier.frozen(barrier.lock_of(handle)), change_by(grant) as under_way, no_lockout(grant):
        second_where_touched(grant, approval, agency)
        tie(under_way, officer, agency, kind, since, approved_by=name_of(approval))


@one_at_a_time
def end_affiliation(grant: Grant, *, handle: str, agency: str, approval: Grant | None = None) -> None:
    """End a person's ties to an agency as of yesterday. Raises NotPossible if there is none.

    If an order touches the agency this lets the person in again, or keeps them from being cut off, so it takes a second
    person's `approval`, as lifting does; Refused without it.
    """
    grant.require(Action.REGISTRY_CHANGE)
    officer = officer_row(handle)
    with barrier.frozen(barrier.lock_of(handle)), change_by(grant) as under_way, no_lockout(grant):
        second_where_touched(grant, approval, agency)
        ties = Affiliation.objects.filter(officer=officer, agency=agency_row(agency), until=None)
        if not ties:
            message = f"{handle} has no tie to {agency} that could be ended."
            raise NotPossible(message)
        end_ties(under_way, officer, agency, name_of(approval))


@without_grant("for this room alone, within an act whose grant was required")
def end_ties(under_way: Change, officer: Officer, agency: str, approved_by: str = "") -> list[str]:
    """End a person's ties to one agency, as of yesterday, within a change; return their kinds."""
    facts = {"affiliation": {"change": "ended", "agency": agency}}
    entry = under_way.entry("affiliation", facts, {"person": officer.handle, "approved_by": approved_by})
    ties = Affiliation.objects.filter(officer=officer, agency__path=agency, until=None)
    kinds = list(ties.values_list("kind", flat=True))
    ties.update(until=clock.today() - timedelta(days=1), ended_by=under_way.officer, ended_by_entry=entry)
    return kinds


@without_grant("for this room alone, within an act whose grant was required")
def end_ties_under(under_way: Change, order: OrderRow, handles: Sequence[str], approved_by: str) -> None:
    """Within the change that puts an order in force, end the ties by which it would catch these people."""
    for handle in handles:
        for path in ties_under(order, [handle]):
            end_ties(under_way, officer_row(handle), path, approved_by)


@without_grant("for this room alone, within an act whose grant was required")
def ties_under(order: OrderRow, handles: Sequence[str]) -> list[str]:
    """Return the agencies under an order that these people are tied to, only for this room."""
    ties = Affiliation.objects.filter(officer__handle__in=handles, until=None)
    return sorted({path for path in ties.values_list("agency__path", flat=True) if order.covers_agency(path)})


@without_grant("for this room alone, within an act whose grant was required")
def tie(
    under_way: Change,
    officer: Officer,
    agency: str,
    kind: str,
    since: date | None = None,
    *,
    approved_by: str = "",
) -> None:
    """Tie a person to an agency within a change. Raises NotPossible for a second employer, a closed agency or a day to come."""
    row = agency_row(agency)
    begins = since or clock.today()
    if begins > clock.today():
        # A plan and the last two approvers are counted by today's ties.
        raise NotPossible("A tie begins today or earlier; add it on the day when it is to begin.")
    if Agency.objects.filter(path__in=chain(agency), closed_on__isnull=False).exists():
        message = f"{agency} was merged into another agency and takes no new people; tie the person to the other agency."
        raise NotPossible(message)
    employed = Affiliation.objects.filter(officer=officer, kind=TieKind.EMPLOYER, until=None)
    if kind == TieKind.EMPLOYER and employed.exists():
        message = f"{officer.handle} has an employer already; end that tie before a new one begins."
        raise NotPossible(message)
    facts = {"affiliation": {"change": "began", "agency": agency}}
    body = {"person": officer.handle, "kind": kind, "since": str(begins), "approved_by": approved_by}
    entry = under_way.entry("affiliation", facts, body)
    Affiliation.objects.create(officer=officer, agency=row, kind=kind, since=begins, entry=entry)
