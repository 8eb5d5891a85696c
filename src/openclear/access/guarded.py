"""What nobody may do alone: whatever touches an order that stands, that a court suspended, or that is proposed.

An order means those whom it was planned for. One person who moves, unties or ties them while it is proposed, in force or
suspended would change what another one approves, or has approved.
"""

from openclear.access import gate
from openclear.access.models import Proposal
from openclear.access.order_rows import DRAFT, LIFTED, newest_states, row_of
from openclear.access.rows import ALL, OrderRow
from openclear.access.rules import SECOND_UNDER_ORDER
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import is_within
from openclear.vocabulary.grants import Grant


def guarded() -> list[OrderRow]:
    """Return every order that is not lifted, suspended ones too, and the draft of every order that is proposed."""
    orders = [row_of(state) for state in newest_states() if state.state != LIFTED]
    proposed = Proposal.objects.filter(kind="cut-off", state="open").order_by("pk")
    return [*orders, *(_draft_of(proposal) for proposal in proposed)]


def touched(*agencies: str) -> list[OrderRow]:
    """Return which of them hold over one of `agencies`, or over something below one."""
    return [order for order in guarded() if any(touches(order, agency) for agency in agencies)]


def touches(order: OrderRow, agency: str) -> bool:
    """Say whether an order holds over an agency, or over something below it."""
    return order.holds(agency) or any(is_within(place, agency) for place in (order.agency, *order.places))


def second_where_touched(grant: Grant, approval: Grant | None, *agencies: str) -> None:
    """Raise Refused unless another keeper approves a change of what an order means, or nothing of the kind is changed."""
    if touched(*agencies):
        need_second(grant, approval)


def need_second(grant: Grant, approval: Grant | None) -> None:
    """Raise Refused unless another keeper approves."""
    if approval is None or approval.officer == grant.officer:
        raise gate.refuse_act(grant, SECOND_UNDER_ORDER)
    approval.require(Action.REGISTRY_CHANGE, Action.OVERSIGHT_ACCOUNT)


def name_of(approval: Grant | None) -> str:
    """Return the handle of a second person, for an entry; "" where there was none."""
    return approval.officer if approval else ""


def _draft_of(proposal: Proposal) -> OrderRow:
    scope, purposes = (
        value if value == ALL else tuple(value) for value in (proposal.scope, proposal.purposes)
    )
    return OrderRow(f"proposal {proposal.pk}", proposal.agency, DRAFT, scope, purposes, proposal.ground, 0)
