"""Between its entry and its arrival an answer holds its agencies; an order waits for those alone.

Two locks stand for each agency of the tree and each person: the *hold* and the *turn*. A process has the hold of an
agency, shared, as long as one of its answers does (`keeper`); answers of one process share it, so a slow reader keeps
neither a connection nor a descriptor. An order takes the turn before its entry, and waits for the hold after its commit,
both exclusively. While somebody has the turn no process begins a hold there, so readers that never end starve nobody;
each process looks at the turns of what it holds every 20 ms, and resets after 500 ms what has not arrived by then.

Why no answer that was decided before an order arrives after it returned: an answer takes its hold, is decided, logged
and sent, and lets go when the peer's kernel has acknowledged all of it or the connection was reset. An order is
committed, then takes the hold exclusively. Whoever had it before has arrived or was reset; whoever has it afterwards
is decided under the order. A process that dies loses its locks together with its connections, which are reset.

SQLite: `flock`, ended by the kernel with the process. PostgreSQL: advisory locks of one session for each process,
ended by the server with the session; a process that lost its session resets every answer that stood on it.

Answers that tell of records also hold RECORDS. Sealing writes its labels, then takes that lock exclusively: the same
reasoning, with the count of sealings in the place of the orders.
"""

import contextlib
import time
from collections.abc import Iterator, Sequence
from functools import cache

from django.db import connections

from openclear.access.file_locks import FileLocks, FileTurn
from openclear.access.keeper import Hold, Keeper
from openclear.access.locks import Drained, Taken, Turn, too_long
from openclear.access.session_locks import SessionLocks, SessionTurn
from openclear.vocabulary.agencies import chains

__all__ = ["RECORDS", "Drained", "Draining", "Hold", "exclusive", "lock_of", "shared", "standing_still"]
ORDER_SECONDS = 5.0
READER_MILLISECONDS = 2000
# A process whose session was lost notices within 20 ms; an order waits that out.
CERTAIN_SECONDS = 0.05
# No agency's path and no person's lock has a blank, so this is the lock of neither.
RECORDS = "the records"


def shared(agencies: Sequence[str], people: Sequence[str] = (), *, records: bool = False) -> Hold:
    """Return a hold on `agencies`, all above them, the people, and `records`. Raises NotAnswered where one is kept too long."""
    links = (
        *chains(agencies),
        *(lock_of(person) for person in sorted(people)),
        *([RECORDS] if records else []),
    )
    return keeper().hold(links, time.monotonic() + READER_MILLISECONDS / 1000)


def exclusive(*places: str, certain: bool = False, seconds: float | None = None) -> tuple[Taken, Drained]:
    """Wait until no answer to any of `places` is being handed over; return the hold, and what was met.

    `certain`: wait out a process that lost its locks a moment ago, as an order must. Raises NotAnswered after
    `seconds`, 5 where none are given: readers are reset after 500 ms, so a longer wait is a fault.
    """
    turn = _turn(places, seconds)
    try:
        drained = _waited(turn, certain=certain)
    except BaseException:
        turn.release()
        raise
    return Taken(turn.release), drained


class Draining:
    """Answers that run out their 500 ms while the caller does something else; nobody begins another until they have."""

    def __init__(self, *places: str) -> None:
        """Begin with those to `places`. Raises NotAnswered where somebody else keeps one for 5 s."""
        self._turn = _turn(places)
        self._free = Taken(self._turn.release)

    def wait(self) -> Drained:
        """Wait for the end of them, certain as an order must be, let go, and return what was met. Raises NotAnswered."""
        try:
            return _waited(self._turn, certain=True)
        finally:
            self.release()

    def release(self) -> None:
        """Let go without waiting. Does nothing where that is done."""
        self._free.release()


def _turn(places: Sequence[str], seconds: float | None = None) -> Turn:
    deadline = time.monotonic() + (ORDER_SECONDS if seconds is None else seconds)
    wanted = sorted(set(places))
    return SessionTurn(wanted, deadline) if _is_postgresql() else FileTurn(wanted, deadline)


def _waited(turn: Turn, *, certain: bool) -> Drained:
    drained = turn.wait()
    if certain and _is_postgresql():
        time.sleep(CERTAIN_SECONDS)
    return drained


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


@cache
def keeper() -> Keeper:
    """Return the keeper of this process's shared locks."""
    return Keeper(SessionLocks() if _is_postgresql() else FileLocks(), too_long)


def _is_postgresql() -> bool:
    return connections["default"].vendor == "postgresql"
