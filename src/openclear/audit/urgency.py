"""Who goes first on a busy machine: an act of the administrators, and the log's writer, for which every answer waits.

Where the system does not let this user do so (`LimitNICE`), nothing is changed: what holds does not depend on it.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from openclear.vocabulary.without_grant import without_grant

# As `nice` counts: what has less goes first; others have 0, the worker 10.
FIRST = -10


@without_grant("sets how urgent work is; reads nothing")
def go_first() -> None:
    """Let this process go before others from here on."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, FIRST)


@without_grant("sets how urgent work is; reads nothing")
@contextmanager
def first() -> Iterator[None]:
    """Let this thread go before others for a while."""
    # On Linux each thread has a number, and a priority, of its own; elsewhere there is no such process.
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
