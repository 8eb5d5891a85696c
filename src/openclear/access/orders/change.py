"""How an order is set to a state: its plan, entry, row and receipts belong to one epoch, under one lock.

`commands` says who may do it and on what document; this module does it.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date

from openclear.access import barrier, gate
from openclear.access.gate.epoch import Change, change_by
from openclear.access.gate.order_rows import is_blocking, newest_states, row_of
from openclear.access.models import Agency, OrderProof, OrderState, Proposal
from openclear.access.orders import receipts
from openclear.access.orders.plans import Plan, names_home, plan_of
from openclear.access.orders.publication import basis_so_far
from openclear.access.orders.receipts import OrderReceipt
from openclear.access.policy.facts import OrderRow
from openclear.access.registry.acts import registry_held
from openclear.access.registry.guarded import CUT_OFF, limits_of, second_where_touched
from openclear.access.registry.ties import end_ties_under, ties_under
from openclear.vocabulary import clock
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.states import OrderStatus, ProposalStatus
from openclear.vocabulary.without_grant import without_grant


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed a state of an order besides its author, and on what document.

    `end_ties`: the city's own people whose ties to the agency end in the same act. `through`: the number of the proposal
    that it came from.
    """

    approved_by: str = ""
    review_on: date | None = None
    document: str = ""
    end_ties: Sequence[str] = ()
    through: int | None = None


@without_grant("for this room alone, within an act whose grant was required")
def put_in_force(
    grant: Grant, order: OrderRow, state: str, signed: Signed, *, ordered_by: str = ""
) -> OrderReceipt:
    """Set an order to a state in which it keeps its agency out, end the holdings under it, and prove it.

    The caller holds the lock of all acts. Raises Refused if the city would lock itself out.
    """
    with ExitStack() as early:
        with ExitStack() as still:
            for handle in sorted(signed.end_ties):
                still.enter_context(barrier.frozen(barrier.lock_of(handle)))
            # Answers under way begin to run out now, and no new one begins before they have: later requests are
            # decided under the order. If the order is refused they continue.
            draining = None if names_home(order) else receipts.begin_draining(order)
            if draining:
                early.callback(draining.release)
            _check_unmoved(order)
            with change_by(grant) as under_way:
                planned = _planned(grant, order, state, signed)
                end_ties_under(under_way, order, signed.end_ties, signed.approved_by)
                row = _set_state(under_way, order, state, signed, ordered_by or grant.officer)
                told = {**planned.told(), "epoch": under_way.epoch}
                OrderProof.objects.create(order=row.id, epoch=under_way.epoch, plan=told)
        # From here every decision refuses. Earlier answers still hold their agencies' locks.
        return receipts.prove(grant.agencies, row, under_way.epoch, planned.held, draining)


def _planned(grant: Grant, order: OrderRow, state: str, signed: Signed) -> Plan:
    # Nobody moves or unties anybody until the order has its receipt: the receipt counts what the plan names.
    planned = plan_of(order, signed.end_ties)
    if planned.locks_out:
        raise gate.refuse(grant, planned.locks_out)
    if state == OrderStatus.PROVISIONAL:
        # Nobody alone can free a person from another order by giving a small order of their own.
        second_where_touched(grant, None, *ties_under(order, signed.end_ties))
    return planned


@without_grant("for this room alone, within an act whose grant was required")
def set_back(
    grant: Grant, was: OrderRow, state: str, legal_basis: str, signed: Signed, *, to: OrderRow | None = None
) -> OrderReceipt:
    """Set an order to a state in which it keeps out less than before, or nobody. The caller holds the lock of all acts."""
    if is_blocking(was.state):
        # If the order had not reached its receipts, what it was to end would work again from here.
        receipts.end_held(was)
    order = replace(to or was, legal_basis=legal_basis.strip())
    with change_by(grant) as under_way:
        _set_state(under_way, order, state, signed, grant.officer)
    return OrderReceipt(order.id, under_way.epoch, (receipts.published(under_way.epoch),))


@without_grant("for this room alone, within an act whose grant was required")
def finish_unproved() -> list[str]:
    """Finish, at the start, orders that a crash interrupted: end holdings and prove; return one sentence for each."""
    with registry_held(as_it_is=True):
        return [_finish(state) for state in unproved(newest_states())]


@without_grant("for this room alone, within an act whose grant was required")
def unproved(newest: Sequence[OrderState]) -> list[OrderState]:
    """Return the newest states of orders that are in force and have no receipt yet."""
    standing = [state for state in newest if state.state in {OrderStatus.PROVISIONAL, OrderStatus.IN_FORCE}]
    if not standing:
        return []
    proofs = OrderProof.objects.filter(order__in=[state.order for state in standing]).exclude(receipts=[])
    proved = set(proofs.values_list("order", "epoch"))
    return [state for state in standing if (state.order, state.epoch) not in proved]


def _finish(state: OrderState) -> str:
    row = row_of(state)
    # An order that the start completed from the log has no plan: what exists now is counted.
    kept, _ = OrderProof.objects.get_or_create(
        order=state.order, epoch=state.epoch, defaults={"plan": plan_of(row).told()}
    )
    receipts.prove((), row, state.epoch, kept.plan["held"])
    return f"Order {state.order} on {state.agency} had no receipt yet; it is proved now."


def _set_state(under_way: Change, order: OrderRow, state: str, signed: Signed, ordered_by: str) -> OrderRow:
    identity = (
        order.id
        if order.id != OrderStatus.DRAFT
        else f"{clock.today().year}-{under_way.orders_before + 1:03d}"
    )
    set_to = replace(order, id=identity, state=state)
    header = set_to.header()
    body = {"ground": order.legal_basis, "ordered_by": ordered_by, "approved_by": signed.approved_by,
            "review_on": str(signed.review_on or ""), "document": signed.document,
            "public_basis": order.public_basis or basis_so_far(identity), "end_ties": " ".join(sorted(signed.end_ties)),
            "through": str(signed.through or "")}  # fmt: skip
    # The entry is durable, the row is not: a crash on this line leaves an order that the log already
    # enforces and that the next start completes.
    entry = under_way.entry("order", {"order": header}, body)
    OrderState.objects.create(
        order=identity, agency=order.agency, state=state, scope=header["scope"], purposes=header["purposes"],
        legal_basis=order.legal_basis, ordered_by=ordered_by, approved_by=signed.approved_by, review_on=signed.review_on,
        document=signed.document, public_basis=body["public_basis"], moment=clock.now(), epoch=under_way.epoch, entry=entry,
    )  # fmt: skip
    decide_proposals(set_to, signed.approved_by, signed.through)
    return replace(set_to, entry=entry)


@without_grant("for this room alone, within an act whose grant was required")
def decide_proposals(order: OrderRow, approved_by: str, through: int | None) -> None:
    """Note, in the order's own transaction, the outcome of its proposal and of those that it overtook.

    The start does so too for an order that it completes, so that no crash leaves one without the other.
    """
    waiting, moment = Proposal.objects.filter(state=ProposalStatus.OPEN), clock.now()
    if through is not None:
        waiting.filter(pk=through).update(
            state=ProposalStatus.APPROVED, decided_by=approved_by, decided=moment, about=order.id
        )
    # Other proposals on this order, or for the same agency in the same words, are out of date.
    again = (
        []
        if not is_blocking(order.state)
        else [
            proposal.pk
            for proposal in waiting.filter(kind=CUT_OFF, agency=order.agency)
            if limits_of(proposal.facts) == (order.scope, order.purposes)
        ]
    )
    for others in (waiting.filter(about=order.id), waiting.filter(pk__in=again)):
        others.update(state=ProposalStatus.OVERTAKEN, decided=moment, about=order.id)


def _check_unmoved(order: OrderRow) -> None:
    # Between the draft and now the agency may have been moved.
    if order.id == OrderStatus.DRAFT and not Agency.objects.filter(path=order.agency).exists():
        message = f"{order.agency} was moved in the meantime; write the order for its new path."
        raise NotPossible(message)
