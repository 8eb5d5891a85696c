"""Orders that keep an agency out: given, proved, narrowed, suspended, lifted. `commands` says how."""

from openclear.access.orders.commands import (
    CONFIRM_WITHIN,
    UNKNOWN_AUTHOR,
    confirm,
    cut_off,
    cut_off_provisionally,
    lift,
    narrow,
    new_order,
    overdue,
    resume,
    suspend,
    unconfirmed,
)

__all__ = [
    "CONFIRM_WITHIN", "UNKNOWN_AUTHOR", "confirm", "cut_off", "cut_off_provisionally", "lift", "narrow", "new_order", "overdue",
    "resume", "suspend", "unconfirmed",
]  # fmt: skip
