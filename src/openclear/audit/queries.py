"""Reading the log: what everyone may read (headers, leaves, checkpoints) and, under a grant, the bodies."""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from openclear.audit import log
from openclear.audit.errors import BrokenLog, LogUnavailable
from openclear.audit.models import Body, Entry, SignedCheckpoint
from openclear.audit.proof.replay import Verification, replay
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant

DATABASE = "audit"
CHUNK = 5_000


@cache
def genesis(folder: Path) -> dict[str, Any]:
    """Return entry 0: demo mode or not, origin, key. Raises BrokenLog where the log in `folder` has none.

    Entry 0 never changes, so it is read once for each process.
    """
    entry = Entry.objects.using(DATABASE).filter(index=0).first()
    if entry is None:
        message = f"There is no log in {folder}; run openclear init first."
        raise BrokenLog(message)
    facts: dict[str, Any] = json.loads(bytes(entry.header))["genesis"]
    return facts


def is_demo() -> bool:
    """Say whether this city was set up for demonstration, where naming people is enough."""
    return bool(genesis(settings.LOG_FOLDER)["demo"])


def headers(size: int) -> Iterator[bytes]:
    """Yield the first `size` headers as bytes, in the order of the log."""
    return (bytes(data) for (data,) in _paged(Entry, "index", size, "header"))


def leaves(size: int) -> Iterator[bytes]:
    """Yield the first `size` leaf hashes."""
    return (bytes(data) for (data,) in _paged(Entry, "index", size, "leaf"))


def checkpoints() -> list[str]:
    """Return every signed checkpoint, oldest first."""
    return list(SignedCheckpoint.objects.using(DATABASE).values_list("note", flat=True))


def bodies(grant: Grant, *, size: int) -> Iterator[bytes]:
    """Yield the private bodies of the first `size` entries as canonical lines, for oversight alone."""
    grant.require(Action.LOG_EXPORT_BODIES)
    return _bodies(size)


def field_names(entry: int) -> list[str]:
    """Return the names of the fields of one private body, never what is in them."""
    body = Body.objects.using(DATABASE).filter(entry=entry).first()
    return sorted(json.loads(body.fields)) if body else []


def stated_by_order(entry: int) -> dict[str, str]:
    """Return what an order's entry states besides its header: ground, who ordered and approved it, review date, document.

    What a court had erased is left out. Raises BrokenLog for an entry that is no order.
    """
    row = Entry.objects.using(DATABASE).get(index=entry)
    body = Body.objects.using(DATABASE).get(entry=entry)
    if json.loads(bytes(row.header))["kind"] != "order":
        message = f"Entry {entry} is not an order."
        raise BrokenLog(message)
    return {name: str(held["value"]) for name, held in json.loads(body.fields).items() if "value" in held}


def newest_entry_of_order(identity: str, among: Iterable[int]) -> int | None:
    """Return the newest of these entries that sets a state of the order, or None."""
    rows = Entry.objects.using(DATABASE).filter(index__in=list(among)).order_by("-index")
    for row in rows:
        header = json.loads(bytes(row.header))
        if header["kind"] == "order" and header["order"]["id"] == identity:
            return int(row.index)
    return None


def verify(watched: Callable[[Iterator[bytes]], Iterator[bytes]] = iter) -> Verification:
    """Replay the stored log, bodies too, and return what holds. Needs no grant: it tells public facts only.

    `watched`: passes the headers on, so that whoever waits sees how far it is.
    """
    size, notes, key = _newest()
    return replay(watched(headers(size)), leaves(size), notes, key, _bodies(size))


def _newest() -> tuple[int, list[str], str]:
    try:
        note = log.checkpoint()
        return int(note.split("\n")[1]), checkpoints(), log.key_line()
    except LogUnavailable:
        # A sequencer that refuses to start is itself a finding: replay all that is stored.
        size = Entry.objects.using(DATABASE).count()
        return max(size, 1), checkpoints(), str(genesis(settings.LOG_FOLDER)["key"])


def _bodies(size: int) -> Iterator[bytes]:
    for entry, fields in _paged(Body, "entry", size, "entry", "fields"):
        # The stored text is canonical, and stays as it is: a verifier must see what is stored.
        yield b'{"entry":%d,"fields":%s}' % (entry, fields.encode())


def _paged(
    model: type[Entry] | type[Body], number: str, size: int, *columns: str
) -> Iterator[tuple[Any, ...]]:
    # Page by page, each read to its end: a reader that stayed open would hold an old state of the database.
    for start in range(0, size, CHUNK):
        page = {f"{number}__gte": start, f"{number}__lt": min(start + CHUNK, size)}
        yield from list(model.objects.using(DATABASE).filter(**page).order_by(number).values_list(*columns))
