"""How a process loads its rooms."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from openclear.vocabulary.without_grant import without_grant


@without_grant("sets a process up; reads no record")
@contextmanager
def for_good() -> Iterator[None]:
    """Load what stays for the life of the process, without garbage collection, now or later.

    Callers close databases explicitly at the end of the process, because what is loaded here is not destroyed then.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
