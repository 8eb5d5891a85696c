"""What is shown of stops and calls: to their officer, and to oversight."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class StopRow:
    """A stop or call. `until`: when it closes by itself; `ended`: when it was ended, or closed by itself, or None.

    `outcome`: what came of it, or "" if the officer has not said it. `asked`: how many people were asked for by name.
    """

    id: UUID
    number: str
    kind: str
    officer: str
    place: str
    plate: str
    opened: datetime
    until: datetime
    ended: datetime | None
    outcome: str
    asked: int
