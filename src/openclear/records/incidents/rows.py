"""What is shown of incidents: frozen, with the hidden fields already out of them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from openclear.records.found import given, narrows, shows


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident in a list of results."""

    id: UUID
    rd_number: str = field(metadata=shows("ZZ100302"))
    occurred: datetime
    block: str = field(metadata=shows("047XX S ASHLAND AVE"))
    location: str
    beat: str
    district: str
    community_area: int | None
    iucr: str
    offense: str
    arrest_made: bool
    domestic: bool


@dataclass(frozen=True, slots=True)
class IncidentDetail:
    """An incident with its offenses, and with narrative and people where the asker may see them."""

    incident: IncidentRow
    offenses: tuple[tuple[str, str, str], ...]
    narrative: str | None
    people: tuple[tuple[UUID, str, str], ...]


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
    """What narrows a search for incidents: first and last day, district, beat, IUCR code, whether an arrest was made."""

    since: date | None = field(default=None, metadata=narrows("From", example="1985-06-30"))
    until: date | None = field(default=None, metadata=narrows("To", example="1985-06-30"))
    district: str = field(
        default="", metadata=narrows("District", pattern=r"\d{1,3}", longest=3, example="009")
    )
    beat: str = field(default="", metadata=narrows("Beat", pattern=r"\d{3,4}", longest=4, example="0934"))
    iucr: str = field(
        default="", metadata=narrows("IUCR code", pattern=r"[0-9A-Za-z]{3,4}", longest=4, example="0810")
    )
    arrest_made: bool | None = field(default=None, metadata=narrows("Arrest made"))

    def lookups(self) -> dict[str, Any]:
        """Return the conditions on the table of incidents; offense and arrest are on rows that have labels of their own.

        Districts have three digits, beats and IUCR codes four.
        """
        asked = {
            "occurred__date__gte": self.since, "occurred__date__lte": self.until,
            "district": self.district and self.district.zfill(3), "beat": self.beat and self.beat.zfill(4),
        }  # fmt: skip
        return given(asked)
