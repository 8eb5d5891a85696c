"""What the verifier prints about one agency."""

from collections.abc import Iterator, Mapping
from typing import Any

from openclear.audit.proof.verification import Verification, months_of


def about(result: Verification, agency: str) -> Iterator[str]:
    """Yield what a replay found about one agency."""
    counts = result.agency(agency)
    yield f"agency         {agency} and everything that belongs to it"
    for move in counts["moves"]:
        yield f"followed       {_told(move)}"
    for order in counts["orders"]:
        state = result.book.orders[order]["state"]
        yield f"order          {order}, entry {result.book.entries[order]}, now {state}"
    if not counts["orders"]:
        yield "order          no order in this log covers this agency"
    for phase, words in (
        ("before", "before an order"),
        ("under", "under an order"),
        ("after", "after the lifting"),
    ):
        allowed, refused = counts[f"allowed_{phase}_order"], counts[f"refused_{phase}_order"]
        yield f"{words:<18}  allowed {allowed:>6}   refused {refused:>6}"


def _told(move: Mapping[str, Any]) -> str:
    if move["change"] == "renamed":
        return f"entry {move['entry']}: {move['to']} was given another name"
    if move["change"] == "split":
        return f"entry {move['entry']}: {move['to']} was split off from {move['from']}"
    return f"entry {move['entry']}: {move['from']} was {move['change']}, and is {move['to']} from there on"


def by_month(result: Verification, agency: str) -> Iterator[str]:
    """Yield the counts of one agency for each month."""
    for month, counts in months_of(result, agency).items():
        yield f"{month:<18}  allowed {counts['allowed']:>6}   refused {counts['refused']:>6}"
