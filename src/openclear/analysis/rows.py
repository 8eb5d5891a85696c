"""Questions and answers of analysis: plain values, each figure with unit, last day and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openclear.analysis.periods import Comparison, Days
from openclear.vocabulary.days import check_range

UNIT = "incidents"


@dataclass(frozen=True, slots=True)
class FigureFilters:
    """Which incidents are counted. Days are in local time; `until` is included. Empty or None: any."""

    since: date | None = None
    until: date | None = None
    primary_type: str = ""
    district: str = ""
    beat: str = ""
    community_area: int | None = None
    arrest_made: bool | None = None
    domestic: bool | None = None

    def __post_init__(self) -> None:
        """Raise EndsBeforeItBegins if the last day is before the first."""
        check_range(("From", self.since), ("To", self.until))


@dataclass(frozen=True, slots=True)
class Count:
    """One line of a table: `value` as text ("" if the record has none), incidents, and with an arrest."""

    value: str
    incidents: int
    arrests: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What figures are based on: incidents counted, the first and the last, how many lack a district or a point.

    `hidden`: kinds of records (labels) that the requester's clearance hides, regardless of their number. `in_future`:
    incidents dated after today, which no figure counts: their dates are wrong.
    """

    incidents: int
    first: datetime | None
    last: datetime | None
    without_district: int
    without_point: int
    hidden: Sequence[str]
    in_future: int = 0


@dataclass(frozen=True, slots=True)
class YearCount:
    """A year's incidents on all of its `days` that are counted: within the filters, with records, not after today.

    `comparison`: with the year before, on the calendar days that both have; None if there are none.
    """

    year: int
    incidents: int
    days: Days
    comparison: Comparison | None

    @property
    def change(self) -> float | None:
        """The change from the same days of the year before, in percent; None if there is nothing to compare with."""
        return self.comparison.change if self.comparison else None
