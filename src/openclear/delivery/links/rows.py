"""A link as its owner, and anyone who follows it, sees it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


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
