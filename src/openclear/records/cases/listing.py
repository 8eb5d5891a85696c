"""The list of open cases with its filters and counts, for the page, the API and the command line. Only for the grant's holder."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from openclear.records.cases.commands import cases_of
from openclear.records.cases.models import Case
from openclear.records.cases.rows import EXTERNAL, CaseRow
from openclear.records.cases.rules import id_in
from openclear.records.rules import block_of
from openclear.records.told import case_rows
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import chains
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant

if TYPE_CHECKING:
    from openclear.records.cases.endpoints import CaseListParams

END_OF_PREFIX = "\U0010ffff"
MINE, SHARED = "mine", "shared"
# The kinds that are offered as a filter, with their words.
KINDS = {
    "case": "case",
    "dispatch": "dispatch event",
    "warrant": "warrant",
    EXTERNAL: "case of a partner agency",
}


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """How many open cases match the filters other than `whose`: all, one's own agency's, and those shared with it."""

    all: int
    mine: int
    shared: int

    def of(self, whose: str) -> int:
        """Return the count of all, or of `mine` or `shared`."""
        return {MINE: self.mine, SHARED: self.shared}.get(whose, self.all)


def listed_cases(grant: Grant, *, asked: "CaseListParams") -> list[CaseRow]:
    """Return a page of the open cases that are asked for, newest first. Raises WrongUsage for an unknown choice or day."""
    grant.require(Action.CASE_LIST)
    first = (asked.page - 1) * asked.limit
    within = _whose(grant, _matching(grant, asked), asked.whose)
    return case_rows(grant, list(within.order_by("-opened", "number")[first : first + asked.limit]))


def case_counts(grant: Grant, *, asked: "CaseListParams") -> CaseCounts:
    """Return how many cases there are for the same filters. Raises WrongUsage as `listed_cases` does."""
    grant.require(Action.CASE_LIST)
    within = _matching(grant, asked)
    every, mine = within.count(), _whose(grant, within, MINE).count()
    return CaseCounts(every, mine, every - mine)


def _matching(grant: Grant, asked: "CaseListParams") -> "QuerySet[Case]":
    within = cases_of(grant).filter(closed=None).exclude(kind=EXTERNAL, confirmed=None)
    number = block_of(asked.q)
    if identity := id_in(asked.q):
        within = within.filter(pk=identity)
    elif number:
        within = within.filter(number__gte=number, number__lt=number + END_OF_PREFIX)
    return within.filter(**_limits(asked))


def _limits(asked: "CaseListParams") -> dict[str, Any]:
    if asked.kind and asked.kind not in KINDS:
        raise WrongUsage(f"Kind: choose one of {', '.join(KINDS)}; not '{asked.kind}'.")
    since, until = _day("Opened from", asked.since), _day("Opened to", asked.until)
    if since and until and until < since:
        raise WrongUsage(f"The last day, {until}, is before the first, {since}; exchange them.")
    limits = {"kind": asked.kind, "opened__gte": since, "opened__lte": until}
    return {name: value for name, value in limits.items() if value}


def _whose(grant: Grant, cases: "QuerySet[Case]", whose: str) -> "QuerySet[Case]":
    if whose not in {"", MINE, SHARED}:
        raise WrongUsage(f"Whose: choose {MINE} or {SHARED}, or leave it empty; not '{whose}'.")
    # As in `cases_of`: the agency that an answer is for does not make its cases the requester's own.
    own = Q(owner_agency__in=chains(set(grant.agencies) - {grant.inquiry.on_behalf_of}))
    return cases.filter(own if whose == MINE else ~own) if whose else cases


def _day(label: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise WrongUsage(f"{label}: enter a day such as 2026-01-31; not '{text}'.") from None
