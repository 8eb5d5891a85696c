"""What is handed to this room: plain values, public by then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class PublicIncident:
    """An incident as everybody may see it. "" and None: withheld, or not recorded."""

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
    """An edition that is ready: its files lie in their folder, its manifest is signed and logged."""

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
    """What is known of an edition without its incidents. `manifest`: "" where it is withdrawn."""

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
        """The name that its folder and its page have: `2026-05.1`."""
        return f"{self.month:%Y-%m}.{self.revision}"
