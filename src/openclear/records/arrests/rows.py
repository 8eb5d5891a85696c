"""What is shown of arrests: frozen, with the hidden fields already removed."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from openclear.records.found import shows
from openclear.vocabulary.city import city


@dataclass(frozen=True, slots=True)
class ArrestRow:
    """One arrest with its charges."""

    id: UUID
    cb_number: str
    made: datetime
    charges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArrestFound:
    """An arrest in a list of results: `person` is the name of the person arrested, `person_id` their id."""

    id: UUID
    cb_number: str = field(metadata=shows(city().formats.arrest_number_example))
    made: datetime
    person: str
    person_id: UUID


@dataclass(frozen=True, slots=True)
class ArrestDetail:
    """An arrest. Charges are (statute, words, grade); person is (id, name); incident is (id, RD number)."""

    id: UUID
    cb_number: str
    made: datetime
    beat: str
    charges: tuple[tuple[str, str, str], ...]
    person: tuple[UUID, str]
    incident: tuple[UUID, str]
