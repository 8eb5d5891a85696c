"""The next page of a search: a signed token that is good for one person and one question, and for nothing else.

A page token grants nothing: the gate decides each page again, so after a cut-off a token opens nothing.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from django.core import signing

from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

_SALT = "openclear.paging"


@without_grant("part of the gate, which makes the grants")
def page_token(grant: Grant, question: Mapping[str, Any], *, offset: int) -> str:
    """Return the token of the page that begins at `offset` of the answer to `question`."""
    return signing.dumps([_bound(grant, question), offset], salt=_SALT)


@without_grant("part of the gate, which makes the grants")
def offset_of(grant: Grant, question: Mapping[str, Any], token: str) -> int:
    """Return where the page of a token begins; 0 without one. Raises WrongUsage for one that is not of this search."""
    if not token:
        return 0
    try:
        bound, offset = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        bound, offset = "", 0
    if bound != _bound(grant, question):
        raise WrongUsage("This page belongs to another search; search again and start from its first page.")
    return int(offset)


@without_grant("part of the gate, which makes the grants")
def page_facts(token: str) -> dict[str, Any]:
    """Return what the entry of a turned page keeps: its token, and the row that it says it begins at, unproved."""
    if not token:
        return {}
    try:
        _, offset = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        offset = None
    return {"page": token, "from_row": offset}


def _bound(grant: Grant, question: Mapping[str, Any]) -> str:
    text = repr(
        (
            grant.officer,
            str(grant.action),
            str(grant.purpose),
            sorted((k, str(v)) for k, v in question.items()),
        )
    )
    return blake2b(text.encode(errors="replace"), digest_size=16).hexdigest()
