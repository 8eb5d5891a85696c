"""Priorities on a busy machine: acts of the administrators, and the log's writer, which every answer waits for.

If the system does not allow this user to do so (`LimitNICE`), nothing changes: no guarantee depends on it.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from openclear.vocabulary.without_grant import without_grant

# Values of `nice`: lower goes first; others have 0, the worker 10.
FIRST = -10


@without_grant("sets a priority; reads nothing")
def go_first() -> None:
    """Give this process priority over others from here on."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, FIRST)


@without_grant("sets a priority; reads nothing")
@contextmanager
def first() -> Iterator[None]:
    """Give this thread priority over others for a while."""
    # On Linux each thread has its own number and priority; elsewhere this fails with no such process.
    thread = threading.get_native_id()
    try:
        before = os.getpriority(os.PRIO_PROCESS, thread)
        os.setpriority(os.PRIO_PROCESS, thread, min(before, FIRST))
    except OSError:
        yield
        return
    try:
        yield
    finally:
        os.setpriority(os.PRIO_PROCESS, thread, before)
