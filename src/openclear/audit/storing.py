"""How the log reaches the disk, and what is erased from it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connections, transaction

from openclear.audit.columns import columns_of
from openclear.audit.errors import BrokenLog
from openclear.audit.models import BatchCode, Body, Entry
from openclear.audit.proof.canonical import encode
from openclear.audit.proof.commitments import stored_hash

DATABASE = "audit"
FULL = 2  # SQLite's number for synchronous=FULL
ONLY = 1
Erasure = Mapping[str, Any]


def store(entries: Sequence[Entry], bodies: Sequence[Body], code: str) -> None:
    """Write entries and bodies in one transaction that is on the disk when this returns.

    `code`: what proves to the next start that the writer itself made this batch, should nothing else say so.
    """
    with transaction.atomic(using=DATABASE):
        if connections[DATABASE].vendor == "postgresql":
            with connections[DATABASE].cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit = on")
        Entry.objects.using(DATABASE).bulk_create(entries)
        Body.objects.using(DATABASE).bulk_create(bodies)
        batches = BatchCode.objects.using(DATABASE)
        if not batches.filter(pk=ONLY).update(code=code):
            batches.create(pk=ONLY, code=code)


def newest_code() -> str:
    """Return the code of the batch that was stored last, or ""."""
    row = BatchCode.objects.using(DATABASE).filter(pk=ONLY).first()
    return row.code if row else ""


def erase_fields(erasures: Iterable[Erasure]) -> None:
    """Put the hash of each named field in the place of its salt and value. Doing it twice is harmless."""
    for erasure in erasures:
        with transaction.atomic(using=DATABASE):
            body = Body.objects.using(DATABASE).get(entry=erasure["entry"])
            fields = json.loads(body.fields)
            for name in erasure["fields"]:
                fields[name] = {"hash": stored_hash(name, fields[name]).hex()}
            body.fields = encode(fields).decode()
            for column, value in columns_of(fields).items():
                setattr(body, column, value)
            body.save(using=DATABASE)


def check_durability() -> None:
    """Raise BrokenLog unless the database keeps what it confirms through a power loss."""
    connection = connections[DATABASE]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT current_setting('fsync'), current_setting('full_page_writes')")
            safe = cursor.fetchone() == ("on", "on")
        else:
            cursor.execute("PRAGMA synchronous")
            safe = cursor.fetchone()[0] >= FULL
    if not safe:
        message = (
            "The audit database may lose entries at a power loss; set synchronous=FULL (SQLite) or fsync=on."
        )
        raise BrokenLog(message)
