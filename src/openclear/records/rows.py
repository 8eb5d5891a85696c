"""What leaves the warehouse: frozen rows, with the hidden fields already out of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar
from uuid import UUID

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list of results. `home_address` is None where the asker may not see it."""

    id: UUID
    name: str
    birth_date: date | None
    sex: str
    height_inches: int | None
    weight_pounds: int | None
    hair: str
    eyes: str
    other_names: tuple[str, ...]
    home_address: str | None


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
class ArrestRow:
    """One arrest with its charges."""

    id: UUID
    cb_number: str
    made: datetime
    charges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VehicleRow:
    """A vehicle. `keeper` is None where there is none, or none that the asker may know of."""

    id: UUID
    plate: str
    plate_state: str
    year: int | None
    make: str
    model: str
    color: str
    stolen: bool
    keeper: UUID | None


@dataclass(frozen=True, slots=True)
class PersonDetail:
    """A person with everything that the asker may see around them."""

    person: PersonRow
    marks: str
    identifiers: tuple[tuple[str, str], ...]
    involvements: tuple[InvolvementRow, ...]
    arrests: tuple[ArrestRow, ...]
    vehicles: tuple[VehicleRow, ...]


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident in a list of results."""

    id: UUID
    rd_number: str
    occurred: datetime
    block: str
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
class CaseRow:
    """A case that a search can name."""

    number: str
    kind: str
    title: str
    opened: date


@dataclass(frozen=True, slots=True)
class FoundRows(Generic[Row]):
    """Some rows of a search and the count of all that the asker may see."""

    rows: Sequence[Row]
    count: int
