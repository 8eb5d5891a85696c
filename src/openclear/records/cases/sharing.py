"""Requests to share a case: one officer of its department asks, another sees what it means and approves.

The case and the agency are checked within the one lock of all acts, so no order comes between.
"""

from collections.abc import Sequence
from uuid import UUID

from openclear.access import gate
from openclear.access.registry.acts import one_at_a_time
from openclear.access.registry.guarded import is_guarded, standing_or_suspended, touches
from openclear.access.registry.queries import AgencyRow, agencies
from openclear.records.cases.commands import TWO_TO_SHARE, own_case, share_case, shareable
from openclear.records.cases.models import Case, CaseShare, ShareRequest
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.without_grant import without_grant

_CHUNK = 800


@without_grant("reads the registry, no record")
def agencies_to_share_with() -> Sequence[AgencyRow]:
    """Return the agencies that a case can be shared with: those that no order touches."""
    orders = standing_or_suspended()
    return [row for row in agencies() if not any(touches(order, row.path) for order in orders)]


@one_at_a_time
def ask_to_share(grant: Grant, *, case_id: UUID, agency: str) -> None:
    """Ask another officer of its department to approve the sharing of a case. Nobody can name it yet.

    Asking again is harmless. Raises NotPossible for a case that is not the department's, an agency that is not registered, or
    a case that is shared with it already; Refused for an agency under an order in force.
    """
    grant.require(Action.CASE_SHARE)
    case = shareable(grant, case_id=case_id, agency=agency)
    if CaseShare.objects.filter(case=case, agency=agency).exists():
        raise NotPossible(f"The case is shared with {agency} already.")
    gate.log_act(grant, details={"share_asked": case.number, "with": agency})
    ShareRequest.objects.get_or_create(
        case=case, agency=agency, defaults={"asked_by": grant.officer, "asked": clock.now()}
    )


@one_at_a_time
def approve_share(grant: Grant, *, case_id: UUID, agency: str) -> None:
    """Share a case as its second person. The gate decides again for the one who asked.

    Raises NotPossible if this was not asked for, Refused for the one who asked, if one of the two no longer
    may, or if the agency has come under an order.
    """
    grant.require(Action.CASE_SHARE)
    request = _request(grant, case_id, agency)
    if request.asked_by == grant.officer:
        raise gate.refuse(grant, TWO_TO_SHARE)
    first = gate.open_for(request.asked_by, Action.CASE_SHARE, purpose=Purpose.CRIMINAL_INVESTIGATION)
    share_case(first, case_id=case_id, agency=agency, approval=grant)


@one_at_a_time
def decline_share(grant: Grant, *, case_id: UUID, agency: str) -> None:
    """Turn a request down, or take one's own back. Raises NotPossible if this was not asked for."""
    grant.require(Action.CASE_SHARE)
    request = _request(grant, case_id, agency)
    gate.log_act(grant, details={"share_declined": request.case.number, "with": agency})
    request.delete()


@one_at_a_time
def share_open_cases(grant: Grant, *, source: str, agencies: Sequence[str], newest: int, one_in: int) -> None:
    """Share the newest open cases of a source, and one in so many of the others, with agencies. Twice is harmless.

    For the invented city: nothing is shared with an agency under an order, which is checked within the lock of all acts.
    """
    grant.require(Action.RECORDS_IMPORT)
    open_to = [agency for agency in agencies if not is_guarded(agency)]
    cases = Case.objects.filter(source=source, closed=None).order_by("-opened", "number")
    joint = [case for place, case in enumerate(cases) if place < newest or place % one_in == 0]
    day = clock.today()
    shares = [
        CaseShare(case=case, agency=agency, shared_by=grant.officer, since=day)
        for case in joint
        for agency in open_to
    ]
    CaseShare.objects.bulk_create(shares, batch_size=_CHUNK, ignore_conflicts=True)


def _request(grant: Grant, case_id: UUID, agency: str) -> ShareRequest:
    case = own_case(grant, case_id=case_id)
    request = ShareRequest.objects.select_related("case").filter(case=case, agency=agency).first()
    if request is None:
        raise NotPossible(f"There is no longer a request to share this case with {agency}.")
    return request
