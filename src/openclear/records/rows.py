"""What combines several kinds, and what is not a record: frozen, with the hidden fields already removed."""

from dataclasses import dataclass
from datetime import datetime

from openclear.records.arrests.rows import ArrestRow
from openclear.records.incidents.rows import InvolvementRow
from openclear.records.people.rows import AddressRow, PersonRow
from openclear.records.vehicles.rows import VehicleRow
from openclear.vocabulary.labels import Label


@dataclass(frozen=True, slots=True)
class PersonDetail:
    """A person with all the context that the requester may see."""

    person: PersonRow
    marks: str
    identifiers: tuple[tuple[str, str], ...]
    addresses: tuple[AddressRow, ...]
    involvements: tuple[InvolvementRow, ...]
    arrests: tuple[ArrestRow, ...]
    vehicles: tuple[VehicleRow, ...]


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A person with a summary and a part of the history, as far as the requester may see it.

    `arrested`, `involved`: how many arrests and involvements there are, regardless of the filters; `last_arrest`: when the
    newest was made; `roles`: involvements by role. `found`: how many match the filters of the part; `page` of `pages`.
    """

    person: PersonRow
    marks: str
    identifiers: tuple[tuple[str, str], ...]
    addresses: tuple[AddressRow, ...]
    vehicles: tuple[VehicleRow, ...]
    arrested: int
    last_arrest: datetime | None
    involved: int
    roles: tuple[tuple[str, int], ...]
    arrests: tuple[ArrestRow, ...]
    involvements: tuple[InvolvementRow, ...]
    found: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class UndecidedOffense:
    """An offense, by code, type and words, that no row of the city's tables decides; `labels`: how it is handled until then."""

    iucr: str
    primary_type: str
    description: str
    offenses: int
    labels: Label
