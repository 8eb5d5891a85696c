"""Acts on an existing order: confirm, suspend, resume, narrow, lift; notifying partners; the packet for the lawyers."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from openclear.access import orders
from openclear.access.approvals import engine, queries
from openclear.access.gate import order_rows
from openclear.access.orders.notices import announce
from openclear.access.orders.proposed import CHANGES, LIFT, NARROW, change_draft, order_of
from openclear.access.registry.guarded import CUT_OFF
from openclear.oversight.packet import as_pdf, packet_of
from openclear.vocabulary.actions import RECORD_DATASETS, Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.purposes import POLICE_WORK
from openclear.web.guard import administer, behind_gate, field, redirected
from openclear.web.sessions import recently_authenticated


@require_POST
@behind_gate
@recently_authenticated
def change(request: HttpRequest, identity: str) -> HttpResponse:
    """Propose a change of an order to a second person: lift, suspend, resume, narrow."""
    administer(request, Action.REGISTRY_LIST, order=identity)
    kind = field(request, "kind")
    if kind not in CHANGES:
        raise WrongUsage("Choose what to do with the order.")
    grant = administer(request, CHANGES[kind], order=identity)
    to = None
    if kind == NARROW:
        scope = [name for name in request.POST.getlist("scope") if name in set(RECORD_DATASETS)]
        purposes = [name for name in request.POST.getlist("purposes") if name in set(POLICE_WORK)]
        to = orders.new_order(
            agency=_agency_of(identity), legal_basis=field(request, "ground"), scope=scope, purposes=purposes
        )
    draft = change_draft(
        kind, order=identity, reason=field(request, "ground"), document=field(request, "document"), to=to
    )
    return redirected(grant, "proposal", engine.propose(grant, draft=draft))


@require_POST
@behind_gate
@recently_authenticated
def lift(request: HttpRequest, identity: str) -> HttpResponse:
    """Propose to a second person that an order be lifted."""
    grant = administer(request, Action.ORDER_LIFT, order=identity)
    draft = change_draft(LIFT, order=identity, reason=field(request, "ground"))
    return redirected(grant, "proposal", engine.propose(grant, draft=draft))


@require_POST
@behind_gate
@recently_authenticated
def confirm(request: HttpRequest, identity: str) -> HttpResponse:
    """Confirm a provisional order, as its second person."""
    grant = administer(request, Action.ORDER_CUT_OFF, order=identity)
    orders.confirm(grant, name=identity)
    return redirected(grant, "order", identity)


@require_POST
@behind_gate
@recently_authenticated
def tell(request: HttpRequest, number: int) -> HttpResponse:
    """Notify the partner agencies that keep their access of a proposed order, before it comes into force."""
    grant = administer(request, Action.ORDER_CUT_OFF, proposal=number)
    row = queries.proposal(grant, number=number)
    if row is None or row.kind != CUT_OFF:
        raise NotPossible("There is no such proposed order.")
    announce(grant, order=order_of(row), text=field(request, "text"))
    return redirected(grant, "proposal", number)


@require_GET
@behind_gate
def packet(request: HttpRequest, identity: str) -> HttpResponse:
    """Return the packet of an order: order, legal basis, plan, receipts, certificate, and what it does not cover."""
    grant = administer(request, Action.REGISTRY_LIST, packet_of=identity)
    response = HttpResponse(as_pdf(packet_of(grant, order=identity)), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="order-{identity}.pdf"'
    return grant.release(response)


def _agency_of(identity: str) -> str:
    newest = order_rows.newest_state(identity)
    if newest is None:
        raise NotPossible("There is no such order.")
    return newest.agency
