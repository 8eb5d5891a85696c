"""From its entry until it arrives an answer holds its agencies; an order waits only for those.

There are two locks for each agency of the tree and each person: the *hold* and the *turn*. A process has the hold of an
agency, shared, as long as one of its answers does (`keeper`); answers of one process share it, so a slow reader ties up
neither a connection nor a descriptor. An order takes the turn before its entry, and waits for the hold after its commit,
both exclusively. While somebody has the turn no process begins a hold there, so readers that never end starve nobody;
each process looks at the turns of what it holds every 20 ms, and resets after 500 ms what has not arrived by then.

Why no answer decided before an order arrives after the order returned: an answer takes its hold, is decided, logged
and sent, and lets go when the peer's kernel has acknowledged all of it or the connection was reset. An order is
committed, then takes the hold exclusively. An answer that had it before has arrived or was reset; one that has it after
is decided under the order. A process that dies loses its locks together with its connections, which are reset.

SQLite: `flock`, ended by the kernel with the process. PostgreSQL: advisory locks of one session for each process,
ended by the server with the session; a process that lost its session resets every answer that relied on it.

Answers that show records also hold RECORDS. Sealing writes its labels, then takes that lock exclusively: the same
reasoning, with the count of sealings in place of the orders.
"""

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from functools import cache

from django.db import connections

from openclear.access.barrier.flock import FileLocks, FileTurn
from openclear.access.barrier.keeper import Hold, Keeper
from openclear.access.barrier.locks import Drained, Taken, Turn, too_long
from openclear.vocabulary.agencies import chains
from openclear.vocabulary.without_grant import without_grant

__all__ = ["RECORDS", "Drained", "Draining", "Hold", "exclusive", "frozen", "lock_of", "shared"]
ORDER_SECONDS = 5.0
READER_MILLISECONDS = 2000
# A process that lost its session notices within 20 ms; an order waits that long.
CERTAIN_SECONDS = 0.05
# No agency's path and no person's lock has a blank, so this is neither's lock.
RECORDS = "the records"
_one_keeper = threading.Lock()


@without_grant("a lock, taken by the gate; reads nothing")
def shared(agencies: Sequence[str], people: Sequence[str] = (), *, records: bool = False) -> Hold:
    """Return a hold on `agencies`, all above them, the people, and `records`. Raises NotAnswered if one is kept too long."""
    links = (
        *chains(agencies),
        *(lock_of(person) for person in sorted(people)),
        *([RECORDS] if records else []),
    )
    return keeper().hold(links, time.monotonic() + READER_MILLISECONDS / 1000)


@without_grant("a lock, taken by the gate; reads nothing")
def exclusive(*places: str, certain: bool = False, seconds: float | None = None) -> tuple[Taken, Drained]:
    """Wait until no answer to any of `places` is being sent; return the hold and the answers met.

    `certain`: wait out a process that lost its locks a moment ago, as an order must. Raises NotAnswered after
    `seconds`, 5 by default: readers are reset after 500 ms, so a longer wait is a fault.
    """
    turn = _turn(places, seconds)
    try:
        drained = _waited(turn, certain=certain)
    except BaseException:
        turn.release()
        raise
    return Taken(turn.release), drained


class Draining:
    """Answers that use up their 500 ms while the caller does something else; no new one begins until then."""

    def __init__(self, *places: str) -> None:
        """Begin with those to `places`. Raises NotAnswered if somebody else keeps one for 5 s."""
        self._turn = _turn(places)
        self._free = Taken(self._turn.release)
        self._had = 0.0

    def wait(self) -> Drained:
        """Wait until they end, let go, and return the answers met; an order is certain of it after `settle`. Raises NotAnswered."""
        try:
            drained = self._turn.wait()
            self._had = time.monotonic()
            return drained
        finally:
            self.release()

    def settle(self) -> None:
        """Wait out a process that lost its locks just before `wait` took them, as an order must before it says that all has ended."""
        time.sleep(max(0.0, self._had + _uncertain() - time.monotonic()))

    def release(self) -> None:
        """Let go without waiting. Does nothing the second time."""
        self._free.release()


def _turn(places: Sequence[str], seconds: float | None = None) -> Turn:
    deadline = time.monotonic() + (ORDER_SECONDS if seconds is None else seconds)
    wanted = sorted(set(places))
    if not _is_postgresql():
        return FileTurn(wanted, deadline)
    from openclear.access.barrier.advisory import SessionTurn  # noqa: PLC0415 - see `keeper`

    return SessionTurn(wanted, deadline)


def _waited(turn: Turn, *, certain: bool) -> Drained:
    drained = turn.wait()
    time.sleep(_uncertain() if certain else 0.0)
    return drained


def _uncertain() -> float:
    # Files are locked by the process itself: their locks end with its connections, not before.
    return CERTAIN_SECONDS if _is_postgresql() else 0.0


@without_grant("a lock, taken by the gate; reads nothing")
@contextlib.contextmanager
def frozen(what: str) -> Iterator[None]:
    """Hold an agency or a person (`lock_of`) from before a change's entry until after its commit.

    Every answer was sent under the old state or is decided under the new one.
    """
    hold, _ = exclusive(what)
    try:
        yield
    finally:
        hold.release()


@without_grant("a lock, taken by the gate; reads nothing")
def lock_of(person: str) -> str:
    """Return the name of the lock that a change of one person's affiliations takes."""
    return f"@{person}"


@without_grant("a lock, taken by the gate; reads nothing")
def keeper() -> Keeper:
    """Return the keeper of this process's shared locks."""
    # The cache alone makes one for each thread that comes first at the same moment: each would number its answers from 1,
    # and who waits for them would count two of one number as one.
    with _one_keeper:
        return _made_keeper()


@cache
def _made_keeper() -> Keeper:
    if not _is_postgresql():
        return Keeper(FileLocks(), too_long)
    # Its driver takes a tenth of a command's start time, and a city on files does not need it.
    from openclear.access.barrier.advisory import SessionLocks  # noqa: PLC0415 - see the line above

    return Keeper(SessionLocks(), too_long)


def _is_postgresql() -> bool:
    return connections["default"].vendor == "postgresql"
