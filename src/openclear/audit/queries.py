"""Reading the log: what everyone may read (headers, leaves, checkpoints) and, under a grant, the bodies."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from openclear.audit import stored
from openclear.audit.beginning import genesis, is_demo
from openclear.audit.checking import verify
from openclear.audit.errors import BrokenLog
from openclear.audit.models import Body, Entry
from openclear.audit.proof.canonical import encode
from openclear.audit.stored import checkpoints, headers, leaves, listing
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

__all__ = [
    "bodies", "body_of", "checkpoints", "entries_saying", "field_names", "genesis", "header_at", "headers", "is_demo", "leaves", "listing",
    "newest_entry_of_order", "stated_by_order", "verify",
]  # fmt: skip
DATABASE = "audit"


def bodies(grant: Grant, *, size: int) -> Iterator[bytes]:
    """Yield the private bodies of the first `size` entries as canonical lines, only for oversight."""
    grant.require(Action.LOG_EXPORT_BODIES)
    return (line for _, line, *_ in stored.bodies(size))


@without_grant("for rooms whose own grant is required; no page or command calls it")
def field_names(entry: int) -> list[str]:
    """Return the names of the fields of one private body, never their values."""
    body = Body.objects.using(DATABASE).filter(entry=entry).first()
    return sorted(json.loads(body.fields)) if body else []


@without_grant("for rooms whose own grant is required; no page or command calls it")
def body_of(entry: int) -> dict[str, Any]:
    """Return the values of one private body, for this room; without erased ones."""
    body = Body.objects.using(DATABASE).filter(entry=entry).first()
    fields = json.loads(body.fields) if body else {}
    return {name: held["value"] for name, held in fields.items() if "value" in held}


@without_grant("for rooms whose own grant is required; no page or command calls it")
def entries_saying(word: str, *, most: int) -> list[int]:
    """Return the numbers of entries whose private body contains a text, newest first. Reads every body."""
    spelled = encode(word).decode()  # as encoded in a body, within its quotation marks
    found = Body.objects.using(DATABASE).filter(fields__contains=spelled).order_by("-entry")
    return list(found.values_list("entry", flat=True)[:most])


@without_grant("for rooms whose own grant is required; no page or command calls it")
def stated_by_order(entry: int) -> dict[str, str]:
    """Return what an order's entry states besides its header: legal basis, who ordered and approved it, review date, document.

    Fields that a court had erased are left out. Raises BrokenLog for an entry that is not an order.
    """
    row = Entry.objects.using(DATABASE).get(index=entry)
    body = Body.objects.using(DATABASE).get(entry=entry)
    if json.loads(bytes(row.header))["kind"] != "order":
        message = f"Entry {entry} is not an order."
        raise BrokenLog(message)
    return {name: str(held["value"]) for name, held in json.loads(body.fields).items() if "value" in held}


@without_grant("for rooms whose own grant is required; no page or command calls it")
def header_at(entry: int) -> Mapping[str, Any]:
    """Return the public header of an entry; an empty one if the log is shorter."""
    row = Entry.objects.using(DATABASE).filter(index=entry).first()
    header: dict[str, Any] = json.loads(bytes(row.header)) if row else {}
    return header


@without_grant("for rooms whose own grant is required; no page or command calls it")
def newest_entry_of_order(identity: str, among: Iterable[int]) -> int | None:
    """Return the newest of these entries that sets a state of the order, or None."""
    rows = Entry.objects.using(DATABASE).filter(index__in=list(among)).order_by("-index")
    for row in rows:
        header = json.loads(bytes(row.header))
        if header["kind"] == "order" and header["order"]["id"] == identity:
            return int(row.index)
    return None
