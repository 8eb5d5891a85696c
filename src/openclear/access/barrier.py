"""Between an entry and its hand-over an answer holds its agencies; an order waits for those alone.

Readers lock every agency on every chain of the asker, shared, in sorted order. An order locks its one
agency, exclusively: when it has the lock, no answer to that agency or below is still being handed over.
"""

import contextlib
import fcntl
import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connections

from openclear.access.errors import NotAnswered
from openclear.vocabulary.agencies import chains

ORDER_SECONDS = 5.0
READER_MILLISECONDS = 2000
KEPT_CONNECTIONS = 2
_POLL_SECONDS = 0.001
_own = threading.local()


class Hold:
    """A lock that is let go exactly once, by whoever is first."""

    def __init__(self, let_go: Callable[[], None]) -> None:
        """`let_go`: what frees the lock."""
        self._let_go: Callable[[], None] | None = let_go
        self._guard = threading.Lock()

    def release(self) -> None:
        """Free the lock. A second call does nothing."""
        with self._guard:
            let_go, self._let_go = self._let_go, None
        if let_go:
            let_go()

    def cut(self, connection: socket.socket | None) -> None:
        """Shut `connection` and free the lock, unless the answer was handed over by now."""
        with self._guard:
            if self._let_go is None:
                return
            if connection is not None:
                # After this line sendall fails: nothing more of the answer can be handed over.
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.release()


def shared(agencies: Sequence[str]) -> Hold:
    """Return a hold on `agencies` and all above them. Raises NotAnswered where an order keeps one too long."""
    links = chains(agencies)
    return _advisory_shared(links) if _is_postgresql() else _files_shared(links)


def exclusive(agency: str) -> tuple[Hold, bool]:
    """Wait until no answer to `agency` is being handed over; return the hold, and whether it had to wait.

    Raises NotAnswered after 5 s: readers are cut after 500 ms, so a longer wait is a fault.
    """
    return _advisory_exclusive(agency) if _is_postgresql() else _file_exclusive(agency)


def _is_postgresql() -> bool:
    return connections["default"].vendor == "postgresql"


# --- SQLite: flock on a descriptor of the request's own; POSIX locks would not exclude threads of one process.


def _files_shared(links: Sequence[str]) -> Hold:
    deadline = time.monotonic() + READER_MILLISECONDS / 1000
    descriptors: list[int] = []
    try:
        for link in links:
            descriptors.append(_open_file(link))
            _lock_file(descriptors[-1], fcntl.LOCK_SH, deadline)
    except NotAnswered:
        _close_all(descriptors)
        raise
    return Hold(lambda: _close_all(descriptors))


def _file_exclusive(agency: str) -> tuple[Hold, bool]:
    descriptor = _open_file(agency)
    try:
        waited = _lock_file(descriptor, fcntl.LOCK_EX, time.monotonic() + ORDER_SECONDS)
    except NotAnswered:
        os.close(descriptor)
        raise
    return Hold(lambda: os.close(descriptor)), waited


def _open_file(agency: str) -> int:
    folder: Path = settings.BARRIER_FOLDER
    return os.open(folder / f"{agency}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _lock_file(descriptor: int, kind: int, deadline: float) -> bool:
    waited = False
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            waited = True
            if time.monotonic() > deadline:
                raise _too_long() from None
            time.sleep(_POLL_SECONDS)
        else:
            return waited


def _close_all(descriptors: Sequence[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


# --- PostgreSQL: transaction-scoped advisory locks on a connection of the thread's own, READ COMMITTED.


def _advisory_shared(links: Sequence[str]) -> Hold:
    calls = ", ".join(f"pg_advisory_xact_lock_shared({_number(link)})" for link in links)
    connection = _begin(f"SELECT {calls}", READER_MILLISECONDS)
    return Hold(lambda: _end(connection))


def _advisory_exclusive(agency: str) -> tuple[Hold, bool]:
    began = time.monotonic()
    connection = _begin(f"SELECT pg_advisory_xact_lock({_number(agency)})", int(ORDER_SECONDS * 1000))
    return Hold(lambda: _end(connection)), time.monotonic() - began > 0.01


def _begin(statement: str, milliseconds: int) -> "psycopg.Connection[tuple[object, ...]]":
    connection = _free_connection()
    try:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
            cursor.execute(f"SET LOCAL lock_timeout = {milliseconds}".encode())
            cursor.execute(statement.encode())
    except psycopg.errors.LockNotAvailable:
        _end(connection)
        raise _too_long() from None
    except psycopg.Error:
        connection.close()
        message = "The barrier's database does not answer; try again."
        raise NotAnswered(message) from None
    return connection


def _free_connection() -> "psycopg.Connection[tuple[object, ...]]":
    free: list[psycopg.Connection[tuple[object, ...]]] = getattr(_own, "free", [])
    while free:
        connection = free.pop()
        if not connection.closed:
            return connection
    parameters = connections["default"].get_connection_params()
    wanted = {
        name: parameters[name]
        for name in ("dbname", "user", "password", "host", "port")
        if name in parameters
    }
    return psycopg.connect(autocommit=True, **wanted)


def _end(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    try:
        connection.execute("COMMIT")
    except psycopg.Error:
        connection.close()
        return
    free: list[psycopg.Connection[tuple[object, ...]]] = getattr(_own, "free", [])
    if len(free) < KEPT_CONNECTIONS:
        _own.free = [*free, connection]
    else:
        connection.close()


def _number(agency: str) -> int:
    digest = blake2b(f"openclear-barrier:{agency}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _too_long() -> NotAnswered:
    return NotAnswered("An order or an answer of the same agency is under way; try again in a moment.")
