"""From its entry until it arrives an answer holds its agencies; an order waits only for those. See `hold`."""

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
