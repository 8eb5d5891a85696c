"""Spans of days that are compared: equal ones, never with days that have no records yet. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def count(self) -> int:
        """How many days they are."""
        return (self.last - self.first).days + 1

    def within(self, other: "Days") -> "Days | None":
        """Return the days that are also in `other`; None if there are none."""
        return days(max(self.first, other.first), min(self.last, other.last))

    def earlier(self, by: int) -> "Days":
        """Return the same number of days, so many days earlier."""
        return Days(self.first - by * _ONE, self.last - by * _ONE)

    def a_year_earlier(self) -> "Days | None":
        """Return the same calendar days of the year before; 29 February is only in a leap year. None if there are none."""
        return days(_moved(self.first, by=-1, later=True), _moved(self.last, by=-1, later=False))

    def each(self) -> Iterator[date]:
        """Yield the days, earliest first."""
        for number in range(self.count):
            yield self.first + number * _ONE

    def counted(self, daily: Mapping[date, int]) -> int:
        """Return the sum of daily counts over these days."""
        return sum(count for day, count in daily.items() if self.first <= day <= self.last)

    def is_within(self, other: "Days") -> bool:
        """Say whether all of these days are in `other`."""
        return other.first <= self.first and self.last <= other.last


@dataclass(frozen=True, slots=True)
class Comparison:
    """Incidents on some days, and on as many days before. Unit: incidents.

    `kind`: "days-before" (the days immediately before) or "year-before" (the same calendar days of the year before).
    """

    kind: str
    days: Days
    incidents: int
    days_before: Days
    before: int

    @property
    def change(self) -> float | None:
        """The change in percent; None if there was nothing before."""
        return round(100 * (self.incidents - self.before) / self.before, 1) if self.before else None


def days(first: date, last: date) -> Days | None:
    """Return the days from `first` to `last`, or None if `last` is before `first`."""
    return Days(first, last) if first <= last else None


def years_of(held: Days) -> list[Days]:
    """Return these days, year by year."""
    return [
        Days(max(held.first, date(year, 1, 1)), min(held.last, date(year, 12, 31)))
        for year in range(held.first.year, held.last.year + 1)
    ]


def equal_spans(year: Days, before: Days) -> tuple[Days, Days] | None:
    """Return the calendar days that a year and the year before both have, as days of each; None if there are none.

    29 February belongs to its year and has no equal in the other.
    """
    shared = days(
        max(year.first, _moved(before.first, by=1, later=True)),
        min(year.last, _moved(before.last, by=1, later=False)),
    )
    earlier = shared.a_year_earlier() if shared else None
    return (shared, earlier) if shared and earlier else None


def _moved(day: date, *, by: int, later: bool) -> date:
    year = max(1, day.year + by)
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February
        return date(year, 3, 1) if later else date(year, 2, 28)
