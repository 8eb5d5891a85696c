"""Questions about orders: which are in force, what each was, and what it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from openclear.access.gate.order_rows import newest_states, rows_of
from openclear.access.gate.standing import read_standing
from openclear.access.models import OrderProof, OrderState
from openclear.access.orders.receipts import TargetReceipt
from openclear.access.policy.facts import OrderRow
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.states import OrderStatus
from openclear.vocabulary.without_grant import without_grant

CONFIRM_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class OrderHistoryRow:
    """One state that an order was set to."""

    order: str
    agency: str
    state: str
    legal_basis: str
    ordered_by: str
    approved_by: str
    epoch: int
    entry: int
    document: str = ""
    review_on: date | None = None
    moment: datetime | None = None
    public_basis: str = ""


@without_grant("reads orders, no record: the gate asks it before there is a grant")
def standing_orders() -> Sequence[OrderRow]:
    """Return the orders in force now, oldest first."""
    return read_standing().orders


@without_grant("reads orders, no record: the gate asks it before there is a grant")
def plan_of(order: str) -> dict[str, Any]:
    """Return the plan by which an order was last put in force, as it was kept; empty if it has none."""
    kept = OrderProof.objects.filter(order=order).order_by("-pk").values_list("plan", flat=True).first()
    return dict(kept or {})


@without_grant("reads orders, no record: the gate asks it before there is a grant")
def proof_of(order: str) -> Sequence[tuple[int, Sequence[TargetReceipt]]]:
    """Return what an order did, target by target, each time it came into force, newest first: (epoch, receipts)."""
    rows = OrderProof.objects.filter(order=order).exclude(receipts=[]).order_by("-pk")
    return [(row.epoch, [TargetReceipt(*receipt) for receipt in row.receipts]) for row in rows]


@without_grant("reads orders, no record: the gate asks it before there is a grant")
def order_history() -> Sequence[OrderHistoryRow]:
    """Return every state of every order, oldest first."""
    return [
        OrderHistoryRow(
            row.order,
            row.agency,
            row.state,
            row.legal_basis,
            row.ordered_by,
            row.approved_by,
            row.epoch,
            row.entry,
            row.document,
            row.review_on,
            row.moment,
            row.public_basis,
        )
        for row in OrderState.objects.order_by("sequence")
    ]


def overdue(grant: Grant) -> list[OrderRow]:
    """Return the provisional orders that nobody confirmed within 24 hours."""
    grant.require(Action.REGISTRY_LIST)
    return unconfirmed()


@without_grant("runs as the city itself: the worker's duty")
def unconfirmed() -> list[OrderRow]:
    """Return the provisional orders older than 24 hours, about which the watch alarms."""
    late = clock.now() - CONFIRM_WITHIN
    return rows_of(
        row
        for row in newest_states()
        if row.state == OrderStatus.PROVISIONAL and row.moment and row.moment < late
    )
