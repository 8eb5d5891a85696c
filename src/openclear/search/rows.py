"""What leaves this room: exports, alerts and links as their owners see them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An export. `size` in bytes; `parts`: how many ranges of at most 1 MB it is fetched in."""

    id: UUID
    kind: str
    purpose: str
    case: str
    text: str
    format: str
    state: str
    rows: int
    size: int
    parts: int
    sha256: str
    problem: str
    created: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert with how often it hit."""

    id: UUID
    kind: str
    purpose: str
    case: str
    text: str
    channel: str
    state: str
    hits: int
    created: datetime
    expires: datetime
    asked: datetime | None


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link to one record."""

    id: UUID
    kind: str
    record: UUID
    purpose: str
    case: str
    state: str
    expires: datetime
