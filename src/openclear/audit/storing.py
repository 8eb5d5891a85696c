"""How the log reaches the disk, and what is erased from it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connections, transaction

from openclear.audit.columns import columns_of
from openclear.audit.errors import BrokenLog
from openclear.audit.models import Body, Entry, UnansweredEntry
from openclear.audit.proof.canonical import encode
from openclear.audit.proof.commitments import stored_hash

DATABASE = "audit"
FULL = 2  # SQLite's number for synchronous=FULL
Erasure = Mapping[str, Any]


def store(
    entries: Sequence[Entry], bodies: Sequence[Body], unanswered: Sequence[UnansweredEntry] = ()
) -> None:
    """Write entries, bodies and the tokens of what was not answered in one transaction that is on the disk when this returns."""
    with transaction.atomic(using=DATABASE), connections[DATABASE].cursor() as cursor:
        if connections[DATABASE].vendor == "postgresql":
            cursor.execute("SET LOCAL synchronous_commit = on")
        # Plain statements: everyone who asks anything waits here, and bulk_create costs as much as the disk.
        for rows in filter(None, (entries, bodies, unanswered)):
            statement, columns = _insert(type(rows[0]))
            cursor.executemany(statement, [[getattr(row, name) for name in columns] for row in rows])


@cache
def _insert(model: type[Entry] | type[Body] | type[UnansweredEntry]) -> tuple[str, Sequence[str]]:
    columns = [str(field.column) for field in model._meta.concrete_fields]  # noqa: SLF001 - Django's documented way to a model's columns
    quote = connections[DATABASE].ops.quote_name
    names = ", ".join(quote(name) for name in columns)
    places = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})", columns  # noqa: S608, SLF001 - names of our own tables


def newest_code() -> bytes:
    """Return the code of the batch that was stored last; empty where its last entry has none."""
    row = Entry.objects.using(DATABASE).order_by("-index").first()
    return bytes(row.batch_code) if row and row.batch_code else b""


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
