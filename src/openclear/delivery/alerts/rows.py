"""An alert as its owner sees it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert with its number of hits."""

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
