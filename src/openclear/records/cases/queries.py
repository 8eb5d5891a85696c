"""Which cases can be named, and one case with its incident and shares. Only for the grant's holder."""

from uuid import UUID

from openclear.records.cases.commands import cases_of
from openclear.records.cases.models import Case, CaseShare, ShareRequest
from openclear.records.cases.rows import EXTERNAL, CaseDetail, CaseRow, ShareRequestRow
from openclear.records.cases.rules import id_in
from openclear.records.incidents.models import Incident
from openclear.records.rules import block_of
from openclear.records.told import case_rows
from openclear.vocabulary.actions import SEARCHES, Action, Dataset
from openclear.vocabulary.agencies import chains
from openclear.vocabulary.grants import Grant

MOST_CASES = 50
END_OF_PREFIX = "\U0010ffff"


def open_cases(grant: Grant, *, text: str = "", limit: int = MOST_CASES, offset: int = 0) -> list[CaseRow]:
    """Return open cases that belong to the requester or were shared with them, newest first: a search can name these.

    `text`: the beginning of their number, or the id of one.
    """
    grant.require(Action.CASE_LIST, Action.DESK_OPEN, *SEARCHES)
    within = cases_of(grant).filter(closed=None).exclude(kind=EXTERNAL, confirmed=None)
    number = block_of(text)
    if identity := id_in(text):
        within = within.filter(pk=identity)
    elif number:
        within = within.filter(number__gte=number, number__lt=number + END_OF_PREFIX)
    newest = within.order_by("-opened", "number")[offset : offset + limit]
    return case_rows(grant, list(newest))


def case_named(grant: Grant, *, name: str) -> UUID | None:
    """Return the id of the case with this number or id; None if the requester may see none with this number.

    Whether they may see one with this id is decided where it is used.
    """
    grant.require(Action.CASE_VIEW, Action.CASE_SHARE, Action.CASE_CONFIRM)
    if identity := id_in(name):
        return identity
    return cases_of(grant).filter(number=block_of(name)).values_list("pk", flat=True).first()


def case(grant: Grant, *, case_id: UUID) -> CaseDetail | None:
    """Return one case, dispatch event or warrant; None if the requester may see none."""
    grant.require(Action.CASE_VIEW)
    found = cases_of(grant).filter(pk=case_id).first()
    if found is None:
        return None
    incidents = Incident.objects.within(grant.over(Dataset.INCIDENTS)).filter(pk=found.incident_id)
    row = case_rows(grant, [found])[0]
    shares = CaseShare.objects.filter(case=found).order_by("agency").values_list("agency", flat=True)
    return CaseDetail(
        row, found.closed, incidents.values_list("id", "rd_number").first(), found.owner_agency, tuple(shares),
        sponsor=found.sponsor, waits=found.kind == EXTERNAL and found.confirmed is None, requests=_share_requests(grant, found),
    )  # fmt: skip


def _share_requests(grant: Grant, found: Case) -> tuple[ShareRequestRow, ...]:
    if found.owner_agency not in chains(grant.agencies):
        return ()
    rows = ShareRequest.objects.filter(case=found).order_by("pk")
    return tuple(
        ShareRequestRow(row.agency, row.asked_by, row.asked, row.asked_by == grant.officer) for row in rows
    )
