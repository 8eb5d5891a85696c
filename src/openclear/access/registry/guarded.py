"""What nobody may do alone: whatever touches an order that stands, that a court suspended, or that is proposed.

An order means those whom it was planned for. One person who moves, unties or ties them while it is proposed, in force or
suspended would change what another one approves, or has approved.
"""

from datetime import timedelta

from django.db.models import Q

from openclear.access import gate
from openclear.access.gate.order_rows import newest_states, rows_of
from openclear.access.models import Proposal
from openclear.access.policy.facts import ALL, OrderRow
from openclear.access.policy.rules import SECOND_UNDER_ORDER
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import is_within
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.states import OrderStatus, ProposalStatus
from openclear.vocabulary.without_grant import without_grant

DECLINED_FOR = timedelta(hours=72)


@without_grant("reads the registry, no record: the gate and its acts ask it")
def guarded() -> list[OrderRow]:
    """Return every order that is not lifted, suspended ones too, and the draft of every order that is proposed."""
    # One that somebody else turned down stays guarded for a while, or its author takes it back: else whoever it is meant
    # to stop would end its protection and act alone.
    declined = Q(state=ProposalStatus.DECLINED, decided__gt=clock.now() - DECLINED_FOR)
    proposed = Proposal.objects.filter(Q(state=ProposalStatus.OPEN) | declined, kind="cut-off").order_by("pk")
    return [*standing_or_suspended(), *(_draft_of(proposal) for proposal in proposed)]


@without_grant("reads the registry, no record: the gate and its acts ask it")
def standing_or_suspended() -> list[OrderRow]:
    """Return every order that is not lifted."""
    return rows_of(state for state in newest_states() if state.state != OrderStatus.LIFTED)


@without_grant("reads the registry, no record: the gate and its acts ask it")
def is_guarded(agency: str) -> bool:
    """Say whether an order that is not lifted holds over an agency or something below it: nothing is shared with it then."""
    return any(touches(order, agency) for order in standing_or_suspended())


@without_grant("reads the registry, no record: the gate and its acts ask it")
def touched(*agencies: str) -> list[OrderRow]:
    """Return which of them hold over one of `agencies`, or over something below one."""
    return [order for order in guarded() if any(touches(order, agency) for agency in agencies)]


@without_grant("reads the registry, no record: the gate and its acts ask it")
def touches(order: OrderRow, agency: str) -> bool:
    """Say whether an order holds over an agency, or over something below it."""
    return order.covers_agency(agency) or any(
        is_within(place, agency) for place in (order.agency, *order.places)
    )


@without_grant("asks for the second person of an act whose grant was required")
def second_where_touched(grant: Grant, approval: Grant | None, *agencies: str) -> None:
    """Raise Refused unless another keeper approves a change of what an order means, or nothing of the kind is changed."""
    if touched(*agencies):
        need_second(grant, approval)


@without_grant("asks for the second person of an act whose grant was required")
def need_second(grant: Grant, approval: Grant | None, *, of_oversight: bool = False) -> None:
    """Raise Refused unless another keeper approves; `of_oversight`: what is changed is an account of oversight's own."""
    fits = approval is not None and (of_oversight or approval.action is not Action.OVERSIGHT_ACCOUNT)
    if approval is None or not fits or approval.officer == grant.officer:
        raise gate.refuse(grant, SECOND_UNDER_ORDER)
    approval.require(Action.REGISTRY_CHANGE, Action.OVERSIGHT_ACCOUNT)


@without_grant("tells the second person's name; reads nothing")
def name_of(approval: Grant | None) -> str:
    """Return the handle of a second person, for an entry; "" where there was none."""
    return approval.officer if approval else ""


def _draft_of(proposal: Proposal) -> OrderRow:
    scope, purposes = (
        value if value == ALL else tuple(value) for value in (proposal.scope, proposal.purposes)
    )
    return OrderRow(
        f"proposal {proposal.pk}", proposal.agency, OrderStatus.DRAFT, scope, purposes, proposal.reason, 0
    )
