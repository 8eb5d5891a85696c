"""Whose token, whose session a request carries."""

import hashlib

from openclear.access.gate.uses import note_use
from openclear.access.models import SignIn, Token
from openclear.vocabulary import clock
from openclear.vocabulary.without_grant import without_grant


@without_grant("part of the gate, which makes the grants")
def digest_of(token: str) -> str:
    """Return what is kept of a token (SHA-256; the token itself has 256 random bits)."""
    return hashlib.sha256(token.encode()).hexdigest()


@without_grant("part of the gate, which makes the grants")
def officer_of_token(text: str) -> str | None:
    """Return whose token this is, or None for one that is not known or has expired."""
    found = Token.objects.filter(digest=digest_of(text), expires__gt=clock.now())
    handle = found.values_list("officer__handle", flat=True).first()
    if handle:
        note_use(handle)
    return handle


@without_grant("part of the gate, which makes the grants")
def officer_of_session(session: str | None) -> str | None:
    """Return whose session this is, or None."""
    sign_in = SignIn.objects.select_related("officer").filter(session=session or "").first()
    return sign_in.officer.handle if sign_in else None
