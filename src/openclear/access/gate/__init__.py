"""The gate: the only door to the records, and the only way for an answer to leave. See `door`."""

from openclear.access.barrier.command_holds import handing_over, taken
from openclear.access.gate.commands import begin_command
from openclear.access.gate.door import (
    log_act,
    log_bad_request,
    log_mistake_of_command,
    open_for,
    refuse,
    refuse_anonymous,
    sealings,
    stamp_bad_request,
    would_allow,
)
from openclear.access.gate.outcomes import log_ending, log_outcome
from openclear.access.gate.release import (
    LARGEST_ANSWER,
    hold_for,
    recheck,
    records_held,
    release_together,
    stamp,
)

__all__ = [
    "LARGEST_ANSWER",
    "begin_command",
    "handing_over",
    "hold_for",
    "log_act",
    "log_bad_request",
    "log_ending",
    "log_mistake_of_command",
    "log_outcome",
    "open_for",
    "recheck",
    "records_held",
    "refuse",
    "refuse_anonymous",
    "release_together",
    "sealings",
    "stamp",
    "stamp_bad_request",
    "taken",
    "would_allow",
]  # fmt: skip
