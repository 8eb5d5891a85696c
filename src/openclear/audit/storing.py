"""Writing the log to disk, and erasing from it."""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connections, transaction

from openclear.audit.columns import columns_of
from openclear.audit.errors import BrokenLog
from openclear.audit.models import Body, Entry, UnansweredEntry
from openclear.audit.proof.canonical import encode
from openclear.audit.proof.commitments import stored_hash
from openclear.vocabulary.without_grant import without_grant

DATABASE = "audit"
FULL = 2  # SQLite's number for synchronous=FULL
Erasure = Mapping[str, Any]
alarm = logging.getLogger("openclear.alarm")


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def store(
    entries: Sequence[Entry], bodies: Sequence[Body], unanswered: Sequence[UnansweredEntry] = ()
) -> None:
    """Write entries, bodies and refusal tokens in one transaction that is on the disk when this returns."""
    with transaction.atomic(using=DATABASE), connections[DATABASE].cursor() as cursor:
        if connections[DATABASE].vendor == "postgresql":
            cursor.execute("SET LOCAL synchronous_commit = on")
        # Plain statements: every requester waits here, and bulk_create costs as much as the disk.
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


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def newest_code() -> bytes:
    """Return the code of the batch that was stored last; empty if its last entry has none."""
    row = Entry.objects.using(DATABASE).order_by("-index").first()
    return bytes(row.batch_code) if row and row.batch_code else b""


@without_grant("for an erasure, whose grant was required")
def erase_fields(erasures: Iterable[Erasure]) -> None:
    """Replace salt and value of each named field by its hash.

    Doing it twice is harmless. What is absent or malformed counts as erased, with an alarm: somebody changed the
    database, which a replay reports, and no such change may stop the log.
    """
    for erasure in erasures:
        try:
            with transaction.atomic(using=DATABASE):
                _erase(erasure)
        except (Body.DoesNotExist, ValueError, KeyError, TypeError, AttributeError) as error:
            alarm.critical(
                "entry %s cannot be erased as an entry of the log says (%s): its body was removed or changed; run "
                "openclear log verify",
                erasure["entry"],
                type(error).__name__,
            )


def _erase(erasure: Erasure) -> None:
    body = Body.objects.using(DATABASE).get(entry=erasure["entry"])
    fields = json.loads(body.fields)
    absent = [name for name in erasure["fields"] if name not in fields]
    for name in set(erasure["fields"]) - set(absent):
        fields[name] = {"hash": stored_hash(name, fields[name]).hex()}
    body.fields = encode(fields).decode()
    for column, value in columns_of(fields).items():
        setattr(body, column, value)
    body.save(using=DATABASE)
    if absent:
        alarm.critical("entry %s has no field %s to erase", erasure["entry"], ", ".join(absent))


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def check_durability() -> None:
    """Raise BrokenLog unless the database keeps confirmed data through a power failure."""
    connection = connections[DATABASE]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT current_setting('fsync'), current_setting('full_page_writes')")
            safe = cursor.fetchone() == ("on", "on")
        else:
            cursor.execute("PRAGMA synchronous")
            safe = cursor.fetchone()[0] >= FULL
    if not safe:
        message = "The audit database may lose entries in a power failure; set synchronous=FULL (SQLite) or fsync=on."
        raise BrokenLog(message)
