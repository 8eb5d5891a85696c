"""What an order did, proved target by target: what reached the city before, and what still does."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from functools import cache
from typing import Any

from openclear.access import barrier
from openclear.access.decisions import judge
from openclear.access.errors import NotAnswered
from openclear.access.lines import not_seen
from openclear.access.models import OrderProof
from openclear.access.plans import caught, reached
from openclear.access.ports import ports
from openclear.access.rows import ALL, Ask, OrderRow, Standing
from openclear.access.rules import CUT_OFF, order_over
from openclear.access.standing import read_standing
from openclear.audit import log
from openclear.audit.rows import Draft
from openclear.vocabulary.actions import DATASET_OF, Action
from openclear.vocabulary.purposes import Purpose

VERIFIED, FAILED = "verified", "failed"


@dataclass(frozen=True, slots=True)
class TargetReceipt:
    """What became of one kind of thing: how many reached the city before, how many still do.

    `reset`: of the answers, those whose connection was reset before all had arrived. `outside`: what this machine
    cannot see of them (`lines.not_seen`).
    """

    target: str
    state: str
    before: int
    after: int
    reset: int = 0
    outside: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class OrderReceipt:
    """What an order did, proved target by target."""

    order: str
    epoch: int
    receipts: Sequence[TargetReceipt]


def outside_words(outside: Sequence[str]) -> list[str]:
    """Return a sentence for each thing that a receipt names as out of this machine's sight."""
    sentences = {
        "proxy": "Through the proxy {}: it may still hold what it has acknowledged.",
        "system": "On {} nobody sees what a reader has acknowledged: what its kernel was given may still arrive.",
    }
    return [sentences[kind].format(name) for kind, _, name in (item.partition(" ") for item in outside)]


def end_held(order: OrderRow) -> None:
    """End everything that an order means and that can be ended: what ended under an order never comes back with its lifting."""
    handles = caught(order)
    for reach in ports.reach:
        if reach.ends and (standing := reached(order, handles, reach.held())):
            reach.end(standing)


def prove(
    agencies: Sequence[str], order: OrderRow, epoch: int, counted: Mapping[str, int], told: Mapping[str, Any]
) -> OrderReceipt:
    """End what an order in force ends, wait for the answers under way, prove all of it, and put it into the log.

    `agencies`: of whoever gave it. `told`: the plan that it was given by, kept with the receipts.
    """
    # While things are ended, the answers under way run out their 500 ms: the order waits for the longer of both.
    end_held(order)
    with _drained(order) as drained:
        # Again: an answer that was under way may have made something.
        end_held(order)
        receipts = [*_proved(order, counted), drained]
        _append_result(agencies, order, epoch, receipts)
        OrderProof.objects.create(
            order=order.id, epoch=epoch, receipts=[list(astuple(item)) for item in receipts], plan=dict(told)
        )
    return OrderReceipt(order.id, epoch, receipts)


def _proved(order: OrderRow, counted: Mapping[str, int]) -> Iterator[TargetReceipt]:
    handles, standing = caught(order), read_standing()
    # Whoever holds ten sessions is decided on once.
    still_answered = cache(lambda handle: _still_answered(order, handle, standing))
    for reach in ports.reach:
        held = reached(order, handles, reach.held())
        left = held if reach.ends else [one for one in held if still_answered(one.holder)]
        yield TargetReceipt(reach.target, FAILED if left else VERIFIED, counted[reach.target], len(left))


def _still_answered(order: OrderRow, handle: str, standing: Standing) -> bool:
    ask = _probe(order)
    judgement = judge(handle, ask, standing)
    met = order_over([order], judgement.agencies, ask) is not None
    # Refused for another reason, such as a case that is missing, would prove nothing of the order.
    return met and not any(name.startswith(CUT_OFF) for name in judgement.decision.rule_ids)


def _probe(order: OrderRow) -> Ask:
    actions = [action for action in Action if order.scope == ALL or DATASET_OF[action] in order.scope]
    purposes = [purpose for purpose in Purpose if order.purposes == ALL or purpose in order.purposes]
    action = Action.DESK_OPEN if Action.DESK_OPEN in actions else actions[0]
    return Ask(action, purposes[0], ground_named=False, ground=None)


@contextmanager
def _drained(order: OrderRow) -> Iterator[TargetReceipt]:
    target, outside = "answers being handed over", not_seen()
    try:
        hold, met = barrier.exclusive(order.agency, *order.places, certain=True)
    except NotAnswered:
        # The order is in force all the same; what is not proved is that the last answer has arrived or was reset.
        yield TargetReceipt(target, FAILED, 1, 1, outside=outside)
        return
    try:
        yield TargetReceipt(target, VERIFIED, met.met, 0, met.reset, outside)
    finally:
        hold.release()


def _append_result(
    agencies: Sequence[str], order: OrderRow, epoch: int, receipts: Sequence[TargetReceipt]
) -> None:
    proved = all(item.state == VERIFIED for item in receipts)
    log.append(
        Draft(
            kind="in-force" if proved else "outcome",
            decision="none" if proved else "error",
            agencies=agencies,
            action=Action.ORDER_CUT_OFF,
            dataset=DATASET_OF[Action.ORDER_CUT_OFF],
            purpose=Purpose.ACCESS_ADMINISTRATION,
            epoch=epoch,
            attempt=order.entry,
            extra={"order": order.header()} if proved else {},
            body={"receipts": [list(astuple(item)) for item in receipts]},
        )  # fmt: skip
    )
