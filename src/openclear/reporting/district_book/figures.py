"""The content of a district book: the figures of one district and one month, with the figures they are compared with."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from openclear.analysis import questions
from openclear.analysis.rows import Coverage, FigureFilters
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

MONTHS_SHOWN = 13
HOURS, WEEKDAYS = range(24), ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison: this month, the month before, the same month a year before, and both years to date."""

    name: str
    now: int
    before: int
    year_before: int
    to_date: int
    to_date_before: int

    @property
    def change(self) -> str:
        """Return the change from the same month a year before, in percent, or a dash if there is nothing to compare."""
        return _change(self.now, self.year_before)

    @property
    def change_to_date(self) -> str:
        """Return the change of the year to date, in percent."""
        return _change(self.to_date, self.to_date_before)


@dataclass(frozen=True, slots=True)
class BookFacts:
    """Everything that a book shows.

    `hours`: seven days of 24 hours, Monday first. `months`: the last thirteen, oldest first.
    """

    district: str
    month: date
    total: Line
    offenses: Sequence[Line]
    arrests: int
    months: Sequence[tuple[date, int]]
    beats: Sequence[tuple[str, int, int]]
    hours: Sequence[Sequence[int]]
    behind: Coverage

    def told(self) -> dict[str, Any]:
        """Return plain values, the same for the same figures."""
        return asdict(self)


@without_grant("parses what was typed; reads nothing")
def month_named(text: str) -> date:
    """Return the first day of a month written as 2026-06. Raises WrongUsage, or NotPossible for a month that is not over."""
    try:
        month = date.fromisoformat(f"{text}-01")
        last = last_day(month)
    except (ValueError, OverflowError):
        raise WrongUsage(f"'{text[:20]}' is not a month; write it as 2026-06.") from None
    if last >= clock.today():
        raise NotPossible(f"{month:%B %Y} is not over; a book covers a whole month.")
    return month


@without_grant("counts and draws what it is given; reads no table")
def last_day(month: date) -> date:
    """Return the last day of the month that begins on `month`."""
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def book_facts(grant: Grant, *, district: str, month: date) -> BookFacts:
    """Count what a book shows, under the clearance of `grant`.

    Raises NotPossible if the district has no incident in that month.
    """
    grant.require(Action.ANALYSIS_ASK)
    within = FigureFilters(since=month, until=last_day(month), district=district)
    behind = questions.coverage(grant, filters=within)
    if behind.last is None:
        raise NotPossible(f"No incident of district {district} in {month:%B %Y} is on record.")
    counted = _by_month_and_type(grant, district, month)
    beats, beats_before = (_beats(grant, filters) for filters in (within, _a_year_before(within, month)))
    return BookFacts(
        district=district,
        month=month,
        total=_line("All incidents", counted.values(), month),
        offenses=_lines(counted, month),
        arrests=sum(row.arrests for row in questions.incident_counts(grant, by="month", filters=within)),
        months=[
            (day, sum(months[day] for months in counted.values()))
            for day in _months_until(month, MONTHS_SHOWN)
        ],
        beats=[(beat, count, beats_before[beat]) for beat, count in sorted(beats.items())],
        hours=_hours(grant, within),
        behind=behind,
    )


def _by_month_and_type(grant: Grant, district: str, month: date) -> Mapping[str, Counter[date]]:
    since = min(date(month.year - 1, 1, 1), _months_until(month, MONTHS_SHOWN)[0])
    filters = FigureFilters(since=since, until=last_day(month), district=district)
    counted: dict[str, Counter[date]] = {}
    for day, kind, count in questions.cross_counts(
        grant, rows_by="month", columns_by="primary_type", filters=filters
    ):
        counted.setdefault(kind or "NOT RECORDED", Counter())[date.fromisoformat(day)] = count
    return counted


def _lines(counted: Mapping[str, Counter[date]], month: date) -> list[Line]:
    lines = [_line(name, [months], month) for name, months in counted.items()]
    return sorted(
        (line for line in lines if line.to_date), key=lambda line: (-line.now, -line.to_date, line.name)
    )


def _line(name: str, counted: Any, month: date) -> Line:
    months: Counter[date] = sum(counted, Counter())
    a_year_before = month.replace(year=month.year - 1)
    return Line(
        name, months[month], months[_month_before(month)], months[a_year_before],
        _to_date(months, month), _to_date(months, a_year_before),
    )  # fmt: skip


def _to_date(months: Counter[date], month: date) -> int:
    return sum(count for day, count in months.items() if day.year == month.year and day <= month)


def _beats(grant: Grant, filters: FigureFilters) -> Counter[str]:
    found = questions.incident_counts(grant, by="beat", filters=filters)
    return Counter({row.value or "not recorded": row.incidents for row in found})


def _hours(grant: Grant, filters: FigureFilters) -> list[list[int]]:
    crossed = questions.cross_counts(grant, rows_by="weekday", columns_by="hour", filters=filters)
    counts = {(int(day) - 1, int(hour)): count for day, hour, count in crossed}
    return [[counts.get((day, hour), 0) for hour in HOURS] for day in range(len(WEEKDAYS))]


def _a_year_before(filters: FigureFilters, month: date) -> FigureFilters:
    first = month.replace(year=month.year - 1)
    return FigureFilters(since=first, until=last_day(first), district=filters.district)


def _month_before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _months_until(month: date, many: int) -> list[date]:
    months = [month]
    while len(months) < many:
        months.insert(0, _month_before(months[0]))
    return months


def _change(now: int, before: int) -> str:
    if not before:
        return "–"  # noqa: RUF001 - a dash
    change = round(100 * (now - before) / before)
    return f"{'+' if change > 0 else '−' if change < 0 else '±'}{abs(change)} %"  # noqa: RUF001 - a real minus sign
