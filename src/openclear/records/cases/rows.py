"""What is shown of cases: frozen, with the hidden fields already removed."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

# The kind of a case that a partner agency registered under its own number.
EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case that a search can name. `owner`: the agency whose case it is; a search of another one can name it if it is shared.

    `incident`: what its subject tells of, None if there is none that the reader may see.
    """

    id: UUID
    number: str
    kind: str
    title: str
    opened: date
    owner: str = ""
    incident: UUID | None = None


@dataclass(frozen=True, slots=True)
class ShareRequestRow:
    """A request to share a case with an agency. `is_own`: the reader's own, which another officer has to approve."""

    agency: str
    asked_by: str
    asked: datetime
    is_own: bool


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """A case with the day it was closed, if any, and its incident as (id, RD number) if the requester may see it.

    `owner`: the agency that owns it. `shared_with`: agencies that may name it too. `waits`: an external case that its
    sponsor has not confirmed. `requests`: to share it, only for officers of its department.
    """

    case: CaseRow
    closed: date | None
    incident: tuple[UUID, str] | None
    owner: str
    shared_with: tuple[str, ...]
    sponsor: str
    waits: bool
    requests: tuple[ShareRequestRow, ...] = ()
