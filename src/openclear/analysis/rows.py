"""Questions and answers of analysis: plain values, each figure with unit, last day and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

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


@dataclass(frozen=True, slots=True)
class Count:
    """One line of a table: `value` as text ("" if the record has none), incidents, and with an arrest."""

    value: str
    incidents: int
    arrests: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What figures are based on: incidents counted, the first and the last, how many lack a district or a point.

    `hidden`: kinds of records (labels) that the requester's clearance hides, regardless of their number.
    """

    incidents: int
    first: datetime | None
    last: datetime | None
    without_district: int
    without_point: int
    hidden: Sequence[str]


@dataclass(frozen=True, slots=True)
class YearCount:
    """A year's incidents up to the same day of the year, and the change from the year before in percent."""

    year: int
    incidents: int
    change: float | None
