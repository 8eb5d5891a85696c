"""Orders beside changes of the registry: whether a receipt says more than what holds, or anybody is answered behind it.

Three administrators and a counsel act at once on one agency: an order, given outright or by a proposal that is approved,
and ties, their ends, moves, mergers, splits and proposals by one person alone. Readers of the agency and of others ask all
the time. `false_receipts`: orders whose receipt counts other people than the order holds over, or something as ended that
is not; `late_answers`: answers to somebody whom a receipt counts, after the order returned; `lost`: requests of others that
were not answered, and acts that ended in anything but success or a refusal.
"""

from typing import Any

from bench.databases import on_each

DEFAULT_SCALE = "full"
TRIALS = {"small": 5, "full": 50}


def run(scale: str) -> list[dict[str, Any]]:
    """Return one row for each database."""
    return on_each("bench.registry_race_trials", scale)
