"""Reading the stored log: headers, leaves, bodies, checkpoints. For this room."""

from collections.abc import Iterator
from typing import Any

from openclear.audit.models import Body, Entry, SignedCheckpoint
from openclear.vocabulary.without_grant import without_grant

DATABASE = "audit"
CHUNK = 5_000


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def headers(size: int) -> Iterator[bytes]:
    """Yield the first `size` headers as bytes, in the order of the log."""
    return (bytes(data) for (data,) in _paged(Entry, "index", size, "header"))


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def leaves(size: int) -> Iterator[bytes]:
    """Yield the first `size` leaf hashes."""
    return (bytes(data) for (data,) in _paged(Entry, "index", size, "leaf"))


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def checkpoints() -> list[str]:
    """Return every signed checkpoint, oldest first."""
    return list(SignedCheckpoint.objects.using(DATABASE).values_list("note", flat=True))


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def listing(size: int) -> str:
    """Return the signed list of all checkpoints up to the one over `size` entries; "" if it has none."""
    row = SignedCheckpoint.objects.using(DATABASE).filter(size=size).first()
    return row.listing if row else ""


@without_grant("for the replay and the writing out of the log, whose grant was required")
def bodies(size: int, *columns: str) -> Iterator[tuple[Any, ...]]:
    """Yield for the first `size` entries: number, canonical line of the private body, and the columns next to it."""
    for entry, fields, *beside in _paged(Body, "entry", size, "entry", "fields", *columns):
        # The stored text is canonical and is passed on unchanged: a verifier must see what is stored.
        line = b'{"entry":%d,"fields":%s}' % (entry, fields.encode())
        yield entry, line, fields, beside


def _paged(
    model: type[Entry] | type[Body], number: str, size: int, *columns: str
) -> Iterator[tuple[Any, ...]]:
    # Page by page, each read to its end: a reader that stayed open would keep an old state of the database.
    for start in range(0, size, CHUNK):
        page = {f"{number}__gte": start, f"{number}__lt": min(start + CHUNK, size)}
        yield from list(model.objects.using(DATABASE).filter(**page).order_by(number).values_list(*columns))
