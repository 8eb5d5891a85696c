"""Orders that keep an agency out: given, proved, narrowed, suspended, lifted. See `commands`."""

from openclear.access.orders.commands import (
    UNKNOWN_AUTHOR,
    confirm,
    cut_off,
    cut_off_provisionally,
    lift,
    narrow,
    new_order,
    resume,
    suspend,
)
from openclear.access.orders.queries import CONFIRM_WITHIN, overdue, unconfirmed

__all__ = [
    "CONFIRM_WITHIN", "UNKNOWN_AUTHOR", "confirm", "cut_off", "cut_off_provisionally", "lift", "narrow", "new_order", "overdue",
    "resume", "suspend", "unconfirmed",
]  # fmt: skip
