"""A proposal carried out by its second person: as it was seen, by two who still may, or not at all."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from openclear.access import gate, orders
from openclear.access.approvals.consequences import (
    ACCOUNT,
    CERTIFY,
    CUT_OFF,
    DISABLE,
    LIFT,
    MERGE,
    MOVE,
    NARROW,
    OF_AN_ORDER,
    REINSTATE,
    RESUME,
    SUSPEND,
    TIE,
    UNTIE,
    consequence,
)
from openclear.access.approvals.proposals import ACTION_OF, ProposalRow, decide, open_row
from openclear.access.errors import MeansSomethingElse
from openclear.access.orders import TWO_PEOPLE
from openclear.access.orders.receipts import OrderReceipt
from openclear.access.registry import commands, lifecycle, moves, ties
from openclear.access.registry.acts import one_at_a_time
from openclear.access.registry.commands import NewOfficer
from openclear.access.registry.lockout import is_overseer
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.states import ProposalStatus

Receipts = Sequence[OrderReceipt]
OF_ORDERS = (CUT_OFF, *OF_AN_ORDER)


@one_at_a_time
def approve(grant: Grant, *, number: int, seen: str = "") -> Receipts:
    """Carry a proposal out, as its second person, and return the receipts; none for what is no order.

    `seen`: the digest of what the approver was shown (`Consequence.meaning`); without it, what it meant when it was proposed.
    Raises MeansSomethingElse where it means something else by now: the difference is looked at, and approved again. The gate
    decides anew for whoever proposed it. Raises Refused where that is the same person or may no longer, NotPossible where it
    was decided in the meantime.
    """
    grant.require(*ACTION_OF.values(), Action.OVERSIGHT_ACCOUNT)
    row = open_row(number)
    if row.proposed_by == grant.officer:
        raise gate.refuse(grant, TWO_PEOPLE)
    means = consequence(row.kind, order=row.as_order(), facts=row.facts)
    if means.meaning != (seen or row.meaning):
        raise MeansSomethingElse(number)
    first = _asked_anew(row)
    if row.kind in OF_ORDERS:
        # An order and its proposal are decided in one transaction.
        return _act(row, first, grant)
    # A crash on this line leaves an approved proposal that came to nothing: it is proposed again. The other way round one
    # person could use it a second time.
    decide(number, ProposalStatus.APPROVED, grant.officer)
    try:
        return _act(row, first, grant)
    except BaseException:
        decide(number, ProposalStatus.OPEN, "")
        raise


def _asked_anew(row: ProposalRow) -> Grant:
    action, purpose = ACTION_OF[row.kind], Purpose.ACCESS_ADMINISTRATION
    if is_overseer(row.proposed_by):
        # Of accounts of oversight's own, oversight is the first person.
        action, purpose = Action.OVERSIGHT_ACCOUNT, Purpose.OVERSIGHT_REVIEW
    return gate.open_for(row.proposed_by, action, purpose=purpose, details={"proposal": row.id})


def _act(row: ProposalRow, first: Grant, approval: Grant) -> Receipts:
    facts: Mapping[str, Any] = row.facts
    change: dict[str, Any] = {"approval": approval, "name": row.order, "through": row.id}
    paper = {"document": facts.get("document", ""), "legal_basis": row.reason}
    acts: dict[str, Callable[[], Receipts | None]] = {
        CUT_OFF: lambda: [_cut_off(row, first, approval)],
        LIFT: lambda: orders.lift(first, **change, legal_basis=row.reason),
        SUSPEND: lambda: [orders.suspend(first, **change, **paper)],
        RESUME: lambda: [orders.resume(first, **change, **paper)],
        NARROW: lambda: [orders.narrow(first, **change, to=row.as_order())],
        ACCOUNT: lambda: _register(first, approval, facts),
    }
    if row.kind in acts:
        return acts[row.kind]() or ()
    _change_registry(row, first, approval)
    return ()


def _cut_off(row: ProposalRow, first: Grant, approval: Grant) -> OrderReceipt:
    return orders.cut_off(
        first,
        approval=approval,
        order=row.as_order(),
        review_on=row.review_on,
        end_ties=row.facts.get("end_ties", ()),
        through=row.id,
    )


def _change_registry(row: ProposalRow, first: Grant, approval: Grant) -> None:
    facts: Mapping[str, Any] = row.facts
    person: dict[str, Any] = {"handle": facts.get("handle", ""), "approval": approval}
    place: dict[str, Any] = {"agency": row.agency, "approval": approval}
    acts: dict[str, Callable[[], Any]] = {
        TIE: lambda: ties.affiliate(first, **person, agency=row.agency, kind=facts["kind"]),
        UNTIE: lambda: ties.end_affiliation(first, **person, agency=row.agency),
        MOVE: lambda: moves.move_agency(first, **place, to=facts["to"]),
        MERGE: lambda: moves.merge_agency(first, **place, into=facts["to"]),
        DISABLE: lambda: lifecycle.disable(first, **person, reason=row.reason),
        REINSTATE: lambda: lifecycle.reinstate(first, **person),
        CERTIFY: lambda: lifecycle.certify(
            first, handles=[facts["handle"]], until=date.fromisoformat(facts["until"]), approval=approval
        ),
    }
    acts[row.kind]()


def _register(first: Grant, approval: Grant, facts: Mapping[str, Any]) -> None:
    values = dict(facts)
    values["certified_until"] = date.fromisoformat(values["certified_until"])
    values["since"] = date.fromisoformat(values["since"]) if values["since"] else None
    if values["temporary_until"]:
        values["temporary_until"] = datetime.fromisoformat(values["temporary_until"])
    commands.register_officers(first, approval=approval, officers=[NewOfficer(**values)])
