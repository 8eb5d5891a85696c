"""Who a request comes from, through what and for whom: read in one place, so that a mistake is decided like a request."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from openclear.access.gate.credentials import officer_of_token
from openclear.vocabulary.handles import handle_of
from openclear.vocabulary.without_grant import without_grant

ACTING_FOR = "OpenCLEAR-Acting-For"
SESSION_OFFICER = "officer"
LONGEST_HANDLE, LONGEST_PATH, MOST_FIELDS = 40, 200, 40


@dataclass(frozen=True, slots=True)
class Asker:
    """The person who asks ("" for nobody), the integration that carries the request, the agency that the answer is for."""

    officer: str
    through: str | None = None
    on_behalf_of: str | None = None


@without_grant("part of the gate, which makes the grants")
def asker_of(request: HttpRequest) -> Asker:
    """Return who a request comes from, whether or not a view was ever called. Decides nothing and reads no record.

    The API knows requesters by token, every other address by session, an unknown address by either.
    """
    if request.path.startswith("/api/"):
        return asker_through(request, _holder_of_token(request))
    signed_in = str(request.session.get(SESSION_OFFICER, "")) if hasattr(request, "session") else ""
    return asker_through(request, "" if signed_in else _holder_of_token(request), signed_in)


@without_grant("part of the gate, which makes the grants")
def asker_through(request: HttpRequest, holder: str, signed_in: str = "") -> Asker:
    """Return the requester behind a token's `holder`, which may carry the request of the person in the header."""
    carried = handle_of(request.headers.get(ACTING_FOR, ""))[:LONGEST_HANDLE] if holder else ""
    sent = request.POST if request.method == "POST" else request.GET
    agency = sent.get("on_behalf_of", "").replace("\x00", "").strip()[:LONGEST_PATH]
    return Asker(carried or holder or signed_in, holder if carried else None, agency or None)


@without_grant("part of the gate, which makes the grants")
def sent_by(request: HttpRequest) -> dict[str, Any]:
    """Return what a request that was not understood asked: its path and parameters, bounded, for its entry."""
    sent = request.POST if request.method == "POST" else request.GET
    # Names are typed by people, like values: both are kept as text that the log can spell.
    fields = [(name, value) for name, value in sent.items() if name != "csrfmiddlewaretoken"][:MOST_FIELDS]
    asked = [f"{name[:LONGEST_HANDLE]}={value[:LONGEST_PATH]}" for name, value in fields]
    return {"path": request.path[:LONGEST_PATH], "sent": asked}


def _holder_of_token(request: HttpRequest) -> str:
    known = getattr(request, "officer", None)
    if known is not None:
        return str(known)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return officer_of_token(token) or "" if scheme.lower() == "bearer" else ""
