"""What is shown of incidents: frozen, with the hidden fields already removed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from openclear.records.found import given, narrows, shows
from openclear.vocabulary.city import city
from openclear.vocabulary.days import check_range
from openclear.vocabulary.numbers import beat_code, code_pattern, district_code

# How this city writes its codes.
_IS = city().formats


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident in a list of results. `arrest_made`: None if the source does not say."""

    id: UUID
    rd_number: str = field(metadata=shows(_IS.incident_number_example))
    occurred: datetime
    block: str = field(metadata=shows(_IS.block_example))
    location: str
    beat: str
    district: str
    community_area: int | None
    iucr: str
    offense: str
    arrest_made: bool | None
    domestic: bool


@dataclass(frozen=True, slots=True)
class IncidentDetail:
    """An incident with its offenses, and narrative and people if the requester may see them."""

    incident: IncidentRow
    offenses: tuple[tuple[str, str, str], ...]
    narrative: str | None
    people: tuple[tuple[UUID, str, str], ...]


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """One incident with its one offense, as a source gives it: columns of both tables by name."""

    source_id: str
    revision: str
    incident: Mapping[str, Any]
    offense: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InvolvementRow:
    """One line of a person's history with the department."""

    incident: UUID
    rd_number: str
    occurred: datetime
    role: str
    offense: str
    block: str


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Filters of a search for incidents: first and last day, district, beat, offense code, whether an arrest was made."""

    since: date | None = field(default=None, metadata=narrows("From", example="1985-06-30"))
    until: date | None = field(default=None, metadata=narrows("To", example="1985-06-30"))
    district: str = field(
        default="",
        metadata=narrows(
            "District", pattern=code_pattern(_IS.district), longest=_IS.district, example=_IS.district_example
        ),
    )
    beat: str = field(
        default="",
        metadata=narrows("Beat", pattern=code_pattern(_IS.beat), longest=_IS.beat, example=_IS.beat_example),
    )
    iucr: str = field(
        default="",
        metadata=narrows(
            "Offense code",
            pattern=code_pattern(_IS.offense_code),
            longest=_IS.offense_code,
            example=_IS.offense_code_example,
        ),
    )
    arrest_made: bool | None = field(default=None, metadata=narrows("Arrest made"))

    def __post_init__(self) -> None:
        """Raise EndsBeforeItBegins if the last day is before the first."""
        check_range(("From", self.since), ("To", self.until))

    def lookups(self) -> dict[str, Any]:
        """Return the conditions on the table of incidents; offense and arrest are on rows with their own labels."""
        asked = {
            "occurred__date__gte": self.since, "occurred__date__lte": self.until,
            "district": district_code(self.district), "beat": beat_code(self.beat),
        }  # fmt: skip
        return given(asked)
