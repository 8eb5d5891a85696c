"""The barrier's locks on PostgreSQL: advisory locks of one session for each process, which ends with its connection.

What processes tell the one that has the turn goes by NOTIFY, which is delivered before the lock released after it.
The connection goes to the server itself; a pooler that shares one session among many would end the locks.
"""

import atexit
import json
import os
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from typing import Any

import psycopg
from django.db import connections

from openclear.access.barrier.locks import Drained, LocksLost, too_long
from openclear.access.errors import NotAnswered
from openclear.vocabulary.without_grant import without_grant

CHANNEL = "openclear_barrier"
# A notification carries at most 8,000 bytes.
ANSWERS_AT_ONCE = 200
_TAKE = """
SELECT CASE WHEN pg_try_advisory_xact_lock_shared(turn) THEN pg_try_advisory_lock_shared(hold) ELSE false END
FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS asked(turn, hold, place) ORDER BY place"""
_DROP = "SELECT pg_advisory_unlock_shared(hold) FROM unnest(%s::bigint[]) AS had(hold)"
_WANTED = "SELECT pg_try_advisory_xact_lock_shared(turn) FROM unnest(%s::bigint[]) WITH ORDINALITY AS asked(turn, place) ORDER BY place"
# We give up a server that does not answer before it drops us, and our locks.
_LIVELINESS = {
    "connect_timeout": 2, "tcp_user_timeout": 2000, "keepalives_idle": 1, "keepalives_interval": 1, "keepalives_count": 2,
}  # fmt: skip
Session = psycopg.Connection[tuple[Any, ...]]
# With their process; a new act uses one of them before it opens another.
_idle: deque[tuple[int, Session]] = deque()
MOST_IDLE = 4


class SessionLocks:
    """The shared locks of this process, all of one session."""

    def __init__(self) -> None:
        """Begin with none; the session is opened with the first."""
        self._session: Session | None = None

    def take(self, links: Sequence[str]) -> bool:
        """Take the holds of `links`, all or none."""
        holds = [_number("hold", link) for link in links]
        got = [row[0] for row in self._ask(_TAKE, [_number("turn", link) for link in links], holds)]
        if all(got):
            return True
        self._ask(_DROP, [hold for hold, had in zip(holds, got, strict=True) if had])
        return False

    def drop(self, links: Sequence[str]) -> None:
        """Let go of the holds of `links`."""
        self._ask(_DROP, [_number("hold", link) for link in links])

    def wanted(self, links: Sequence[str]) -> set[str]:
        """Return those of `links` whose turn somebody has."""
        free = self._ask(_WANTED, [_number("turn", link) for link in links])
        return {link for link, (is_free,) in zip(links, free, strict=True) if not is_free}

    def tell(self, link: str, word: str, answers: Sequence[str]) -> None:
        """Notify the one that has the turn."""
        for first in range(0, len(answers), ANSWERS_AT_ONCE):
            told = json.dumps([link, word, answers[first : first + ANSWERS_AT_ONCE]])
            self._ask(f"SELECT pg_notify('{CHANNEL}', %s)", told)

    def _ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        try:
            if self._session is None:
                self._session = psycopg.connect(autocommit=True, **_address())
            return self._session.execute(statement.encode(), values).fetchall()
        except psycopg.Error:
            session, self._session = self._session, None
            if session is not None:
                session.close()
            raise LocksLost from None


class SessionTurn:
    """The turn of each link, taken exclusively in a separate session: no process begins a hold there until it is released."""

    def __init__(self, links: Sequence[str], deadline: float) -> None:
        """Take every turn. Raises NotAnswered beyond `deadline`, which is also that of `wait`."""
        self._links, self._deadline = links, deadline
        self._told: list[tuple[str, str]] = []
        self._session, had = self._begun()
        try:
            # First every turn, so that everything that must end does so in the same 500 ms.
            self._wait_for("turn", had)
        except BaseException:
            self._session.close()
            raise

    def wait(self) -> Drained:
        """Take every hold too; return what was told meanwhile. Raises NotAnswered beyond the deadline."""
        try:
            had = _tried(self._session, "hold", self._links)
        except psycopg.Error:
            raise no_database() from None
        self._wait_for("hold", had)
        self._ask("SELECT 1")
        return Drained.of(self._told)

    def release(self) -> None:
        """Release all of it, and keep the session for the next: opening one takes an order a twentieth of a second."""
        self._session.remove_notify_handler(self._hear)
        try:
            self._session.execute("UNLISTEN *; SELECT pg_advisory_unlock_all()")
        except psycopg.Error:
            self._session.close()  # and with it every lock
            return
        if len(_idle) < MOST_IDLE:
            _idle.append((os.getpid(), self._session))
        else:
            self._session.close()

    def _hear(self, notice: psycopg.Notify) -> None:
        self._told += _told(notice.payload, self._links)

    def _begun(self) -> tuple[Session, int]:
        # An idle session whose server is gone fails here, and the next one is tried.
        while (session := _idle_session()) is not None:
            with suppress(psycopg.Error):
                return session, self._listening(session)
        session = _opened()
        try:
            return session, self._listening(session)
        except psycopg.Error:
            raise no_database() from None

    def _listening(self, session: Session) -> int:
        session.add_notify_handler(self._hear)
        try:
            # Committed before the first turn is taken: from then on somebody tells.
            return _tried(session, "turn", self._links, first=f"BEGIN; LISTEN {CHANNEL}; COMMIT; ")
        except BaseException:
            session.close()
            raise

    def _wait_for(self, kind: str, had: int) -> None:
        self._ask(*(f"SELECT pg_advisory_lock({_number(kind, link)})" for link in self._links[had:]))

    def _ask(self, *statements: str) -> None:
        try:
            for statement in statements:
                left = max(1, int((self._deadline - time.monotonic()) * 1000))
                self._session.execute(f"SET lock_timeout = {left}; {statement}".encode())
        except psycopg.errors.LockNotAvailable:
            raise too_long() from None
        except psycopg.Error:
            raise no_database() from None


def _tried(session: Session, kind: str, links: Sequence[str], first: str = "") -> int:
    # How many of the first links were free, all in one statement: each that is waited for costs another one. None after
    # one that was not free is taken: a waiter has only what comes before it, so two acts never wait for each other.
    had = str(len(links))
    for place, link in reversed(list(enumerate(links))):
        had = f"CASE WHEN pg_try_advisory_lock({_number(kind, link)}) THEN {had} ELSE {place} END"
    cursor = session.execute(f"{first}SELECT {had}".encode())
    while cursor.nextset():
        pass
    return int(cursor.fetchall()[0][0])


def _idle_session() -> Session | None:
    # One that another act of this process left.
    while True:
        try:
            process, session = _idle.pop()
        except IndexError:  # also if another thread was quicker
            return None
        if process == os.getpid():
            return session
        # Of the process that this one was forked from, which still uses it.


@atexit.register
def _close_idle() -> None:
    for process, session in _idle:
        if process == os.getpid():
            session.close()


def _opened() -> Session:
    try:
        return psycopg.connect(autocommit=True, **_address())
    except psycopg.Error:
        raise no_database() from None


def _told(payload: str, links: Sequence[str]) -> list[tuple[str, str]]:
    link, word, answers = json.loads(payload)
    return [(word, answer) for answer in answers] if link in links else []


def _address() -> dict[str, Any]:
    parameters = connections["default"].get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    return {name: parameters[name] for name in names if name in parameters} | _LIVELINESS


def _number(kind: str, link: str) -> int:
    digest = blake2b(f"openclear-barrier:{kind}:{link}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@without_grant("a lock, taken by the gate; reads nothing")
def no_database() -> NotAnswered:
    """Return the error of a database that does not answer."""
    return NotAnswered("The barrier's database does not answer; try again.")
