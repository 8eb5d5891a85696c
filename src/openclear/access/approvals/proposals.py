"""What one person proposes and a second carries out: orders, their changes, accounts, changes of the registry.

A proposal holds no grant. It binds what the act means as its proposer saw it; `approving` carries it out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from openclear.access import gate
from openclear.access.approvals.consequences import (
    ACCOUNT,
    CERTIFY,
    CUT_OFF,
    DISABLE,
    LIFT,
    MERGE,
    MOVE,
    NARROW,
    REINSTATE,
    RESUME,
    SUSPEND,
    TIE,
    UNTIE,
    Consequence,
    consequence,
)
from openclear.access.gate import order_rows
from openclear.access.models import Proposal
from openclear.access.orders.plans import plan
from openclear.access.policy.facts import ALL, OrderRow
from openclear.access.registry import commands, lookups
from openclear.access.registry.acts import one_at_a_time
from openclear.access.registry.commands import NewOfficer
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import agency_path
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.states import OrderStatus, ProposalStatus
from openclear.vocabulary.without_grant import without_grant

OF_THE_REGISTRY = (TIE, UNTIE, MOVE, MERGE, DISABLE, REINSTATE, CERTIFY)
ACTION_OF = {
    CUT_OFF: Action.ORDER_CUT_OFF,
    LIFT: Action.ORDER_LIFT,
    SUSPEND: Action.ORDER_LIFT,
    RESUME: Action.ORDER_CUT_OFF,
    NARROW: Action.ORDER_LIFT,
    ACCOUNT: Action.REGISTRY_CHANGE,
    **dict.fromkeys(OF_THE_REGISTRY, Action.REGISTRY_CHANGE),
}
_NOT_OPEN = "This proposal is not open any more: it was approved, withdrawn, or overtaken by another order."


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal as the desk shows it. `order`: the id of the order to lift, or of the one that came of it.

    `plan`, `meaning`: what it meant when it was proposed, and the digest of that. `facts`: what else the act takes.
    """

    id: int
    kind: str
    agency: str
    order: str
    scope: str | tuple[str, ...]
    purposes: str | tuple[str, ...]
    reason: str
    review_on: date | None
    proposed_by: str
    proposed: datetime
    state: str
    decided_by: str
    facts: Mapping[str, Any]
    plan: Mapping[str, Any]
    meaning: str

    def as_order(self) -> OrderRow:
        """Return the draft of the order that is proposed, or the words of the order that is changed."""
        identity = OrderStatus.DRAFT if self.kind == CUT_OFF else self.order
        basis = str(self.facts.get("public_basis", ""))
        return OrderRow(
            identity, self.agency, OrderStatus.DRAFT, self.scope, self.purposes, self.reason, 0, (), basis
        )


@one_at_a_time
def propose_cut_off(
    grant: Grant, *, order: OrderRow, review_on: date | None = None, end_ties: Sequence[str] = ()
) -> int:
    """Put an order before a second person and return the number of the proposal. Nobody loses access yet.

    `end_ties`: the city's people whose ties to the agency end in the same act. Raises Refused where the order would lock the
    city out: that is said before anybody is asked to approve it.
    """
    grant.require(Action.ORDER_CUT_OFF)
    if lockout := plan(grant, order=order, end_ties=end_ties).locks_out:
        raise gate.refuse(grant, lockout)
    header = order.header()
    words = {"ground": order.legal_basis, "public_basis": order.public_basis, "end_ties": list(end_ties)}
    gate.log_act(grant, details={"proposed": header | words, "review_on": str(review_on or "")})
    facts = {"end_ties": sorted(end_ties), "public_basis": order.public_basis}
    return _proposed(grant, CUT_OFF, order, facts, review_on=review_on, reason=order.legal_basis)


def propose_lift(grant: Grant, *, order: str, reason: str) -> int:
    """Put the lifting of an order before a second person. Raises NotPossible where it is not in force."""
    grant.require(Action.ORDER_LIFT)
    return propose_change(grant, kind=LIFT, order=order, reason=reason)


@one_at_a_time
def propose_change(
    grant: Grant,
    *,
    kind: str,
    order: str,
    reason: str,
    document: str = "",
    to: OrderRow | None = None,
) -> int:
    """Put a change of an order before a second person: lift, suspend, resume, narrow (`to`: its new scope and purposes).

    Raises NotPossible where the order is not in a state for it, WrongUsage without a reason or a court's document.
    """
    grant.require(ACTION_OF[kind])
    if not reason.strip():
        raise WrongUsage("Say why the order is changed; whoever approves it reads that.")
    if kind in {SUSPEND, RESUME} and not document.strip():
        raise WrongUsage("Name the court's document, with its number and date.")
    newest = order_rows.newest_state(order)
    if (
        newest is None
        or order_rows.is_blocking(newest.state) == (kind == RESUME)
        or newest.state == OrderStatus.LIFTED
    ):
        message = f"Order {order} is not in a state in which this can be done; see its page."
        raise NotPossible(message)
    facts = {"change": kind, "order": order, "ground": reason.strip(), "document": document.strip()}
    gate.log_act(grant, details={"proposed": facts | (to.header() if to else {})})
    limits = (to.scope, to.purposes) if to else (ALL, ALL)
    changed = OrderRow(order, newest.agency, OrderStatus.DRAFT, *limits, reason.strip(), 0)
    return _proposed(grant, kind, changed, {"document": document.strip()}, reason=reason.strip())


@one_at_a_time
def request_account(grant: Grant, *, account: NewOfficer) -> int:
    """Ask for an account, which another person approves (AC-2 e). Returns the number of the proposal.

    Raises NotPossible at once where the account could not be made, so that nobody approves in vain.
    """
    grant.require(Action.REGISTRY_CHANGE)
    commands.check_new(account)
    facts = {name: _plain(value) for name, value in asdict(account).items()}
    gate.log_act(grant, details={"proposed": {"account": account.handle, "roles": list(account.roles)}})
    draft = OrderRow(OrderStatus.DRAFT, account.ties[0][0], OrderStatus.DRAFT, ALL, ALL, account.title, 0)
    return _proposed(grant, ACCOUNT, draft, facts, reason=account.title)


@one_at_a_time
def propose_act(grant: Grant, *, kind: str, agency: str, reason: str, facts: Mapping[str, str]) -> int:
    """Put a change of the registry before a second person: a tie or its end, a move, a merger, an account's end or return.

    `facts`: what the act takes besides the agency. Raises WrongUsage for another kind or without a reason.
    """
    grant.require(Action.REGISTRY_CHANGE, Action.OVERSIGHT_ACCOUNT)
    if kind not in OF_THE_REGISTRY:
        raise WrongUsage(f"'{kind}' is no change of the registry; those are {', '.join(OF_THE_REGISTRY)}.")
    if not reason.strip():
        raise WrongUsage("Say why; whoever approves it reads that.")
    if "handle" in facts:
        lookups.officer_row(facts["handle"])
    gate.log_act(grant, details={"proposed": {"change": kind, "agency": agency, "ground": reason, **facts}})
    draft = OrderRow(OrderStatus.DRAFT, agency_path(agency), OrderStatus.DRAFT, ALL, ALL, reason.strip(), 0)
    return _proposed(grant, kind, draft, {**facts, "agency": agency}, reason=reason.strip())


def open_proposals(grant: Grant) -> Sequence[ProposalRow]:
    """Return what waits for a second person, oldest first."""
    grant.require(Action.REGISTRY_LIST)
    return [
        row_of(proposal) for proposal in Proposal.objects.filter(state=ProposalStatus.OPEN).order_by("pk")
    ]


def proposal(grant: Grant, *, number: int) -> ProposalRow | None:
    """Return one proposal, whatever became of it; None where there is none."""
    grant.require(Action.REGISTRY_LIST, *ACTION_OF.values())
    found = Proposal.objects.filter(pk=number).first()
    return row_of(found) if found else None


def means_now(grant: Grant, *, row: ProposalRow) -> Consequence:
    """Return what a proposal means as things stand now: what whoever approves it has to see."""
    grant.require(Action.REGISTRY_LIST, *ACTION_OF.values())
    return consequence(row.kind, order=row.as_order(), facts=row.facts)


@without_grant("tells of which of two kinds a proposal is, so that the right act is asked for")
def kind_of(number: int) -> str:
    """Return whether a proposal is for a cut-off or a lifting; tells nothing else. Raises NotPossible where it is not open."""
    kind = (
        Proposal.objects.filter(pk=number, state=ProposalStatus.OPEN).values_list("kind", flat=True).first()
    )
    if kind is None:
        raise NotPossible(_NOT_OPEN)
    return str(kind)


@one_at_a_time
def withdraw(grant: Grant, *, number: int) -> None:
    """Take one's own proposal back, also after somebody else turned it down; or turn down another's.

    What was turned down stays guarded for 72 hours (`guarded.guarded`). Raises NotPossible where it is decided already.
    """
    grant.require(*ACTION_OF.values(), Action.OVERSIGHT_ACCOUNT)
    row = _undecided(number, grant.officer)
    became = ProposalStatus.WITHDRAWN if row.proposed_by == grant.officer else ProposalStatus.DECLINED
    gate.log_act(grant, details={became: number})
    decide(number, became, grant.officer)


def _undecided(number: int, officer: str) -> ProposalRow:
    declined = Proposal.objects.filter(pk=number, state=ProposalStatus.DECLINED, proposed_by=officer).first()
    return row_of(declined) if declined else open_row(number)


@without_grant("for this room alone, within an act whose grant was required")
def open_row(number: int) -> ProposalRow:
    """Return an open proposal, for this room, within the lock of all acts. Raises NotPossible where it is not open."""
    found = Proposal.objects.filter(pk=number, state=ProposalStatus.OPEN).first()
    if found is None:
        raise NotPossible(_NOT_OPEN)
    return row_of(found)


@without_grant("for this room alone, within an act whose grant was required")
def decide(number: int, state: str, officer: str, order: str | None = None) -> None:
    """Note what became of a proposal, for this room, within the lock of all acts."""
    more = {} if order is None else {"order": order}
    Proposal.objects.filter(pk=number).update(state=state, decided_by=officer, decided=clock.now(), **more)


@without_grant("for this room alone, within an act whose grant was required")
def row_of(proposal: Proposal) -> ProposalRow:
    """Return a proposal as it crosses the border of this room."""
    scope, purposes = (
        value if value == ALL else tuple(value) for value in (proposal.scope, proposal.purposes)
    )
    return ProposalRow(
        proposal.pk, proposal.kind, proposal.agency, proposal.order, scope, purposes, proposal.reason,
        proposal.review_on, proposal.proposed_by, proposal.proposed, proposal.state, proposal.decided_by, proposal.facts,
        proposal.plan, proposal.meaning,
    )  # fmt: skip


def _proposed(
    grant: Grant,
    kind: str,
    order: OrderRow,
    facts: Mapping[str, Any],
    *,
    reason: str,
    review_on: date | None = None,
) -> int:
    means, header = consequence(kind, order=order, facts=facts), order.header()
    row = Proposal.objects.create(
        kind=kind, agency=order.agency, order="" if order.id == OrderStatus.DRAFT else order.id, scope=header["scope"],
        purposes=header["purposes"], reason=reason, review_on=review_on, facts=dict(facts), plan=dict(means.told),
        meaning=means.meaning, proposed_by=grant.officer, proposed=clock.now(),
    )  # fmt: skip
    return int(row.pk)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
