"""How long saved work is kept, how many items, and the act of each. Pure."""

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from openclear.records.kinds import search_of, searched
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Clearance, Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.without_grant import without_grant

PART = 1 << 20
FORMATS = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet", "pdf": "application/pdf"}
MOST_ROWS, MOST_PDF_ROWS, MOST_PER_DAY = 5_000_000, 5_000, 20
EXPORT_LIFETIME, ALERT_LIFETIME, LINK_LIFETIME = timedelta(days=7), timedelta(days=90), timedelta(days=7)
MOST_ALERTS = 50
# What the owner reads about every export whose records changed: saying which ones, and how, would reveal what was
# sealed.
OVER = "This export has ended; request it again."
# The purpose of keeping saved work, at the owner's desk; its question has its own purpose.
KEEPING = Purpose.OWN_ACCOUNT
# No file has more bytes than 18 digits say.
_RANGE = re.compile(r"bytes\s*=\s*([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)
CHANNELS = ("page", "mail", "webhook")


@without_grant("converts stored values; reads nothing")
def filters_of(kind: str, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return filters as a search takes them, from their stored plain values: days are dates again."""
    known = search_of(searched(kind)).filters
    days = {item.name for item in fields(known) if "date" in str(item.type)} if known else set()
    return {name: date.fromisoformat(value) if name in days else value for name, value in kept.items()}


@without_grant("a check of the grant itself; reads nothing")
def for_oneself(grant: Grant) -> None:
    """Raise NotPossible if the request is on behalf of another agency, or through an integration: nothing of those is saved."""
    if grant.inquiry.on_behalf_of or grant.inquiry.through:
        raise NotPossible(
            "You can save work only for yourself; a request on behalf of another agency is made each time."
        )


@without_grant("names a lock; reads nothing")
def turn_of(owner: str) -> str:
    """Return the name of the lock within which the saved work of one person is counted and created.

    No agency's path and no person's lock has a blank, so this is neither's lock.
    """
    return f"saved work of {owner}"


@without_grant("makes a digest of clearances; reads nothing")
def digest_of(clearances: Mapping[Dataset, Clearance]) -> str:
    """Return a digest of what a decision shows: a file made under another digest is not handed out."""
    told = sorted(
        (str(name), clearance.refused_labels.value, sorted(clearance.hidden_fields), clearance.nothing)
        for name, clearance in clearances.items()
    )
    return sha256(repr(told).encode()).hexdigest()


@without_grant("counts ranges; reads nothing")
def parts_of(size: int) -> int:
    """Return the number of ranges of a file of `size` bytes; one for an empty file."""
    return max(1, -(-size // PART))


@without_grant("parses what was typed; reads nothing")
def range_of(header: str, size: int) -> tuple[int, int]:
    """Return the first byte and the one after the last that a Range header asks for, at most 1 MB (RFC 9110, 14.2).

    Raises WrongUsage if it asks for no byte of the file, or for several ranges.
    """
    if not header:
        return 0, min(size, PART)
    told = _RANGE.fullmatch(header.strip())
    if told is None or not (told[1] or told[2]):
        raise WrongUsage("Ask for one range of bytes, such as bytes=0-1048575.")
    first, last = told.groups()
    start = int(first) if first else max(0, size - int(last))
    stop = min(size, int(last) + 1) if first and last else size
    if start >= stop:
        raise WrongUsage(f"The file has {size} bytes; ask for a range within it.")
    return start, min(stop, start + PART)
