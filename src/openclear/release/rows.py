"""What callers pass to this room: plain values, already public."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class PublicIncident:
    """An incident as everyone may see it. "" and None: withheld, or not recorded."""

    area: int | None
    primary_type: str
    description: str
    block: str
    hour: datetime | None
    latitude: float | None
    longitude: float | None
    arrest: bool | None


@dataclass(frozen=True, slots=True)
class NewEdition:
    """An edition that is ready: its files are in their folder, its manifest is signed and logged."""

    month: date
    revision: int
    made: datetime
    incidents: Sequence[PublicIncident]
    totals: Mapping[str, int]
    manifest: str
    signature: str
    entry: int


@dataclass(frozen=True, slots=True)
class PublicOutline:
    """A polygon of the city with its code and name."""

    kind: str
    code: str
    name: str
    shape: Any


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An edition without its incidents. `manifest`: "" if it is withdrawn."""

    month: date
    revision: int
    made: datetime
    incidents: int
    entry: int
    withdrawn: datetime | None
    reason: str
    manifest: str

    @property
    def name(self) -> str:
        """The name of its folder and its page: `2026-05.1`."""
        return f"{self.month:%Y-%m}.{self.revision}"


@dataclass(frozen=True, slots=True)
class PublicOrder:
    """An order in force. `scope`, `purposes`: its limits, empty for everything; `since`: a day, ISO 8601.

    `basis`: its legal basis in words that two people wrote for the public, or "".
    """

    id: str
    agency: str
    name: str
    state: str
    scope: Sequence[str]
    purposes: Sequence[str]
    since: str
    basis: str
    entry: int


@dataclass(frozen=True, slots=True)
class PublicAgency:
    """An agency with people and a legal basis for access. `standing`: access, limited or cut-off."""

    path: str
    name: str
    own: bool
    agreement: str
    until: str
    standing: str


@dataclass(frozen=True, slots=True)
class NewAccess:
    """Who has access and which orders are in force, as of one epoch."""

    epoch: int
    made: datetime
    orders: Sequence[PublicOrder]
    agencies: Sequence[PublicAgency]
