"""The holds of answers outside the web: a command's, which it prints, and an alert's, which is sent.

Each thread has its own. If nothing carries them, an order would have to wait for a command whose output nobody
reads; so the program ends itself when an order comes, which the kernel turns into the end of what it had to print.
"""

import os
import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from openclear.access.barrier.hold import keeper
from openclear.access.barrier.keeper import Hold
from openclear.vocabulary.without_grant import without_grant

_ERRORS = 2
_ENDED = (
    b"An order, a sealing or a change of access ended this command before its answer was taken; ask again.\n"
)


class _Held(threading.local):
    def __init__(self) -> None:
        self.holds: list[Hold] = []


_held = _Held()
_ends_process = threading.Event()


@without_grant("a lock, taken by the gate; reads nothing")
def end_process_when_cut() -> None:
    """Let an order end this process while it prints an answer. Called by the program as it starts."""
    _ends_process.set()


@without_grant("a lock, taken by the gate; reads nothing")
def outlive_orders() -> None:
    """Undo that, in a process that works for many: its own lines carry what it sends."""
    _ends_process.clear()


@without_grant("a lock, taken by the gate; reads nothing")
def keep(hold: Hold) -> None:
    """Keep a hold until the block of `handing_over` ends, or a line carries it (`taken`)."""
    _held.holds.append(hold)
    if _ends_process.is_set():
        hold.carried_by(partial(_end_process, hold))


@without_grant("a lock, taken by the gate; reads nothing")
def taken() -> Hold:
    """Return the newest hold of this thread: the caller releases it."""
    return _held.holds.pop()


@without_grant("a lock, taken by the gate; reads nothing")
@contextmanager
def handing_over() -> Iterator[None]:
    """Hold the agencies of what this thread releases in the block until its end: until then it is printed or written.

    Blocks may contain each other; each ends only the holds that began in it.
    """
    held_before = len(_held.holds)
    try:
        yield
    finally:
        while len(_held.holds) > held_before:
            _held.holds.pop().release()


def _end_process(hold: Hold) -> None:
    # Told before the process ends, for its locks end with it, and those who wait for them continue.
    keeper().tell_reset(hold)
    if select.select([], [_ERRORS], [], 0)[1]:
        os.write(_ERRORS, _ENDED)
    os._exit(1)
