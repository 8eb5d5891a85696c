"""Between its entry and its arrival an answer holds its agencies; an order waits for those alone. `hold` says how."""

from openclear.access.barrier.hold import (
    RECORDS,
    Drained,
    Draining,
    Hold,
    exclusive,
    frozen,
    lock_of,
    shared,
)

__all__ = ["RECORDS", "Drained", "Draining", "Hold", "exclusive", "frozen", "lock_of", "shared"]
