"""Cases, declared as a kind of record: listed to be named, opened at one's own desk, sealed like any other."""

from openclear.records.cases.commands import cases_of
from openclear.records.cases.models import Case
from openclear.records.cases.queries import case
from openclear.records.cases.rows import CaseRow
from openclear.records.kind import RecordKind, Sealed
from openclear.records.told import case_rows
from openclear.vocabulary.actions import Action, Dataset

CASES = RecordKind(
    dataset=Dataset.CASES,
    noun="case",
    list_action=Action.CASE_LIST,
    view_action=Action.CASE_VIEW,
    model=Case,
    row=CaseRow,
    within=cases_of,
    rows=case_rows,
    detail=lambda grant, record: case(grant, case_id=record),
    tables={"case": Case},
    sealed=Sealed(derived=("search: the case as a ground",)),
    words={
        "title": "Cases",
        "open": "Open one case",
        "shows": "One case: number, kind, subject, and the incident if the requester may see it.",
    },
)
