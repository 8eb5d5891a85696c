"""What combines several kinds, and what is not a record: frozen, with the hidden fields already removed."""

from dataclasses import dataclass

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
class UndecidedOffense:
    """An offense, by code, type and words, that no row of the city's tables decides; `labels`: how it is handled until then."""

    iucr: str
    primary_type: str
    description: str
    offenses: int
    labels: Label
