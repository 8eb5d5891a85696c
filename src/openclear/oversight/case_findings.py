"""Findings about the use of cases: a person who looked up more on one case within an hour than the city expects.

Each is a question for a person, never a verdict. The person who is counted is told nothing, and no answer changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings

from openclear.access.explanations import day_of
from openclear.audit.case_hours import busy_case_hours
from openclear.vocabulary import clock
from openclear.vocabulary.actions import SEARCHES, VIEWS, Action
from openclear.vocabulary.endpoint import parameter
from openclear.vocabulary.grants import Grant

LOOKED_BACK = timedelta(days=7)
LOOKUPS = frozenset(str(action) for action in (*SEARCHES, *VIEWS))


@dataclass(frozen=True, slots=True)
class FindingParams:
    """Since when: a day, in UTC; without one, the last seven days."""

    since: str = field(default="", metadata=parameter("Since", longest=10, example="2026-11-20", day=True))


@dataclass(frozen=True, slots=True)
class CaseFinding:
    """One hour (UTC) in which a person looked up more on one case than `limit`.

    `records`: how many different records the answers showed. `first`, `last`: the entries of the first look-up and the last.
    """

    officer: str
    case: str
    hour: str
    lookups: int
    limit: int
    records: int
    first: int
    last: int


def case_findings(grant: Grant, *, asked: FindingParams) -> Sequence[CaseFinding]:
    """Return the findings since a day, newest first. Raises WrongUsage for an invalid or future day."""
    grant.require(Action.LOG_VIEW_ALL)
    since, limit = day_of(asked.since) or clock.today() - LOOKED_BACK, settings.LOOKUPS_ON_A_CASE
    rows = busy_case_hours(grant, since=since, more_than=limit, acts=LOOKUPS)
    return [
        CaseFinding(row.officer, row.case, row.hour, row.lookups, limit, row.records, row.first, row.last)
        for row in rows
    ]
