"""The cut-off desk: plan who loses what, propose, have a second person approve, read the receipt."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from openclear.access.approvals import engine
from openclear.access.approvals import queries as proposals
from openclear.access.approvals.rows import ProposalRow
from openclear.access.errors import MeansSomethingElse
from openclear.access.orders import cut_off_provisionally, new_order, overdue
from openclear.access.orders.notices import told_of
from openclear.access.orders.plans import names_home, plan
from openclear.access.orders.proposed import cut_off_draft, order_of
from openclear.access.orders.publication import with_basis
from openclear.access.orders.queries import order_history, plan_of, proof_of, standing_orders
from openclear.access.policy.facts import OrderRow
from openclear.access.proposed import kinds
from openclear.access.registry import queries
from openclear.access.registry.agreement_queries import ending_soon
from openclear.access.registry.foreseen import holdings_of
from openclear.access.registry.guarded import CUT_OFF
from openclear.access.registry.proposed import DISABLE
from openclear.oversight.public_access import page_is_behind
from openclear.vocabulary import clock
from openclear.vocabulary.actions import RECORD_DATASETS, Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import POLICE_WORK
from openclear.vocabulary.states import ProposalStatus
from openclear.web.endpoint import Answered
from openclear.web.forms import OrderForm
from openclear.web.guard import administer, bad_request, behind_gate, field, redirected, rendered
from openclear.web.sessions import recently_authenticated

END_TIE, LOSE_ACCESS = "end", "lose"
_ABSENT = "web/absent.html"
_UNDECIDED = "Choose for each of the city's own people whether the tie ends in this act or access is lost."


def beside_orders(answered: Answered) -> dict[str, Any]:
    """Return the orders in force, waiting proposals, and earlier orders with their outcome."""
    grant, history, standing = answered.grant, answered.answer, standing_orders()
    ended = {row.order: row for row in history if row.order not in {order.id for order in standing}}
    return {
        "standing": standing, "waiting": proposals.open_proposals(grant),
        "ended": sorted(ended.values(), key=lambda row: row.entry, reverse=True), "overdue": overdue(grant),
        "today": clock.today(), "page_is_behind": page_is_behind(),
        "ending": ending_soon(),
        "reviews": {row.order: row.review_on for row in history if row.review_on},
    }  # fmt: skip


@require_GET
@behind_gate
def draw_up(request: HttpRequest) -> HttpResponse:
    """Show the form for an order; with an agency and a legal basis filled in, also who would lose what."""
    grant = administer(request, Action.ORDER_CUT_OFF, agency=field(request, "agency"))
    facts: Any = _form_facts(
        OrderForm(request.GET) if request.GET.get("ground") else OrderForm(initial=request.GET.dict())
    )
    if not request.GET.get("ground"):
        return rendered(request, "web/order_form.html", grant, **facts)
    try:
        order, _ = _drawn_up(facts["form"])
    except (WrongUsage, NotPossible) as error:
        return bad_request(request, str(error), "web/order_form.html", **facts)
    return rendered(
        request, "web/order_form.html", grant, **facts, **_planned(grant, order, request.GET.dict())
    )


@require_POST
@behind_gate
@recently_authenticated
def propose(request: HttpRequest) -> HttpResponse:
    """Propose an order to a second person, or put it in force at once in an emergency."""
    grant = administer(request, Action.ORDER_CUT_OFF, agency=field(request, "agency"))
    form = OrderForm(request.POST)
    try:
        order, review_on = _drawn_up(form)
    except (WrongUsage, NotPossible) as error:
        return bad_request(request, str(error), "web/order_form.html", **_form_facts(form))
    facts: Any = _planned(grant, order, request.POST.dict())
    if facts["undecided"]:
        return bad_request(request, _UNDECIDED, "web/order_form.html", **_form_facts(form), **facts)
    signed: Any = {"order": order, "review_on": review_on, "end_ties": facts["end_ties"]}
    if field(request, "provisional"):
        return redirected(grant, "order", cut_off_provisionally(grant, **signed).order)
    return redirected(grant, "proposal", engine.propose(grant, draft=cut_off_draft(**signed)))


@require_GET
@behind_gate
def proposal(request: HttpRequest, number: int) -> HttpResponse:
    """Show one proposal, its current effect, and what the reader may do with it."""
    grant = administer(request, Action.ORDER_CUT_OFF, proposal=number)
    row = proposals.proposal(grant, number=number)
    if row is None:
        return rendered(request, _ABSENT, grant, status=404)
    return rendered(
        request,
        "web/proposal.html",
        grant,
        row=row,
        order=order_of(row) if row.kind == CUT_OFF else None,
        is_own=_is_own(grant, row),
        told=told_of(grant, agency=row.agency),
        **(_as_it_stands(grant, row) if row.state == ProposalStatus.OPEN else {"consequences": row.plan}),
    )


@require_POST
@behind_gate
@recently_authenticated
def approve(request: HttpRequest, number: int) -> HttpResponse:
    """Approve a proposal as its second person; return to its page if its effect differs from what was shown there."""
    grant = administer(request, _act_on(request, number), proposal=number)
    try:
        receipts = engine.approve(grant, number=number, seen=field(request, "seen"))
    except MeansSomethingElse:
        return redirected(grant, "proposal", number)
    # Only orders have receipts: for others, redirect to what was approved.
    return (
        redirected(grant, "order", receipts[0].order) if receipts else redirected(grant, "proposal", number)
    )


@require_POST
@behind_gate
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Withdraw or decline a proposal."""
    grant = administer(request, _act_on(request, number), proposal=number)
    engine.withdraw(grant, number=number)
    return redirected(grant, "orders")


@require_GET
@behind_gate
def order(request: HttpRequest, identity: str) -> HttpResponse:
    """Show one order: its states, and the receipts that prove what it did."""
    grant = administer(request, Action.REGISTRY_LIST, order=identity)
    states = [row for row in order_history() if row.order == identity]
    if not states:
        return rendered(request, _ABSENT, grant, status=404)
    standing = next((row for row in standing_orders() if row.id == identity), None)
    waiting = [row for row in proposals.open_proposals(grant) if row.about == identity]
    return rendered(
        request, "web/order.html", grant, states=states, standing=standing, proofs=proof_of(identity), waiting=waiting,
        page_is_behind=page_is_behind(), plan=plan_of(identity), datasets=RECORD_DATASETS, limits=POLICE_WORK, is_own=states[-1].ordered_by == grant.officer,
    )  # fmt: skip


def _act_on(request: HttpRequest, number: int) -> Action:
    # First the gate, then the lookup: a requester without the orders desk does not learn which proposals exist.
    administer(request, Action.REGISTRY_LIST, proposal=number)
    return kinds.of(proposals.kind_of(number)).approved_by


def _drawn_up(form: OrderForm) -> tuple[OrderRow, Any]:
    problem = form.problem()
    if problem:
        raise WrongUsage(problem)
    values = form.cleaned_data
    order = new_order(
        agency=values["agency"],
        legal_basis=values["ground"],
        scope=values["scope"],
        purposes=values["purposes"],
    )
    return with_basis(order, values["public_basis"]), values["review_on"]


def _planned(grant: Grant, order: OrderRow, sent: Mapping[str, str]) -> dict[str, Any]:
    # One choice for each of the city's own people whom the order would reach: `tie-HANDLE`.
    # An order never ends a tie to the department itself: such an order cannot be given.
    home_people = () if names_home(order) else plan(grant, order=order).home_people
    choices = [(person, sent.get(f"tie-{person.handle}", "")) for person in home_people]
    end_ties = [person.handle for person, choice in choices if choice == END_TIE]
    return {
        "order": order, "plan": plan(grant, order=order, end_ties=end_ties), "choices": choices, "end_ties": end_ties, "names_home": names_home(order),
        "undecided": [person for person, choice in choices if choice not in {END_TIE, LOSE_ACCESS}],
    }  # fmt: skip


def _as_it_stands(grant: Grant, row: ProposalRow) -> dict[str, Any]:
    try:
        means = proposals.means_now(grant, row=row)
        end_ties = row.facts.get("end_ties", ())
        planned = plan(grant, order=order_of(row), end_ties=end_ties) if row.kind == CUT_OFF else None
    except NotPossible as error:
        # Such as a tie that was to end with the order and has already ended.
        return {"impossible": str(error)}
    return {
        "consequences": means.told, "differs": means.differs_from(row.plan), "plan": planned,
        # For an order, people read the plan, so its digest is what is approved.
        "seen": planned.meaning if planned else means.meaning,
        "holds": holdings_of(row.facts["handle"]) if row.kind == DISABLE else {},
    }  # fmt: skip


def _form_facts(form: OrderForm) -> dict[str, Any]:
    asked = form.data if form.is_bound else form.initial
    chosen = {
        name: asked.getlist(name) if hasattr(asked, "getlist") else [] for name in ("scope", "purposes")
    }
    return {
        "form": form, "asked": asked, "chosen": chosen, "agencies": queries.agencies(),
        "datasets": RECORD_DATASETS, "limits": POLICE_WORK,
    }  # fmt: skip


def _is_own(grant: Grant, row: ProposalRow) -> bool:
    return row.proposed_by == grant.officer
