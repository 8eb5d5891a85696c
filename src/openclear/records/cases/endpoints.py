"""The questions about cases that page, API and command line ask."""

from dataclasses import dataclass, field

from openclear.records.cases.listing import MINE, listed_cases
from openclear.records.cases.queries import MOST_CASES
from openclear.records.cases.rows import CaseRow
from openclear.records.found import records_in
from openclear.vocabulary.actions import Action
from openclear.vocabulary.endpoint import Door, Endpoint, parameter
from openclear.vocabulary.grants import LONGEST_CASE
from openclear.vocabulary.purposes import Purpose

MOST_PAGES = 1000


@dataclass(frozen=True, slots=True)
class CaseListParams:
    """Which open cases: whose number begins with `q`, or the one with this id, of one's own agency or shared with it, of a kind, opened when."""

    q: str = field(default="", metadata=parameter("Number", longest=LONGEST_CASE, example="CZ-2026"))
    whose: str = field(default="", metadata=parameter("Whose (mine, shared)", longest=6, example=MINE))
    kind: str = field(default="", metadata=parameter("Kind", longest=12, example="case"))
    since: str = field(
        default="", metadata=parameter("Opened from", longest=10, example="2026-01-01", day=True)
    )
    until: str = field(
        default="", metadata=parameter("Opened to", longest=10, example="2026-12-31", day=True)
    )
    limit: int = field(default=MOST_CASES, metadata=parameter("Limit", most=MOST_CASES, example=50))
    page: int = field(default=1, metadata=parameter("Page", most=MOST_PAGES, example=1))


CASE_LIST = Endpoint(
    name="cases",
    action=Action.CASE_LIST,
    purpose=Purpose.OWN_ACCOUNT,
    doors={Door.PAGE: "cases", Door.API: "cases", Door.COMMAND: "cases"},
    params=CaseListParams,
    row=CaseRow,
    query=lambda grant, asked: listed_cases(grant, asked=asked),
    words={
        "summary": "List open cases",
        "description": "Open cases, dispatch events and warrants, newest first: those that a search can name.",
    },
    line=lambda _, row: f"{row.number:<16} {row.kind:<9} {row.opened}  {row.title}",
    shown=records_in,
)
