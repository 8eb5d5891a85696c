"""The log as the rest of the program sees it: append an entry, get a receipt or an error, never nothing."""

import contextlib
import json
import os
import socket
import threading
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from openclear.audit.errors import LogUnavailable, RefusedByOrder
from openclear.audit.rows import LogState, NewEntry
from openclear.audit.writer import connect, connect_or_start
from openclear.vocabulary.grants import Receipt
from openclear.vocabulary.without_grant import without_grant

_own = threading.local()


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def append(new_entry: NewEntry) -> Receipt:
    """Append one entry and return when it is durable.

    Raises RefusedByOrder if the log has an order against the entry, LogUnavailable if it
    cannot be confirmed: the caller must then release nothing.
    """
    return append_all([new_entry])[0]


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def append_all(new_entries: Sequence[NewEntry]) -> list[Receipt]:
    """Append entries in sequence and return when all are durable: one trip to the disk for all.

    Raises as `append` does. If one entry is refused the others may remain: entries without an answer,
    never an answer without its entry.
    """
    replies = _ask_all([{"do": "append", "draft": question_of(new_entry)} for new_entry in new_entries])
    for place, reply in enumerate(replies):
        if "refused" in reply:
            raise RefusedByOrder(reply["refused"], place)
        if "entry" not in reply:
            message = f"The log did not accept an entry ({reply.get('error')}), so nothing was answered."
            raise LogUnavailable(message)
    _own.appended = appended() + len(replies)
    return [Receipt(reply["entry"], reply["leaf"]) for reply in replies]


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def appended() -> int:
    """Return how many entries this thread has appended."""
    return int(getattr(_own, "appended", 0))


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def question_of(new_entry: NewEntry) -> dict[str, Any]:
    """Return a new entry as the log's writer takes it, only for this room."""
    header = {
        "kind": new_entry.kind,
        "decision": new_entry.decision,
        "agencies": sorted(set(new_entry.agencies)),
        "action": str(new_entry.action),
        "dataset": str(new_entry.dataset),
        "purpose": str(new_entry.purpose),
        "rules": list(new_entry.rules),
        "epoch": new_entry.epoch,
        **new_entry.extra,
    }
    if new_entry.attempt is not None:
        header["attempt"] = new_entry.attempt
    return {"header": header, "body": spelled(new_entry.body())}


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def spelled(value: Any) -> Any:
    """Return a body's value as the log can keep it: text in NFC, and lone surrogates as question marks.

    Typed text may be neither; a search must not fail because of how a keyboard composes accents.
    """
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value.encode(errors="replace").decode())
    if isinstance(value, dict):
        return {name: spelled(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [spelled(item) for item in value]
    return value


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def state() -> LogState:
    """Return what the log knows of itself. Raises LogUnavailable."""
    reply = _ask({"do": "state"})
    return LogState(**{name: reply[name] for name in LogState.__slots__})


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def key_line() -> str:
    """Return the log's verifier key. Raises LogUnavailable."""
    return str(_ask({"do": "state"})["key"])


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def beginning() -> tuple[str, str]:
    """Return the log's verifier key and the hexadecimal leaf hash of its entry 0, as the writer read them. Raises LogUnavailable."""
    reply = _ask({"do": "state"})
    if not reply.get("genesis"):
        raise LogUnavailable("The log's writer has no entry 0; restart it.")
    return str(reply["key"]), str(reply["genesis"])


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def checkpoint() -> str:
    """Return a signed checkpoint over every entry so far. Raises LogUnavailable."""
    return str(_ask({"do": "checkpoint"})["note"])


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def root_at(size: int) -> str | None:
    """Return the hexadecimal root over `size` entries, a size that a checkpoint signs; None for any other. Raises LogUnavailable."""
    root = _ask({"do": "root", "size": size})["root"]
    return None if root is None else str(root)


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def stop() -> None:
    """End a running sequencer, if there is one. The next append starts another."""
    with contextlib.suppress(LogUnavailable, OSError):
        connection = connect(settings.LOG_FOLDER)
        _exchange(connection, [{"do": "stop"}])
        connection.close()
    hang_up()


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def hang_up() -> None:
    """Close this thread's connection to the sequencer: for a thread that ends. The next append opens another."""
    held = getattr(_own, "held", None)
    if held:
        held[2].close()
        _own.held = None


def _ask(question: dict[str, Any]) -> dict[str, Any]:
    return _ask_all([question])[0]


def _ask_all(questions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    # An open connection may belong to a sequencer that ended: one second try. At worst
    # the log holds an entry twice, which is an entry without an answer, the harmless direction.
    for last in (False, True):
        try:
            return _exchange(_connection(), questions)
        except (OSError, ValueError):
            hang_up()
            if last:
                break
    message = "The log cannot be reached, so nothing may be answered; try again, then call the operator."
    raise LogUnavailable(message)


def _exchange(connection: socket.socket, questions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    connection.sendall(b"".join(json.dumps(question).encode() + b"\n" for question in questions))
    data = b""
    while data.count(b"\n") < len(questions):
        part = connection.recv(1 << 16)
        if not part:
            raise ConnectionError
        data += part
    return [json.loads(line) for line in data.splitlines()]


def _connection() -> socket.socket:
    held: tuple[Path, int, socket.socket] | None = getattr(_own, "held", None)
    if held and held[:2] == (settings.LOG_FOLDER, os.getpid()):
        return held[2]
    connection = connect_or_start(settings.LOG_FOLDER)
    _own.held = (settings.LOG_FOLDER, os.getpid(), connection)
    return connection
