"""What is asked of cases on every door."""

from dataclasses import dataclass, field

from openclear.records.cases.queries import MOST_CASES, open_cases
from openclear.records.cases.rows import CaseRow
from openclear.records.found import narrows
from openclear.vocabulary.actions import Action
from openclear.vocabulary.endpoint import Endpoint
from openclear.vocabulary.purposes import Purpose


@dataclass(frozen=True, slots=True)
class CaseListParams:
    """Which open cases: those whose number begins with `q`, at most `limit`."""

    q: str = field(default="", metadata=narrows("Number", longest=30, example="CZ-2026"))
    limit: int = field(default=MOST_CASES, metadata=narrows("Limit", most=MOST_CASES, example=50))


CASE_LIST = Endpoint(
    name="cases",
    action=Action.CASE_LIST,
    purpose=Purpose.OWN_ACCOUNT,
    params=CaseListParams,
    row=CaseRow,
    query=lambda grant, asked: open_cases(grant, text=asked.q, limit=asked.limit),
    words={
        "summary": "List open cases",
        "description": "Open cases, dispatch events and warrants, newest first: what a search can name as its ground.",
    },
)
