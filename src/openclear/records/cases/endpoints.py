"""The questions about cases that page, API and command line ask."""

from dataclasses import dataclass, field

from openclear.records.cases.queries import MOST_CASES, open_cases
from openclear.records.cases.rows import CaseRow
from openclear.records.found import records_in
from openclear.vocabulary.actions import Action
from openclear.vocabulary.endpoint import Door, Endpoint, parameter
from openclear.vocabulary.grants import LONGEST_CASE
from openclear.vocabulary.purposes import Purpose


@dataclass(frozen=True, slots=True)
class CaseListParams:
    """Which open cases: those whose number begins with `q`, or the one with this id, at most `limit`."""

    q: str = field(default="", metadata=parameter("Number", longest=LONGEST_CASE, example="CZ-2026"))
    limit: int = field(default=MOST_CASES, metadata=parameter("Limit", most=MOST_CASES, example=50))


CASE_LIST = Endpoint(
    name="cases",
    action=Action.CASE_LIST,
    purpose=Purpose.OWN_ACCOUNT,
    doors={Door.PAGE: "cases", Door.API: "cases", Door.COMMAND: "cases"},
    params=CaseListParams,
    row=CaseRow,
    query=lambda grant, asked: open_cases(grant, text=asked.q, limit=asked.limit),
    words={
        "summary": "List open cases",
        "description": "Open cases, dispatch events and warrants, newest first: those that a search can name.",
    },
    line=lambda _, row: f"{row.number:<16} {row.kind:<9} {row.opened}  {row.title}",
    shown=records_in,
)
