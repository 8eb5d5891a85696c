"""Cut-off orders from their first day to their last: in force, provisional, suspended by a court, narrowed, lifted.

Two people, one action, in force at once and everywhere. Every state is an entry in the log before it is a row here.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from openclear.access import gate
from openclear.access.gate.order_rows import newest_state, newest_states, place_of, row_of, rows_of
from openclear.access.gate.standing import read_standing
from openclear.access.models import Agency, OrderState
from openclear.access.orders.change import Signed, put_in_force, set_back
from openclear.access.orders.receipts import OrderReceipt
from openclear.access.policy.facts import ALL, OrderRow
from openclear.access.policy.rules import TWO_PEOPLE
from openclear.access.registry.acts import one_at_a_time
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.agencies import agency_path
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import purpose_of
from openclear.vocabulary.states import OrderStatus
from openclear.vocabulary.without_grant import without_grant

# For an order that the start completed: its author may not act alone on it.
UNKNOWN_AUTHOR = "the log"


@without_grant("reads nothing: it makes a value of what was typed")
def new_order(
    *, agency: str, legal_basis: str, scope: Sequence[str] = (), purposes: Sequence[str] = ()
) -> OrderRow:
    """Return the draft of an order. Raises WrongUsage or NotPossible if it cannot be one."""
    if not legal_basis.strip():
        message = "An order needs a legal basis; give it with --ground."
        raise WrongUsage(message)
    if not Agency.objects.filter(path=agency_path(agency)).exists():
        message = f"There is no agency {agency} in the registry; see openclear agencies."
        raise NotPossible(message)
    unknown = [name for name in scope if name not in set(Dataset)]
    if unknown:
        message = f"There is no data set '{unknown[0]}'; the data sets are {', '.join(Dataset)}."
        raise WrongUsage(message)
    named = tuple(str(purpose_of(text)) for text in purposes)
    return OrderRow(
        OrderStatus.DRAFT,
        agency,
        OrderStatus.DRAFT,
        tuple(scope) or ALL,
        named or ALL,
        legal_basis.strip(),
        0,
    )


@one_at_a_time
def cut_off(
    grant: Grant,
    *,
    approval: Grant,
    order: OrderRow,
    review_on: date | None = None,
    end_ties: Sequence[str] = (),
    through: int | None = None,
) -> OrderReceipt:
    """Put `order` in force for its agency, all below it, and everyone tied to any of them.

    When this returns, no answer reaches them any more. `approval`: the grant of a second person for the same act.
    `end_ties`: people of the city who are tied to the agency and keep their access, because those ties end in this act.
    `through`: the number of the proposal that it came from. Raises Refused if one person acts for two or the order would
    lock the city out.
    """
    grant.require(Action.ORDER_CUT_OFF)
    approval.require(Action.ORDER_CUT_OFF)
    _need_two(grant, approval)
    signed = Signed(approval.officer, review_on, end_ties=end_ties, through=through)
    return put_in_force(grant, order, OrderStatus.IN_FORCE, signed)


@one_at_a_time
def cut_off_provisionally(
    grant: Grant, *, order: OrderRow, review_on: date | None = None, end_ties: Sequence[str] = ()
) -> OrderReceipt:
    """Put `order` in force at once in an emergency, by one person alone.

    A second person confirms it within 24 hours, or it alarms every hour until somebody confirms or lifts it.
    """
    grant.require(Action.ORDER_CUT_OFF)
    return put_in_force(grant, order, OrderStatus.PROVISIONAL, Signed(review_on=review_on, end_ties=end_ties))


@one_at_a_time
def confirm(grant: Grant, *, name: str, end_ties: Sequence[str] = ()) -> OrderReceipt:
    """Confirm a provisional order, as its second person. Raises Refused for its author, NotPossible if there is none."""
    grant.require(Action.ORDER_CUT_OFF)
    newest = newest_state(name)
    if newest is None or newest.state != OrderStatus.PROVISIONAL:
        message = f"Order {name} is not provisional, so there is nothing to confirm."
        raise NotPossible(message)
    if newest.ordered_by in {grant.officer, UNKNOWN_AUTHOR}:
        raise gate.refuse(grant, TWO_PEOPLE)
    signed = Signed(grant.officer, newest.review_on, end_ties=end_ties)
    return put_in_force(grant, row_of(newest), OrderStatus.IN_FORCE, signed, ordered_by=newest.ordered_by)


@one_at_a_time
def suspend(
    grant: Grant, *, approval: Grant, name: str, document: str, legal_basis: str, through: int | None = None
) -> OrderReceipt:
    """Suspend an order because a court said so, on a document, by two people. It can be resumed or lifted."""
    grant.require(Action.ORDER_LIFT)
    standing = _weakened(grant, approval, name)
    _need_text(document, "Name the court document that suspends the order, with its number and date.")
    return set_back(
        grant,
        standing,
        OrderStatus.SUSPENDED,
        legal_basis,
        Signed(approval.officer, document=document.strip(), through=through),
    )


@one_at_a_time
def resume(  # noqa: PLR0913 - an order has these parts, and each is named
    grant: Grant,
    *,
    approval: Grant,
    name: str,
    document: str,
    legal_basis: str,
    end_ties: Sequence[str] = (),
    through: int | None = None,
) -> OrderReceipt:
    """Put a suspended order in force again, by two people. `end_ties`: as for a new order."""
    grant.require(Action.ORDER_CUT_OFF)
    approval.require(Action.ORDER_CUT_OFF)
    _need_two(grant, approval)
    newest = newest_state(name)
    if newest is None or newest.state != OrderStatus.SUSPENDED:
        message = f"Order {name} is not suspended; see openclear orders."
        raise NotPossible(message)
    signed = Signed(approval.officer, newest.review_on, document.strip(), end_ties=end_ties, through=through)
    return put_in_force(
        grant,
        replace(row_of(newest), legal_basis=legal_basis.strip() or newest.legal_basis),
        OrderStatus.IN_FORCE,
        signed,
    )


@one_at_a_time
def narrow(
    grant: Grant, *, approval: Grant, name: str, to: OrderRow, through: int | None = None
) -> OrderReceipt:
    """Limit an order to fewer data sets or purposes than it has, by two people. `to`: scope, purposes and legal basis.

    Raises WrongUsage if that is not less than now.
    """
    grant.require(Action.ORDER_LIFT)
    standing = _weakened(grant, approval, name)
    less = _covers(standing.scope, to.scope) and _covers(standing.purposes, to.purposes)
    if not less or (standing.scope, standing.purposes) == (to.scope, to.purposes):
        raise WrongUsage(
            "A narrowed order names fewer data sets or purposes than the order does now; a wider one is a new order."
        )
    narrowed = replace(standing, scope=to.scope, purposes=to.purposes)
    return set_back(
        grant,
        standing,
        OrderStatus.NARROWED,
        to.legal_basis,
        Signed(approval.officer, through=through),
        to=narrowed,
    )


@one_at_a_time
def lift(
    grant: Grant, *, approval: Grant | None, name: str, legal_basis: str, through: int | None = None
) -> Sequence[OrderReceipt]:
    """Lift one order by its id, or every order on exactly one agency, by its path then or now. Takes two people.

    A provisional order is lifted by one person who did not give it. Raises NotPossible if there is no such order.
    """
    grant.require(Action.ORDER_LIFT)
    standing = [row for row in newest_states() if row.state != OrderStatus.LIFTED]
    newest = [row for row in standing if name in {row.order, row.agency, place_of(row.agency)}]
    if not newest:
        message = f"No order {name} is in force; see openclear orders."
        raise NotPossible(message)
    # All are asked before the first is lifted: half of them lifted and the rest refused would leave no receipt.
    for state in newest:
        _check_lifter(grant, approval, state)
    signed = Signed(approval.officer if approval else "", through=through)
    return [set_back(grant, row, OrderStatus.LIFTED, legal_basis, signed) for row in rows_of(newest)]


def _check_lifter(grant: Grant, approval: Grant | None, state: OrderState) -> None:
    own = state.ordered_by in {grant.officer, UNKNOWN_AUTHOR}
    if approval is None:
        if state.state != OrderStatus.PROVISIONAL or own:
            raise gate.refuse(grant, TWO_PEOPLE)
        return
    approval.require(Action.ORDER_LIFT)
    _need_two(grant, approval)


def _weakened(grant: Grant, approval: Grant, name: str) -> OrderRow:
    approval.require(Action.ORDER_LIFT)
    _need_two(grant, approval)
    standing = next((order for order in read_standing().orders if order.id == name), None)
    if standing is None:
        message = f"No order {name} is in force; see openclear orders."
        raise NotPossible(message)
    return standing


def _covers(wide: str | tuple[str, ...], less: str | tuple[str, ...]) -> bool:
    return wide == ALL or (less != ALL and set(less) <= set(wide))


def _need_two(grant: Grant, approval: Grant) -> None:
    if grant.officer == approval.officer:
        raise gate.refuse(grant, TWO_PEOPLE)


def _need_text(text: str, sentence: str) -> None:
    if not text.strip():
        raise WrongUsage(sentence)
