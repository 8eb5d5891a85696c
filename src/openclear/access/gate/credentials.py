"""Whose token a request carries."""

import hashlib

from openclear.access.gate.uses import note_use
from openclear.access.models import Token
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
