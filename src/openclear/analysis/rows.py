"""What analysis is asked and what it answers: plain values, each figure with unit, last day and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

UNIT = "incidents"


@dataclass(frozen=True, slots=True)
class FigureFilters:
    """Which incidents are counted. Days are the city's; `until` is the last day itself. Empty or None: any."""

    since: date | None = None
    until: date | None = None
    primary_type: str = ""
    district: str = ""
    beat: str = ""
    community_area: int | None = None
    arrest_made: bool | None = None
    domestic: bool | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """One line of a table: `value` as text ("" where the record has none), incidents, and with an arrest."""

    value: str
    incidents: int
    arrests: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What stands behind figures: incidents counted, first and last of them, how many lack a district or a point.

    `hidden`: kinds of records (labels) that the asker's clearance leaves out, whatever their number.
    """

    incidents: int
    first: datetime | None
    last: datetime | None
    without_district: int
    without_point: int
    hidden: Sequence[str]


@dataclass(frozen=True, slots=True)
class YearCount:
    """A year's incidents up to the same day as the last one, and the change against the year before in per cent."""

    year: int
    incidents: int
    change: float | None
