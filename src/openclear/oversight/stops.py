"""The stops and calls of a day, for oversight: what each was for, what was looked up, what came of it, and how many each officer has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter

from openclear.access.explanations import day_of
from openclear.audit.reading import entries_on_cases
from openclear.audit.rows import EntryRow
from openclear.records.stops.queries import stops_before, stops_on
from openclear.records.stops.rows import StopRow
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.city import city
from openclear.vocabulary.endpoint import parameter
from openclear.vocabulary.grants import Grant

# A rate is compared with that of these many days before.
DAYS_BEFORE = 28


@dataclass(frozen=True, slots=True)
class StopsQuestion:
    """Which day's stops and calls. `on`: "" for today, by the city's clock."""

    on: str = field(default="", metadata=parameter("Day", longest=10, example="2026-01-02", day=True))


@dataclass(frozen=True, slots=True)
class ReviewedStop:
    """A stop or call with each entry of the log that names it, in order: what was looked up, and what was refused."""

    stop: StopRow
    entries: Sequence[EntryRow]


@dataclass(frozen=True, slots=True)
class OfficerRate:
    """An officer's stops and calls of the day. `lookups`: requests that named one; `a_stop`: how many for each.

    `people`: people asked for by name; `silent`: of how many that are over the officer has not said what came of them;
    `usual`: how many a day in the four weeks before.
    """

    officer: str
    stops: int
    lookups: int
    a_stop: float
    people: int
    silent: int
    usual: float


@dataclass(frozen=True, slots=True)
class StopsOfDay:
    """The stops and calls of a day in order, and the rate of each officer, most first."""

    on: date
    stops: Sequence[ReviewedStop]
    officers: Sequence[OfficerRate]


def stops_of_day(grant: Grant, *, question: StopsQuestion) -> StopsOfDay:
    """Return the stops and calls that were started on a day. Raises WrongUsage for an invalid or future day."""
    grant.require(Action.LOG_VIEW_ALL)
    day = day_of(question.on) or clock.now().astimezone(city().zone).date()
    rows = stops_on(grant, day=day)
    entries = entries_on_cases(grant, cases=[row.number for row in rows])
    reviewed = [ReviewedStop(row, entries.get(row.number, ())) for row in rows]
    return StopsOfDay(day, reviewed, _rates(reviewed, stops_before(grant, day=day, days=DAYS_BEFORE)))


def _rates(reviewed: Iterable[ReviewedStop], before: Mapping[str, int]) -> list[OfficerRate]:
    """Return the rate of each officer, most stops first. `before`: how many each had in the days before."""
    by_officer: dict[str, list[ReviewedStop]] = {}
    for one in reviewed:
        by_officer.setdefault(one.stop.officer, []).append(one)
    rates = [_rate(officer, stops, before.get(officer, 0)) for officer, stops in sorted(by_officer.items())]
    return sorted(rates, key=attrgetter("stops", "lookups"), reverse=True)


def _rate(officer: str, stops: Sequence[ReviewedStop], before: int) -> OfficerRate:
    lookups = sum(len(one.entries) for one in stops)
    return OfficerRate(
        officer=officer,
        stops=len(stops),
        lookups=lookups,
        a_stop=round(lookups / len(stops), 1),
        people=sum(one.stop.asked for one in stops),
        silent=sum(1 for one in stops if one.stop.ended and not one.stop.outcome),
        usual=round(before / DAYS_BEFORE, 1),
    )
