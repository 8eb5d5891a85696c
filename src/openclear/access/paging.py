"""The next page of a search: a signed mark that is good for one person and one question, and for nothing else.

A mark is no permission: the gate decides each page anew, so after a cut-off a mark opens nothing.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from django.core import signing

from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant

_SALT = "openclear.paging"


def mark_of(grant: Grant, question: Mapping[str, Any], *, offset: int) -> str:
    """Return the mark of the page that begins at `offset` of the answer to `question`."""
    return signing.dumps([_bound(grant, question), offset], salt=_SALT)


def offset_of(grant: Grant, question: Mapping[str, Any], mark: str) -> int:
    """Return where the page of a mark begins; 0 without a mark. Raises WrongUsage for one that is not of this search."""
    if not mark:
        return 0
    try:
        bound, offset = signing.loads(mark, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        bound, offset = "", 0
    if bound != _bound(grant, question):
        raise WrongUsage(
            "This page belongs to another search; search again and turn the pages from its first."
        )
    return int(offset)


def page_facts(mark: str) -> dict[str, Any]:
    """Return what the entry of a turned page keeps: its mark, and the row that it says it begins at, unproved."""
    if not mark:
        return {}
    try:
        _, offset = signing.loads(mark, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        offset = None
    return {"page": mark, "from_row": offset}


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
