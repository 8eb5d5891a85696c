"""Cut-off orders from their first day to their last: in force, provisional, suspended by a court, narrowed, lifted.

Two people, one action, in force at once and everywhere. Every state is an entry in the log before it is a row here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from openclear.access import gate, receipts
from openclear.access.changes import Change, change_by
from openclear.access.keepers import NO_LOCKOUT
from openclear.access.models import Agency, OrderPlace, OrderProof, OrderState
from openclear.access.plans import caught, plan, reached
from openclear.access.ports import ports
from openclear.access.publication import basis_so_far
from openclear.access.receipts import OrderReceipt
from openclear.access.rows import ALL, OrderRow, Rule
from openclear.access.standing import read_standing
from openclear.audit import log
from openclear.audit.proof.headers import BLOCKING_STATES
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.agencies import agency_path
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import purpose_of

PROVISIONAL, IN_FORCE, SUSPENDED, NARROWED, LIFTED = (
    "provisional",
    "in-force",
    "suspended",
    "narrowed",
    "lifted",
)
CONFIRM_WITHIN = timedelta(hours=24)
# Of an order that the start completed: whoever gave it may not act alone on it.
UNKNOWN_AUTHOR = "the log"
TWO_PEOPLE = Rule(
    "two-people",
    "An order needs two different people: one who orders and one who approves",
    "CJIS Security Policy AC-5, separation of duties",
    "Have the general counsel or another access administrator approve it.",
)


@dataclass(frozen=True, slots=True)
class Signed:
    """Who stands behind a state of an order besides the one who ordered it, and on what paper."""

    approved_by: str = ""
    review_on: date | None = None
    document: str = ""


def new_order(
    *, agency: str, ground: str, scope: Sequence[str] = (), purposes: Sequence[str] = ()
) -> OrderRow:
    """Return the draft of an order. Raises WrongUsage or NotPossible where it cannot be one."""
    if not ground.strip():
        message = "An order needs its legal ground; write it with --ground."
        raise WrongUsage(message)
    if not Agency.objects.filter(path=agency_path(agency)).exists():
        message = f"There is no agency {agency} in the registry; see openclear agencies."
        raise NotPossible(message)
    unknown = [name for name in scope if name not in set(Dataset)]
    if unknown:
        message = f"There is no data set '{unknown[0]}'; the data sets are {', '.join(Dataset)}."
        raise WrongUsage(message)
    named = tuple(str(purpose_of(text)) for text in purposes)
    return OrderRow("draft", agency, "draft", tuple(scope) or ALL, named or ALL, ground.strip(), 0)


def cut_off(grant: Grant, *, approval: Grant, order: OrderRow, review_on: date | None = None) -> OrderReceipt:
    """Put `order` in force for its agency, all below it, and everyone tied to any of them.

    When this returns, no answer to them is handed over any more. `approval`: the grant of a second
    person for the same act. Raises Refused where one person acts for two or the order locks the city out.
    """
    grant.require(Action.ORDER_CUT_OFF)
    approval.require(Action.ORDER_CUT_OFF)
    _need_two(grant, approval)
    return _put_in_force(grant, order, IN_FORCE, Signed(approval.officer, review_on))


def cut_off_provisionally(grant: Grant, *, order: OrderRow, review_on: date | None = None) -> OrderReceipt:
    """Put `order` in force at once in an emergency, by one person alone.

    A second person confirms it within 24 hours, or it alarms every hour until somebody does or lifts it.
    """
    grant.require(Action.ORDER_CUT_OFF)
    return _put_in_force(grant, order, PROVISIONAL, Signed(review_on=review_on))


def confirm(grant: Grant, *, name: str) -> OrderReceipt:
    """Confirm a provisional order, as its second person. Raises Refused for its author, NotPossible where there is none."""
    grant.require(Action.ORDER_CUT_OFF)
    newest = newest_state(name)
    if newest is None or newest.state != PROVISIONAL:
        message = f"Order {name} is not provisional, so there is nothing to confirm."
        raise NotPossible(message)
    if newest.ordered_by in {grant.officer, UNKNOWN_AUTHOR}:
        raise gate.refuse_act(grant, TWO_PEOPLE)
    signed = Signed(grant.officer, newest.review_on)
    return _put_in_force(grant, row_of(newest), IN_FORCE, signed, ordered_by=newest.ordered_by)


def suspend(grant: Grant, *, approval: Grant, name: str, document: str, ground: str) -> OrderReceipt:
    """Suspend an order because a court said so, on a document, by two people. It can be resumed or lifted."""
    grant.require(Action.ORDER_LIFT)
    standing = _weakened(grant, approval, name)
    _need_text(document, "Name the court's document that suspends the order, with its number and date.")
    return _set_back(grant, standing, SUSPENDED, ground, Signed(approval.officer, document=document.strip()))


def resume(grant: Grant, *, approval: Grant, name: str, document: str, ground: str) -> OrderReceipt:
    """Put a suspended order in force again, by two people."""
    grant.require(Action.ORDER_CUT_OFF)
    approval.require(Action.ORDER_CUT_OFF)
    _need_two(grant, approval)
    newest = newest_state(name)
    if newest is None or newest.state != SUSPENDED:
        message = f"Order {name} is not suspended; see openclear orders."
        raise NotPossible(message)
    signed = Signed(approval.officer, newest.review_on, document.strip())
    return _put_in_force(
        grant, replace(row_of(newest), ground=ground.strip() or newest.ground), IN_FORCE, signed
    )


def narrow(grant: Grant, *, approval: Grant, name: str, to: OrderRow) -> OrderReceipt:
    """Limit an order to fewer data sets or purposes than it has, by two people. `to`: scope, purposes and ground.

    Raises WrongUsage where that is not less than it is now.
    """
    grant.require(Action.ORDER_LIFT)
    standing = _weakened(grant, approval, name)
    less = _covers(standing.scope, to.scope) and _covers(standing.purposes, to.purposes)
    if not less or (standing.scope, standing.purposes) == (to.scope, to.purposes):
        raise WrongUsage(
            "A narrowed order names fewer data sets or purposes than the order does now; a wider one is a new order."
        )
    narrowed = replace(standing, scope=to.scope, purposes=to.purposes)
    return _set_back(grant, standing, NARROWED, to.ground, Signed(approval.officer), to=narrowed)


def lift(grant: Grant, *, approval: Grant | None, name: str, ground: str) -> Sequence[OrderReceipt]:
    """Lift one order by its id, or every order on exactly one agency. Two people, as for the order.

    A provisional order is lifted by one person who did not give it. Raises NotPossible where there is no such order.
    """
    grant.require(Action.ORDER_LIFT)
    newest = [row for row in _newest_states() if name in {row.order, row.agency} and row.state != LIFTED]
    if not newest:
        message = f"No order {name} is in force; see openclear orders."
        raise NotPossible(message)
    done = []
    for state in newest:
        alone = (
            approval is None
            and state.state == PROVISIONAL
            and state.ordered_by not in {grant.officer, UNKNOWN_AUTHOR}
        )
        if not alone:
            if approval is None:
                raise gate.refuse_act(grant, TWO_PEOPLE)
            approval.require(Action.ORDER_LIFT)
            _need_two(grant, approval)
        signed = Signed(approval.officer if approval else "")
        done.append(_set_back(grant, row_of(state), LIFTED, ground, signed))
    return done


def overdue(grant: Grant) -> list[OrderRow]:
    """Return the provisional orders that nobody confirmed within 24 hours."""
    grant.require(Action.REGISTRY_LIST)
    return unconfirmed()


def unconfirmed() -> list[OrderRow]:
    """Return the provisional orders that are older than 24 hours: what the watch alarms about."""
    late = clock.now() - CONFIRM_WITHIN
    return [
        row_of(row)
        for row in _newest_states()
        if row.state == PROVISIONAL and row.moment and row.moment < late
    ]


def finish_unproved() -> list[str]:
    """Finish, at the start, what a crash kept an order from: ending what people hold, and its proof; one sentence for each."""
    done = []
    for state in _newest_states():
        proved = OrderProof.objects.filter(order=state.order, epoch=state.epoch).exists()
        if state.state in {PROVISIONAL, IN_FORCE} and not proved:
            row = row_of(state)
            handles = caught(row)
            counted = {reach.target: len(reached(row, handles, reach.held())) for reach in ports.reach}
            receipts.prove((), row, state.epoch, counted, {})
            done.append(f"Order {state.order} on {state.agency} had no receipt yet: proved.")
    return done


def newest_state(name: str) -> OrderState | None:
    """Return the newest state of an order, for this room alone; None where there is no such order."""
    return OrderState.objects.filter(order=name).order_by("-sequence").first()


def row_of(state: OrderState) -> OrderRow:
    """Return one state of an order with the places that the order holds now, for this room alone."""
    scope, purposes = (value if value == ALL else tuple(value) for value in (state.scope, state.purposes))
    places = OrderPlace.objects.filter(order=state.order).order_by("agency").values_list("agency", flat=True)
    return OrderRow(
        state.order, state.agency, state.state, scope, purposes, state.ground, state.entry, tuple(places), state.public_basis,
    )  # fmt: skip


def is_blocking(state: str) -> bool:
    """Say whether an order in this state keeps its agency out."""
    return state in BLOCKING_STATES


def _put_in_force(
    grant: Grant, order: OrderRow, state: str, signed: Signed, *, ordered_by: str = ""
) -> OrderReceipt:
    planned = plan(grant, order=order)
    if planned.locks_out:
        raise gate.refuse_act(grant, NO_LOCKOUT)
    counted = {target: hit for target, hit, _ in planned.targets}
    with change_by(grant) as under_way:
        row = _set_state(under_way, order, state, signed, ordered_by or grant.officer)
    # From here every decision refuses. What was decided before still holds its agencies' locks.
    return receipts.prove(grant.agencies, row, under_way.epoch, counted, planned.told())


def _set_back(
    grant: Grant, was: OrderRow, state: str, ground: str, signed: Signed, *, to: OrderRow | None = None
) -> OrderReceipt:
    if is_blocking(was.state):
        # Had the order not come as far as its receipts, what it was to end would live again from here.
        receipts.end_held(was)
    order = replace(to or was, ground=ground.strip())
    with change_by(grant) as under_way:
        _set_state(under_way, order, state, signed, grant.officer)
    return OrderReceipt(order.id, under_way.epoch, (receipts.published(under_way.epoch),))


def _set_state(under_way: Change, order: OrderRow, state: str, signed: Signed, ordered_by: str) -> OrderRow:
    _check_unmoved(order)
    identity = order.id if order.id != "draft" else f"{clock.today().year}-{len(log.state().orders) + 1:03d}"
    set_to = replace(order, id=identity, state=state)
    header = set_to.header()
    body = {"ground": order.ground, "ordered_by": ordered_by, "approved_by": signed.approved_by,
            "review_on": str(signed.review_on or ""), "document": signed.document, "public_basis": order.public_basis or basis_so_far(identity)}  # fmt: skip
    # The entry is durable, the row is not: a crash on this line leaves an order that the log already
    # enforces and that the next start completes.
    entry = under_way.entry("order", {"order": header}, body)
    OrderState.objects.create(
        order=identity, agency=order.agency, state=state, scope=header["scope"], purposes=header["purposes"],
        ground=order.ground, ordered_by=ordered_by, approved_by=signed.approved_by, review_on=signed.review_on,
        document=signed.document, public_basis=body["public_basis"], moment=clock.now(), epoch=under_way.epoch, entry=entry,
    )  # fmt: skip
    return replace(set_to, entry=entry)


def _check_unmoved(order: OrderRow) -> None:
    # Asked again within the change: between the draft and now the agency may have been moved.
    if order.id == "draft" and not Agency.objects.filter(path=order.agency).exists():
        message = f"{order.agency} was moved in the meantime; draw the order up for its new place."
        raise NotPossible(message)


def _weakened(grant: Grant, approval: Grant, name: str) -> OrderRow:
    approval.require(Action.ORDER_LIFT)
    _need_two(grant, approval)
    standing = next((order for order in read_standing().orders if order.id == name), None)
    if standing is None:
        message = f"No order {name} is in force; see openclear orders."
        raise NotPossible(message)
    return standing


def _newest_states() -> list[OrderState]:
    newest = {row.order: row for row in OrderState.objects.order_by("sequence")}
    return list(newest.values())


def _covers(wide: str | tuple[str, ...], less: str | tuple[str, ...]) -> bool:
    return wide == ALL or (less != ALL and set(less) <= set(wide))


def _need_two(grant: Grant, approval: Grant) -> None:
    if grant.officer == approval.officer:
        raise gate.refuse_act(grant, TWO_PEOPLE)


def _need_text(text: str, sentence: str) -> None:
    if not text.strip():
        raise WrongUsage(sentence)
