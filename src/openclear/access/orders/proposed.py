"""Orders and their changes as a second person carries them out: cut-off, lift, suspend, resume, narrow."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from openclear.access import gate
from openclear.access.gate.order_rows import is_blocking, newest_state, row_of
from openclear.access.orders import commands
from openclear.access.orders.plans import people_under, plan, plan_of
from openclear.access.orders.receipts import OrderReceipt
from openclear.access.policy.facts import ALL, OrderRow
from openclear.access.proposed import ActDraft, ActKind, Consequence, TwoPeople
from openclear.access.registry.guarded import CUT_OFF, limits_of
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.states import OrderStatus
from openclear.vocabulary.without_grant import without_grant

LIFT, SUSPEND, RESUME, NARROW = "lift", "suspend", "resume", "narrow"
CHANGES: Mapping[str, Action] = {
    LIFT: Action.ORDER_LIFT,
    SUSPEND: Action.ORDER_LIFT,
    RESUME: Action.ORDER_CUT_OFF,
    NARROW: Action.ORDER_LIFT,
}
# What is compared of a plan: not the number of sessions, which changes by the minute.
_COMPARED = ("people", "home_people", "untied", "agencies", "already")
Receipts = Sequence[OrderReceipt]


@without_grant("makes a draft of what was typed; reads nothing")
def cut_off_draft(
    order: OrderRow, *, review_on: date | None = None, end_ties: Sequence[str] = ()
) -> ActDraft:
    """Return the draft of an order. `end_ties`: the city's people whose ties to the agency end in the same act."""
    facts = {
        **_limits(order),
        "end_ties": list(end_ties),
        "public_basis": order.public_basis,
        "review_on": str(review_on or ""),
    }
    return ActDraft(CUT_OFF, order.agency, "", order.legal_basis, facts)


@without_grant("makes a draft of what was typed; reads nothing")
def change_draft(
    kind: str, *, order: str, reason: str, document: str = "", to: OrderRow | None = None
) -> ActDraft:
    """Return the draft of a change of an order: lift, suspend, resume, narrow (`to`: its new scope and purposes).

    Raises WrongUsage without a reason or a court's document, NotPossible if there is no such order.
    """
    if not reason.strip():
        raise WrongUsage("Say why the order is changed; the person who approves it reads this.")
    if kind in {SUSPEND, RESUME} and not document.strip():
        raise WrongUsage("Name the court document, with its number and date.")
    newest = newest_state(order)
    if newest is None:
        raise _not_in_state(order)
    limits = _limits(to) if to else {"scope": ALL, "purposes": ALL}
    return ActDraft(kind, newest.agency, order, reason.strip(), {"document": document.strip(), **limits})


@without_grant("makes a draft of a row that it is given")
def order_of(draft: ActDraft) -> OrderRow:
    """Return the draft of the order that is proposed, or the words of the order that is changed."""
    identity = OrderStatus.DRAFT if draft.kind == CUT_OFF else draft.about
    basis = draft.facts.get("public_basis", "")
    scope, purposes = limits_of(draft.facts)
    return OrderRow(
        identity, draft.agency, OrderStatus.DRAFT, scope, purposes, draft.reason, 0, (), str(basis)
    )


def _limits(order: OrderRow) -> dict[str, Any]:
    header = order.header()
    return {"scope": header["scope"], "purposes": header["purposes"]}


def _not_in_state(order: str) -> NotPossible:
    return NotPossible(f"Order {order} is not in a state in which this can be done; see its page.")


def _check_cut_off(grant: Grant, draft: ActDraft) -> Mapping[str, Any]:
    # An order that would lock the city out is refused before anybody is asked to approve it.
    order, facts = order_of(draft), draft.facts
    if lockout := plan(grant, order=order, end_ties=facts["end_ties"]).locks_out:
        raise gate.refuse(grant, lockout)
    words = {
        "ground": draft.reason,
        "public_basis": facts["public_basis"],
        "end_ties": list(facts["end_ties"]),
    }
    return {"proposed": order.header() | words, "review_on": facts["review_on"]}


def _check_change(grant: Grant, draft: ActDraft) -> Mapping[str, Any]:
    del grant
    newest = newest_state(draft.about)
    if (
        newest is None
        or is_blocking(newest.state) == (draft.kind == RESUME)
        or newest.state == OrderStatus.LIFTED
    ):
        raise _not_in_state(draft.about)
    facts = {"change": draft.kind, "order": draft.about, "ground": draft.reason}
    # As a draft: what it is narrowed to is not a state of the order yet.
    limits = {**order_of(draft).header(), "id": OrderStatus.DRAFT} if draft.kind == NARROW else {}
    return {"proposed": facts | {"document": draft.facts["document"]} | limits}


def _cut_off_means(draft: ActDraft) -> Consequence:
    planned = plan_of(order_of(draft), draft.facts["end_ties"])
    told = planned.told()
    return Consequence({name: told[name] for name in _COMPARED}, planned.meaning)


def _change_means(draft: ActDraft) -> Consequence:
    newest = newest_state(draft.about)
    if newest is None:
        return Consequence.of({"state": []})
    now = row_of(newest)
    limits = [word for limit in (now.scope, now.purposes) if limit != ALL for word in limit]
    return Consequence.of(
        {
            "state": [now.state, *limits],
            "places": [now.agency, *now.places],
            "people": sorted(people_under(now)),
        }
    )


def _cut_off(draft: ActDraft, two: TwoPeople) -> Receipts:
    facts, review_on = draft.facts, draft.facts["review_on"]
    given = commands.cut_off(
        two.first, approval=two.approval, order=order_of(draft), end_ties=facts["end_ties"],
        review_on=date.fromisoformat(review_on) if review_on else None, through=two.proposal,
    )  # fmt: skip
    return [given]


def _change(draft: ActDraft, two: TwoPeople) -> Receipts:
    order: dict[str, Any] = {"approval": two.approval, "name": draft.about, "through": two.proposal}
    if draft.kind == LIFT:
        return commands.lift(two.first, **order, legal_basis=draft.reason)
    if draft.kind == NARROW:
        return [commands.narrow(two.first, **order, to=order_of(draft))]
    act = commands.suspend if draft.kind == SUSPEND else commands.resume
    return [act(two.first, **order, document=draft.facts["document"], legal_basis=draft.reason)]


def _asked_for(action: Action) -> Callable[[str], tuple[Action, Purpose]]:
    return lambda _: (action, Purpose.ACCESS_ADMINISTRATION)


# An order and its proposal are decided in one transaction (`change.decide_proposals`).
ACTS = (
    ActKind(
        CUT_OFF, (Action.ORDER_CUT_OFF,), Action.ORDER_CUT_OFF, check=_check_cut_off, means=_cut_off_means,
        first=_asked_for(Action.ORDER_CUT_OFF), carry_out=_cut_off, decides_itself=True,
    ),
    *(
        ActKind(
            name, (action,), action, check=_check_change, means=_change_means, first=_asked_for(action),
            carry_out=_change, decides_itself=True,
        )
        for name, action in CHANGES.items()
    ),
)  # fmt: skip
