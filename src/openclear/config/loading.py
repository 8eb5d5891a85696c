"""How a process loads its rooms."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from openclear.vocabulary.without_grant import without_grant


@without_grant("sets a process up; reads no record")
@contextmanager
def for_good() -> Iterator[None]:
    """Load what stays as long as the process, without the garbage collector: neither while it is loaded nor afterwards.

    Whoever uses it closes databases explicitly at the end of the process, for what is loaded here is not taken apart then.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
