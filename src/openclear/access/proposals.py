"""What one person proposes and a second carries out: orders and their lifting, from one desk to the other.

A proposal holds no grant. When the second person approves, the gate is asked anew for both of them, so nobody's
proposal outlives their right to make it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from openclear.access import commands, gate, orders
from openclear.access.commands import NewOfficer
from openclear.access.keepers import NO_LOCKOUT
from openclear.access.models import OrderState, Proposal
from openclear.access.orders import TWO_PEOPLE
from openclear.access.plans import plan
from openclear.access.receipts import OrderReceipt
from openclear.access.rows import ALL, OrderRow
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose

CUT_OFF, LIFT, SUSPEND, RESUME, NARROW, ACCOUNT = "cut-off", "lift", "suspend", "resume", "narrow", "account"
ACTION_OF = {
    CUT_OFF: Action.ORDER_CUT_OFF,
    LIFT: Action.ORDER_LIFT,
    SUSPEND: Action.ORDER_LIFT,
    RESUME: Action.ORDER_CUT_OFF,
    NARROW: Action.ORDER_LIFT,
    ACCOUNT: Action.REGISTRY_CHANGE,
}
OPEN, APPROVED, WITHDRAWN = "open", "approved", "withdrawn"


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal as the desk shows it. `order`: the id of the order to lift, or of the one that came of it."""

    id: int
    kind: str
    agency: str
    order: str
    scope: str | tuple[str, ...]
    purposes: str | tuple[str, ...]
    ground: str
    review_on: date | None
    proposed_by: str
    proposed: datetime
    state: str
    decided_by: str
    facts: Mapping[str, Any]

    def as_order(self) -> OrderRow:
        """Return the draft of the order that is proposed."""
        basis = str(self.facts.get("public_basis", ""))
        return OrderRow("draft", self.agency, "draft", self.scope, self.purposes, self.ground, 0, (), basis)


def propose_cut_off(grant: Grant, *, order: OrderRow, review_on: date | None = None) -> int:
    """Put an order before a second person and return the number of the proposal. Nobody loses access yet.

    Raises Refused where the order would lock the city out: that is said before anybody is asked to approve it.
    """
    grant.require(Action.ORDER_CUT_OFF)
    if plan(grant, order=order).locks_out:
        raise gate.refuse_act(grant, NO_LOCKOUT)
    header = order.header()
    words = {"ground": order.ground, "public_basis": order.public_basis}
    gate.record_act(grant, facts={"proposed": header | words, "review_on": str(review_on or "")})
    row = Proposal.objects.create(
        kind=CUT_OFF, agency=order.agency, scope=header["scope"], purposes=header["purposes"], ground=order.ground,
        review_on=review_on, facts={"public_basis": order.public_basis}, proposed_by=grant.officer, proposed=clock.now(),
    )  # fmt: skip
    return int(row.pk)


def propose_lift(grant: Grant, *, order: str, ground: str) -> int:
    """Put the lifting of an order before a second person. Raises NotPossible where it is not in force."""
    grant.require(Action.ORDER_LIFT)
    return propose_change(grant, kind=LIFT, order=order, ground=ground)


def propose_change(
    grant: Grant,
    *,
    kind: str,
    order: str,
    ground: str,
    document: str = "",
    to: OrderRow | None = None,
) -> int:
    """Put a change of an order before a second person: lift, suspend, resume, narrow (`to`: its new scope and purposes).

    Raises NotPossible where the order is not in a state for it, WrongUsage without a reason or a court's document.
    """
    grant.require(ACTION_OF[kind])
    if not ground.strip():
        raise WrongUsage("Say why the order is changed; whoever approves it reads that.")
    if kind in {SUSPEND, RESUME} and not document.strip():
        raise WrongUsage("Name the court's document, with its number and date.")
    newest = orders.newest_state(order)
    if (
        newest is None
        or orders.is_blocking(newest.state) == (kind == RESUME)
        or newest.state == orders.LIFTED
    ):
        message = f"Order {order} is not in a state in which this can be done; see its page."
        raise NotPossible(message)
    facts = {"change": kind, "order": order, "ground": ground.strip(), "document": document.strip()}
    gate.record_act(grant, facts={"proposed": facts})
    limits = to.header() if to else {"scope": ALL, "purposes": ALL}
    row = Proposal.objects.create(
        kind=kind, agency=newest.agency, order=order, scope=limits["scope"], purposes=limits["purposes"],
        ground=ground.strip(), facts={"document": document.strip()}, proposed_by=grant.officer, proposed=clock.now(),
    )  # fmt: skip
    return int(row.pk)


def request_account(grant: Grant, *, account: NewOfficer) -> int:
    """Ask for an account, which another person approves (AC-2 e). Returns the number of the proposal.

    Raises NotPossible at once where the account could not be made, so that nobody approves in vain.
    """
    grant.require(Action.REGISTRY_CHANGE)
    commands.check_new(account)
    facts = {name: _plain(value) for name, value in asdict(account).items()}
    gate.record_act(grant, facts={"proposed": {"account": account.handle, "roles": list(account.roles)}})
    row = Proposal.objects.create(
        kind=ACCOUNT, agency=account.ties[0][0], scope=ALL, purposes=ALL, ground=account.title, facts=facts,
        proposed_by=grant.officer, proposed=clock.now(),
    )  # fmt: skip
    return int(row.pk)


def open_proposals(grant: Grant) -> Sequence[ProposalRow]:
    """Return what waits for a second person, oldest first."""
    grant.require(Action.REGISTRY_LIST)
    return [_row(proposal) for proposal in Proposal.objects.filter(state=OPEN).order_by("pk")]


def proposal(grant: Grant, *, number: int) -> ProposalRow | None:
    """Return one proposal, whatever became of it; None where there is none."""
    grant.require(Action.REGISTRY_LIST, *ACTION_OF.values())
    found = Proposal.objects.filter(pk=number).first()
    return _row(found) if found else None


def kind_of(number: int) -> str:
    """Return whether a proposal is for a cut-off or a lifting; tells nothing else. Raises NotPossible where it is not open."""
    kind = Proposal.objects.filter(pk=number, state=OPEN).values_list("kind", flat=True).first()
    if kind is None:
        raise NotPossible("This proposal is not open any more: it was approved or withdrawn.")
    return str(kind)


def approve(grant: Grant, *, number: int) -> Sequence[OrderReceipt]:
    """Carry a proposal out, as its second person, and return the receipts.

    The gate decides anew for whoever proposed it. Raises Refused where that is the same person or may no longer,
    NotPossible where it was decided by somebody else in the meantime.
    """
    grant.require(*ACTION_OF.values(), Action.OVERSIGHT_ACCOUNT)
    row = _claimed(grant, number, APPROVED)
    newest = OrderState.objects.aggregate(newest=Max("sequence"))["newest"] or 0
    try:
        return _carried_out(row, grant)
    except BaseException:
        # Where the order stands all the same, a second approval must not make another one of it.
        came = OrderState.objects.filter(
            sequence__gt=newest, agency=row.agency, approved_by=grant.officer
        ).first()
        if came is None:
            _set(number, APPROVED, OPEN, "")
        else:
            Proposal.objects.filter(pk=number).update(order=came.order)
        raise


def withdraw(grant: Grant, *, number: int) -> None:
    """Take a proposal back, or turn it down. Raises NotPossible where it is decided already."""
    grant.require(*ACTION_OF.values())
    with transaction.atomic():
        _claimed(grant, number, WITHDRAWN)
        gate.record_act(grant, facts={"withdrawn": number})


def _carried_out(row: ProposalRow, approval: Grant) -> Sequence[OrderReceipt]:
    if row.proposed_by == approval.officer:
        raise gate.refuse_act(approval, TWO_PEOPLE)
    first = gate.open_for(
        row.proposed_by,
        ACTION_OF[row.kind],
        purpose=Purpose.ACCESS_ADMINISTRATION,
        facts={"proposal": row.id},
    )
    done = _act(row, first, approval)
    if done:
        Proposal.objects.filter(pk=row.id).update(order=done[0].order)
    return done


def _act(row: ProposalRow, first: Grant, approval: Grant) -> Sequence[OrderReceipt]:
    change: dict[str, Any] = {"approval": approval, "name": row.order}
    paper = {"document": row.facts.get("document", ""), "ground": row.ground}
    acts: dict[str, Callable[[], Sequence[OrderReceipt]]] = {
        CUT_OFF: lambda: [
            orders.cut_off(first, approval=approval, order=row.as_order(), review_on=row.review_on)
        ],
        LIFT: lambda: orders.lift(first, **change, ground=row.ground),
        SUSPEND: lambda: [orders.suspend(first, **change, **paper)],
        RESUME: lambda: [orders.resume(first, **change, **paper)],
        NARROW: lambda: [orders.narrow(first, **change, to=row.as_order())],
        ACCOUNT: lambda: _register(first, approval, row.facts),
    }
    return acts[row.kind]()


def _register(first: Grant, approval: Grant, facts: Mapping[str, Any]) -> Sequence[OrderReceipt]:
    values = dict(facts)
    values["certified_until"] = date.fromisoformat(values["certified_until"])
    values["since"] = date.fromisoformat(values["since"]) if values["since"] else None
    if values["temporary_until"]:
        values["temporary_until"] = datetime.fromisoformat(values["temporary_until"])
    commands.register_officers(first, approval=approval, officers=[NewOfficer(**values)])
    return ()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _claimed(grant: Grant, number: int, state: str) -> ProposalRow:
    if not _set(number, OPEN, state, grant.officer):
        raise NotPossible("This proposal is not open any more: it was approved or withdrawn.")
    return _row(Proposal.objects.get(pk=number))


def _set(number: int, before: str, state: str, officer: str) -> int:
    # One statement: of two people who press at once, one gets it.
    rows = Proposal.objects.filter(pk=number, state=before)
    return rows.update(state=state, decided_by=officer, decided=clock.now())


def _row(proposal: Proposal) -> ProposalRow:
    scope, purposes = (
        value if value == ALL else tuple(value) for value in (proposal.scope, proposal.purposes)
    )
    return ProposalRow(
        proposal.pk, proposal.kind, proposal.agency, proposal.order, scope, purposes, proposal.ground,
        proposal.review_on, proposal.proposed_by, proposal.proposed, proposal.state, proposal.decided_by, proposal.facts,
    )  # fmt: skip
