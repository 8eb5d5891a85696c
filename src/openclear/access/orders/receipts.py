"""What an order did, proved target by target: what reached the city before, and what still does."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Future
from dataclasses import astuple, dataclass
from functools import cache

from openclear.access import barrier
from openclear.access.barrier.lines import not_seen
from openclear.access.errors import NotAnswered
from openclear.access.gate.decide import decide
from openclear.access.gate.standing import read_standing
from openclear.access.models import Affiliation, OrderProof
from openclear.access.orders import publication
from openclear.access.orders.plans import holdings_under, people_under
from openclear.access.policy.facts import ALL, OrderRow, Standing
from openclear.access.policy.rules import CUT_OFF, order_over
from openclear.access.ports import Holding, Holdings, ports
from openclear.audit import log
from openclear.audit.rows import NewEntry
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Inquiry
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.without_grant import without_grant

VERIFIED, FAILED, MOVED = "verified", "failed", "moved"


@dataclass(frozen=True, slots=True)
class TargetReceipt:
    """What became of one kind of holding: how many reached the city before, how many still do.

    `state`: "verified", "failed", or "moved" if the plan named somebody whom the order does not cover any more;
    `note` then says who, and by which entry.
    `reset`: of the answers, those whose connection was reset before everything had arrived. `outside`: what this machine
    cannot see of them (`lines.not_seen`).
    """

    target: str
    state: str
    before: int
    after: int
    note: str = ""
    reset: int = 0
    outside: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class OrderReceipt:
    """What an order did, proved target by target."""

    order: str
    epoch: int
    receipts: Sequence[TargetReceipt]


@without_grant("for this room alone, within an act whose grant was required")
def outside_words(outside: Sequence[str]) -> list[str]:
    """Return a sentence for each thing that a receipt names as outside this machine's view."""
    sentences = {
        "proxy": "Through the proxy {}: it may still hold what it has acknowledged.",
        "system": "On {} it cannot be seen what a reader has acknowledged: what was given to its kernel may still arrive.",
    }
    return [sentences[kind].format(name) for kind, _, name in (item.partition(" ") for item in outside)]


@without_grant("for this room alone, within an act whose grant was required")
def end_held(order: OrderRow, handles: AbstractSet[str] | None = None) -> None:
    """End every holding that an order means and that can be ended: lifting the order does not bring it back.

    `handles`: whom it catches, if that is known already.
    """
    handles = people_under(order) if handles is None else handles
    for reach in ports.reach:
        if reach.ends and (standing := holdings_under(order, handles, reach.held())):
            reach.end(standing)


@without_grant("for this room alone, within an act whose grant was required")
def begin_draining(order: OrderRow) -> barrier.Draining | None:
    """Have the answers under way to whom an order means run out; None if somebody else keeps them: it is tried again."""
    try:
        return barrier.Draining(order.agency, *order.places)
    except NotAnswered:
        return None


@without_grant("for this room alone, within an act whose grant was required")
def prove(
    agencies: Sequence[str],
    order: OrderRow,
    epoch: int,
    held: Mapping[str, Mapping[str, int]],
    draining: barrier.Draining | None = None,
) -> OrderReceipt:
    """End what an order in force ends, wait for the answers under way, prove all of it, and put it into the log.

    `agencies`: of its author. `held`: what its plan named, of the same epoch: how many holdings of each holder, by target. `draining`:
    if the answers under way began to run out before the order's commit. The caller holds the lock of all acts from before the plan until this returns.
    """
    told_public = publication.begin()
    proof = _Proof(order, held)
    drained = proof.drained(draining)
    # An answer makes what it makes before it takes its hold, so all of that can be counted. Only the last bytes of
    # a process that lost its locks are uncertain, and nothing is said before they are certain.
    receipts = [*proof.targets(), drained, _published(told_public, epoch)]
    proof.settle()
    _append_result(agencies, order, epoch, receipts)
    OrderProof.objects.filter(order=order.id, epoch=epoch).update(
        receipts=[list(astuple(item)) for item in receipts]
    )
    return OrderReceipt(order.id, epoch, receipts)


@without_grant("for this room alone, within an act whose grant was required")
def published(epoch: int) -> TargetReceipt:
    """Tell the public of an order that was set back, and say whether its page shows it."""
    return _published(publication.begin(), epoch)


def _published(told: "Future[int]", epoch: int) -> TargetReceipt:
    shown = publication.was_told(told, epoch)
    return TargetReceipt(publication.TARGET, VERIFIED if shown else FAILED, 1, 0 if shown else 1)


class _Proof:
    """What is checked for one receipt. Nobody comes under the order or out of it while the lock of all acts is held."""

    def __init__(self, order: OrderRow, planned: Mapping[str, Mapping[str, int]]) -> None:
        self._order, self._planned = order, planned
        self._draining: barrier.Draining | None = None
        self._handles, standing = people_under(order), read_standing()
        # A person with ten sessions is decided on once.
        self._is_answered = cache(lambda handle: _still_answered(order, handle, standing))

    def drained(self, draining: barrier.Draining | None) -> TargetReceipt:
        # While holdings end and people are decided on, the answers under way use up their 500 ms: the order waits for the
        # longer of both. Later requests are decided under it, so nobody is delayed by what is still to be proved.
        target, outside = "answers being handed over", not_seen()
        try:
            self._draining = draining or barrier.Draining(self._order.agency, *self._order.places)
            end_held(self._order, self._handles)
            for handle in {holder for holders in self._planned.values() for holder in holders}:
                self._is_answered(handle)
            met = self._draining.wait()
        except NotAnswered:
            # The order is still in force; it is only not proved that the last answer has arrived or was reset.
            return TargetReceipt(target, FAILED, 1, 1, outside=outside)
        return TargetReceipt(target, VERIFIED, met.met, 0, reset=met.reset, outside=outside)

    def settle(self) -> None:
        """Wait until it is certain that the answers under way have ended, before anything is said of them."""
        if self._draining:
            self._draining.settle()

    def targets(self) -> Iterator[TargetReceipt]:
        return (self._target(reach) for reach in ports.reach)

    def _target(self, reach: Holdings) -> TargetReceipt:
        before = self._planned.get(reach.target, {})
        held = self._held_after(reach)
        remaining = holdings_under(self._order, self._handles, held)
        left = remaining if reach.ends else [one for one in remaining if self._is_answered(one.holder)]
        gone = sorted(before.keys() - self._handles)
        # Anyone no longer under the order is still answered: that is said, never counted as ended.
        free = holdings_under(self._order, frozenset(gone), held)
        state = FAILED if left else MOVED if gone else VERIFIED
        whither = _whither(self._order, gone)
        return TargetReceipt(reach.target, state, sum(before.values()), len(left) + len(free), whither)

    def _held_after(self, reach: Holdings) -> Sequence[Holding]:
        # Again: an answer that was under way may have made something.
        held = reach.held()
        if not reach.ends or not (made := holdings_under(self._order, self._handles, held)):
            return held
        reach.end(made)
        return reach.held()


def _whither(order: OrderRow, handles: Sequence[str]) -> str:
    return "; ".join(f"{handle}: {_last_change(order, handle)}" for handle in handles)


def _last_change(order: OrderRow, handle: str) -> str:
    ended = Affiliation.objects.filter(officer__handle=handle).exclude(until=None).order_by("-ended_by_entry")
    for tie in ended.select_related("agency"):
        if order.covers_agency(tie.agency.path) and tie.ended_by_entry:
            return f"tie ended by {tie.ended_by}, entry {tie.ended_by_entry}, while the order was given"
    return "not under the order any more"


def _still_answered(order: OrderRow, handle: str, standing: Standing) -> bool:
    inquiry = _probe(order)
    decision = decide(handle, inquiry, standing)
    met = order_over([order], decision.agencies, inquiry) is not None
    # A refusal for another reason, such as a missing case, would not prove the order.
    return met and not any(name.startswith(CUT_OFF) for name in decision.verdict.rule_ids)


def _probe(order: OrderRow) -> Inquiry:
    actions = [action for action in Action if order.scope == ALL or action.dataset in order.scope]
    purposes = [purpose for purpose in Purpose if order.purposes == ALL or purpose in order.purposes]
    action = Action.DESK_OPEN if Action.DESK_OPEN in actions else actions[0]
    return Inquiry(action, purposes[0])


def _append_result(
    agencies: Sequence[str], order: OrderRow, epoch: int, receipts: Sequence[TargetReceipt]
) -> None:
    # If the public page could not be told, the order is still in force; the receipt says so.
    proved = all(item.state == VERIFIED for item in receipts if item.target != publication.TARGET)
    log.append(
        NewEntry(
            kind="in-force" if proved else "outcome",
            decision="none" if proved else "error",
            agencies=agencies,
            action=Action.ORDER_CUT_OFF,
            dataset=Action.ORDER_CUT_OFF.dataset,
            purpose=Purpose.ACCESS_ADMINISTRATION,
            epoch=epoch,
            attempt=order.entry,
            extra={"order": order.header()} if proved else {},
            details={"receipts": [list(astuple(item)) for item in receipts]},
        )  # fmt: skip
    )
