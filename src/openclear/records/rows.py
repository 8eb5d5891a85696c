"""What leaves the warehouse: frozen rows, with the hidden fields already out of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from openclear.vocabulary.labels import Label

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
class AddressRow:
    """Where a person lives or lived. `kind`: home, former, work."""

    kind: str
    line: str
    since: date | None
    until: date | None


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
    addresses: tuple[AddressRow, ...]
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

    id: UUID
    number: str
    kind: str
    title: str
    opened: date


@dataclass(frozen=True, slots=True)
class ShareRequestRow:
    """A request to share a case with an agency. `is_own`: the reader's own, whom another officer has to approve it."""

    agency: str
    asked_by: str
    asked: datetime
    is_own: bool


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """A case with the day it was closed, if any, and its incident as (id, RD number) where the asker may see it.

    `owner`: the agency whose it is. `shared_with`: agencies that may name it too. `waits`: an external case that its
    sponsor has not confirmed. `requests`: to share it, for officers of its department alone.
    """

    case: CaseRow
    closed: date | None
    incident: tuple[UUID, str] | None
    owner: str
    shared_with: tuple[str, ...]
    sponsor: str
    waits: bool
    requests: tuple[ShareRequestRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ArrestFound:
    """An arrest in a list of results."""

    id: UUID
    cb_number: str
    made: datetime
    person: str


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


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row was found. `code`: spelled, begins, sounds, near, born, plate, rd-number, block, cb-number.

    `asked`: the word of the search that found it; `found`: what it found; `alias`: that is another name of theirs.
    """

    code: str
    asked: str
    found: str
    alias: bool = False


@dataclass(frozen=True, slots=True)
class FoundRows(Generic[Row]):
    """Some rows of a search, the count of all that the asker may see, and why each row is there."""

    rows: Sequence[Row]
    count: int
    reasons: Mapping[UUID, tuple[Reason, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """What narrows a search for people: first and last day of birth, sex (M, F, X or "")."""

    born_from: date | None = None
    born_to: date | None = None
    sex: str = ""

    def lookups(self) -> dict[str, Any]:
        """Return the conditions, as the tables take them."""
        asked = {"birth_date__gte": self.born_from, "birth_date__lte": self.born_to, "sex": self.sex.upper()}
        return _given(asked)


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """What narrows a search for incidents: first and last day, district, beat, IUCR code, whether an arrest was made."""

    since: date | None = None
    until: date | None = None
    district: str = ""
    beat: str = ""
    iucr: str = ""
    arrest_made: bool | None = None

    def lookups(self) -> dict[str, Any]:
        """Return the conditions on the table of incidents; offense and arrest are on rows that have labels of their own.

        Districts have three digits, beats and IUCR codes four.
        """
        asked = {
            "occurred__date__gte": self.since, "occurred__date__lte": self.until,
            "district": self.district and self.district.zfill(3), "beat": self.beat and self.beat.zfill(4),
        }  # fmt: skip
        return _given(asked)


@dataclass(frozen=True, slots=True)
class VehicleFilter:
    """What narrows a search for vehicles: state of the plate, make, color, whether reported stolen."""

    plate_state: str = ""
    make: str = ""
    color: str = ""
    stolen: bool | None = None

    def lookups(self) -> dict[str, Any]:
        """Return the conditions, as the tables take them."""
        asked = {
            "plate_state": self.plate_state.upper(), "make__iexact": self.make, "color__iexact": self.color,
            "stolen": self.stolen,
        }  # fmt: skip
        return _given(asked)


FILTERS: Mapping[str, Any] = {"people": PeopleFilter, "incidents": IncidentFilter, "vehicles": VehicleFilter}


def _given(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value is not None and value != ""}


BOUNDARY_KINDS = ("beat", "community-area", "district", "ward")


@dataclass(frozen=True, slots=True)
class BoundaryRow:
    """One polygon. `shape`: GeoJSON geometry, longitude and latitude (WGS 84). `valid_to`: first day on which it is none."""

    kind: str
    code: str
    name: str
    shape: Any
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class UndecidedOffense:
    """An offense, by code, type and words, that no row of the city's tables decides; `labels`: how it is handled until then."""

    iucr: str
    primary_type: str
    description: str
    offenses: int
    labels: Label
