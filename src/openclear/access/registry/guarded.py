"""What nobody may do alone: anything that touches an order that is in force, suspended by a court, or proposed.

An order means those for whom it was planned. One person who moves, unties or ties them while it is proposed, in force or
suspended would change what another one approves, or has approved.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Q

from openclear.access import gate
from openclear.access.gate.order_rows import newest_states, rows_of
from openclear.access.models import Proposal
from openclear.access.policy.facts import ALL, OrderRow, Requester
from openclear.access.policy.rules import SECOND_UNDER_ORDER, agencies_of
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import is_within
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.states import OrderStatus, ProposalStatus
from openclear.vocabulary.without_grant import without_grant

DECLINED_FOR = timedelta(hours=72)
# The kind of a proposal that is the draft of an order.
CUT_OFF = "cut-off"


@without_grant("reads the registry, no record: the gate and its acts ask it")
def guarded() -> list[OrderRow]:
    """Return every order that is not lifted, suspended ones too, and the draft of every order that is proposed."""
    # One that somebody else turned down stays guarded for a while, or until its author withdraws it: else the one it is meant
    # to stop would end its protection and act alone.
    declined = Q(state=ProposalStatus.DECLINED, decided__gt=clock.now() - DECLINED_FOR)
    proposed = Proposal.objects.filter(Q(state=ProposalStatus.OPEN) | declined, kind=CUT_OFF).order_by("pk")
    return [*standing_or_suspended(), *(_draft_of(proposal) for proposal in proposed)]


@without_grant("reads the registry, no record: the gate and its acts ask it")
def standing_or_suspended() -> list[OrderRow]:
    """Return every order that is not lifted."""
    return rows_of(state for state in newest_states() if state.state != OrderStatus.LIFTED)


@without_grant("reads the registry, no record: the gate and its acts ask it")
def is_guarded(agency: str) -> bool:
    """Say whether an order that is not lifted covers an agency or one below it: then nothing is shared with it."""
    return any(touches(order, agency) for order in standing_or_suspended())


@without_grant("reads the registry, no record: the gate and its acts ask it")
def touched(*agencies: str) -> list[OrderRow]:
    """Return which of them cover one of `agencies`, or an agency below one."""
    return [order for order in guarded() if any(touches(order, agency) for agency in agencies)]


@without_grant("reads the registry, no record: the gate and its acts ask it")
def touches(order: OrderRow, agency: str) -> bool:
    """Say whether an order covers an agency, or one below it."""
    return order.covers_agency(agency) or any(
        is_within(place, agency) for place in (order.agency, *order.places)
    )


@without_grant("asks for the second person of an act whose grant was required")
def second_where_touched(grant: Grant, approval: Grant | None, *agencies: str) -> None:
    """Raise Refused unless another keeper approves a change of what an order means, or no such change is made."""
    if touched(*agencies):
        need_second(grant, approval)


@without_grant("asks for the second person of an act whose grant was required")
def need_second(grant: Grant, approval: Grant | None, *, of_oversight: bool = False) -> None:
    """Raise Refused unless another keeper approves; `of_oversight`: what is changed is one of oversight's own accounts."""
    fits = approval is not None and (of_oversight or approval.action is not Action.OVERSIGHT_ACCOUNT)
    if approval is None or not fits or approval.officer == grant.officer:
        raise gate.refuse(grant, SECOND_UNDER_ORDER)
    approval.require(Action.REGISTRY_CHANGE, Action.OVERSIGHT_ACCOUNT)


@without_grant("tells the second person's name; reads nothing")
def name_of(approval: Grant | None) -> str:
    """Return the handle of a second person, for an entry; "" if there was none."""
    return approval.officer if approval else ""


@without_grant("reads the registry and an order, no record: changes of the registry ask it")
def reaches(order: OrderRow, person: Requester) -> bool:
    """Say whether a person is tied to an agency that an order covers."""
    return any(order.covers_agency(agency) for agency in agencies_of([person], clock.today()))


@without_grant("makes a value of what was proposed; reads nothing")
def limits_of(facts: Mapping[str, Any]) -> tuple[str | tuple[str, ...], str | tuple[str, ...]]:
    """Return the scope and the purposes of an order that is proposed, from the facts of the proposal."""
    scope, purposes = (
        value if value == ALL else tuple(value) for value in (facts["scope"], facts["purposes"])
    )
    return scope, purposes


def _draft_of(proposal: Proposal) -> OrderRow:
    name, limits = f"proposal {proposal.pk}", limits_of(proposal.facts)
    return OrderRow(name, proposal.agency, OrderStatus.DRAFT, *limits, proposal.reason, 0)
