"""Between an entry and its hand-over an answer holds its agencies; an order waits for those alone.

Readers lock every agency on every chain of the asker, shared, in sorted order. An order locks its one
agency, exclusively: when it has the lock, no answer to that agency or below is still being handed over.
"""

import contextlib
import fcntl
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from psycopg_pool import ConnectionPool

from openclear.access.errors import NotAnswered
from openclear.vocabulary.agencies import chains

ORDER_SECONDS = 5.0
READER_MILLISECONDS = 2000
_POLL_SECONDS = 0.001
POOL_SIZE = 12
NOTICED_SECONDS = 0.01
_FILE_NAME = re.compile(r"@?[a-z0-9_-]+(\.[a-z0-9_-]+)*")
PoliceConnection = psycopg.Connection[tuple[Any, ...]]


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


def shared(agencies: Sequence[str], people: Sequence[str] = ()) -> Hold:
    """Return a hold on `agencies`, all above them, and the people. Raises NotAnswered where one is kept too long."""
    links = (*chains(agencies), *(lock_of(person) for person in sorted(people)))
    return _advisory_shared(links) if _is_postgresql() else _files_shared(links)


def exclusive(agency: str, *, seconds: float | None = None) -> tuple[Hold, bool]:
    """Wait until no answer to `agency` is being handed over; return the hold, and whether it had to wait.

    Raises NotAnswered after `seconds`, 5 where none are given: readers are cut after 500 ms, so a longer wait is a fault.
    """
    patience = ORDER_SECONDS if seconds is None else seconds
    return _advisory_exclusive(agency, patience) if _is_postgresql() else _file_exclusive(agency, patience)


@contextlib.contextmanager
def standing_still(what: str) -> Iterator[None]:
    """Hold an agency or a person (`lock_of`) from before a change's entry until after its commit.

    Every answer left under the state of before, or is decided under that of after.
    """
    hold, _ = exclusive(what)
    try:
        yield
    finally:
        hold.release()


def lock_of(person: str) -> str:
    """Return the name of the lock that a change of one person's affiliations takes."""
    return f"@{person}"


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


def _file_exclusive(agency: str, patience: float) -> tuple[Hold, bool]:
    descriptor = _open_file(agency)
    try:
        waited = _lock_file(descriptor, fcntl.LOCK_EX, time.monotonic() + patience)
    except NotAnswered:
        os.close(descriptor)
        raise
    return Hold(lambda: os.close(descriptor)), waited


def _open_file(agency: str) -> int:
    folder: Path = settings.BARRIER_FOLDER
    # Whatever a caller names, the file stands in this folder.
    name = (
        agency
        if _FILE_NAME.fullmatch(agency)
        else blake2b(agency.encode(errors="replace"), digest_size=16).hexdigest()
    )
    return os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


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
    pool = _pool()
    try:
        connection = pool.getconn(READER_MILLISECONDS / 1000)
    except psycopg.Error:
        raise _no_database() from None
    try:
        _begin(connection, f"SELECT {calls}", READER_MILLISECONDS)
    except NotAnswered:
        _end(connection)
        pool.putconn(connection)
        raise

    def let_go() -> None:
        _end(connection)
        pool.putconn(connection)

    return Hold(let_go)


def _advisory_exclusive(agency: str, patience: float) -> tuple[Hold, bool]:
    try:
        connection = psycopg.connect(autocommit=True, **_address())
    except psycopg.Error:
        raise _no_database() from None
    began = time.monotonic()
    try:
        _begin(connection, f"SELECT pg_advisory_xact_lock({_number(agency)})", int(patience * 1000))
    except NotAnswered:
        connection.close()
        raise
    return Hold(connection.close), time.monotonic() - began > NOTICED_SECONDS


def _begin(connection: PoliceConnection, statement: str, milliseconds: int) -> None:
    try:
        # One message: three would be three round trips under every answer.
        begin = f"BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = {milliseconds}; {statement}"
        connection.execute(begin.encode())
    except psycopg.errors.LockNotAvailable:
        raise _too_long() from None
    except psycopg.Error:
        raise _no_database() from None


def _end(connection: PoliceConnection) -> None:
    # A connection that is lost has let go of its locks already; the pool replaces it.
    with contextlib.suppress(psycopg.Error):
        connection.execute("ROLLBACK")


@cache
def _pool() -> "ConnectionPool[PoliceConnection]":
    # One for each process: a hold lasts milliseconds, so few connections serve many threads.
    return ConnectionPool(
        kwargs={"autocommit": True, **_address()}, min_size=0, max_size=POOL_SIZE, open=True
    )


def _address() -> dict[str, Any]:
    parameters = connections["default"].get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    return {name: parameters[name] for name in names if name in parameters}


def _no_database() -> NotAnswered:
    return NotAnswered("The barrier's database does not answer; try again.")


def _number(agency: str) -> int:
    digest = blake2b(f"openclear-barrier:{agency}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _too_long() -> NotAnswered:
    return NotAnswered("An order or an answer of the same agency is under way; try again in a moment.")
