"""An export as its owner sees it."""

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
