"""The log as the rest of the house sees it: append an entry, get a receipt or an error, never silence."""

import contextlib
import fcntl
import json
import os
import socket
import struct
import threading
import time
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from openclear.audit.errors import LogRefuses, LogUnavailable, RefusedByOrder
from openclear.audit.rows import LogState, NewEntry
from openclear.audit.sequencer import note_refusal, refusal, socket_address
from openclear.vocabulary.grants import Receipt
from openclear.vocabulary.without_grant import without_grant

ANSWER_SECONDS = 10.0
START_SECONDS = 20.0
# As long as a start may take; after that the one that was started is taken for dead, and another is.
PATIENCE_SECONDS = 5.0
STARTER_NAME = "sequencer.starting"
_own = threading.local()


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def append(new_entry: NewEntry) -> Receipt:
    """Append one entry and return when it is durable.

    Raises RefusedByOrder where the log holds an order against the entry, LogUnavailable where it
    cannot be confirmed: the caller must then let nothing out.
    """
    return append_all([new_entry])[0]


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def append_all(new_entries: Sequence[NewEntry]) -> list[Receipt]:
    """Append entries one behind the other and return when all are durable: one way to the disk for them together.

    Raises as `append` does. Where one entry is refused the others may stand: entries without an answer,
    never an answer without its entry.
    """
    replies = _ask_all([{"do": "append", "draft": question_of(new_entry)} for new_entry in new_entries])
    for place, reply in enumerate(replies):
        if "refused" in reply:
            raise RefusedByOrder(reply["refused"], place)
        if "entry" not in reply:
            message = f"The log did not take an entry ({reply.get('error')}); nothing was answered."
            raise LogUnavailable(message)
    return [Receipt(reply["entry"], reply["leaf"]) for reply in replies]


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def question_of(new_entry: NewEntry) -> dict[str, Any]:
    """Return a new entry as the log's writer takes it, for this room alone."""
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
    """Return a body's value as the log can spell it: text in NFC, and lone surrogates as question marks.

    What people type may be neither; a search must not fail for how a keyboard composes its accents.
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
        raise LogUnavailable("The log's writer knows no entry 0; start it anew.")
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
        connection = _connect(settings.LOG_FOLDER)
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
    # A connection that was left open may belong to a sequencer that ended: one second try. At worst
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
    connection = _connect_or_start(settings.LOG_FOLDER)
    _own.held = (settings.LOG_FOLDER, os.getpid(), connection)
    return connection


def _connect(folder: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(ANSWER_SECONDS)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        connection.connect(socket_address(folder, descriptor))
    except OSError:
        connection.close()
        raise
    finally:
        os.close(descriptor)
    _check_peer(connection, folder)
    return connection


def _check_peer(connection: socket.socket, folder: Path) -> None:
    # Anyone who can write the folder can put a socket there, and would be believed that an entry is on the disk.
    _, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    if user not in _users_of_writer():
        connection.close()
        raise LogUnavailable(
            f"A process of user {user} answers in the place of the log's writer, so nothing may be answered; see who can "
            f"write {folder}."
        )


def _users_of_writer() -> set[int]:
    users = {os.getuid()}
    with contextlib.suppress(OSError):
        users.add(settings.KEYS_FOLDER.stat().st_uid)
    return users


def _connect_or_start(folder: Path) -> socket.socket:
    with contextlib.suppress(OSError):
        return _connect(folder)
    if not settings.SEQUENCER_COMMAND:
        _raise_refusal(folder)
        raise ConnectionError
    deadline = time.monotonic() + START_SECONDS
    with _turn(folder) as may_start:
        while time.monotonic() < deadline:
            if may_start:
                _start(folder)
            with contextlib.suppress(ConnectionError):
                return _awaited(folder, min(deadline, time.monotonic() + PATIENCE_SECONDS))
    raise ConnectionError


@contextlib.contextmanager
def _turn(folder: Path) -> Iterator[bool]:
    # One starts it and the others wait: a hundred threads that lose their sequencer would start a hundred programs.
    descriptor = os.open(folder / STARTER_NAME, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _awaited(folder: Path, deadline: float) -> socket.socket:
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            return _connect(folder)
        _raise_refusal(folder)
        time.sleep(0.02)
    raise ConnectionError


def _raise_refusal(folder: Path) -> None:
    if sentence := refusal(folder):
        raise LogRefuses(sentence)


def _start(folder: Path) -> None:
    # Should two be started all the same, one gets the sequencer's lock and the other ends.
    note_refusal(folder, "")
    program, *_ = command = settings.SEQUENCER_COMMAND
    output = str(folder / "sequencer.log")
    os.posix_spawn(
        program,
        command,
        os.environ | settings.SEQUENCER_ENVIRONMENT,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )
