"""Agreements with partner agencies: what an access administrator registers, renews and ends.

Signing and renewing always go before a second person; so does an end that an order touches.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from openclear.access.approvals import engine
from openclear.access.registry import agreement_acts, agreement_queries, agreements, queries
from openclear.access.registry.agreement_queries import AgreementDetail
from openclear.access.registry.guarded import touched
from openclear.access.registry.terms import read_agreement, read_renewal
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agreements import AGREED_DATASETS, AGREED_PURPOSES, AgreementStatus, Clause
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.web.endpoint import Answered
from openclear.web.guard import administer, bad_request, behind_gate, field, redirected, rendered
from openclear.web.sessions import recently_authenticated

FORM = "web/agreement_form.html"
LONGEST_PARTIES = 1000
_LINES = ("number", "agency", "starts_on", "ends_on", "document", "digest")
_OVER = {AgreementStatus.ENDED, AgreementStatus.EXPIRED}


def beside_agreements(_answered: Answered) -> dict[str, Any]:
    """Return the agreements that end within 90 days: what the list warns of first."""
    return {"ending": agreement_queries.ending_soon()}


@require_GET
@behind_gate
def draw_up(request: HttpRequest) -> HttpResponse:
    """Show the form for a new agreement."""
    grant = administer(request, Action.REGISTRY_CHANGE, agency=field(request, "agency"))
    return rendered(request, FORM, grant, **_form({"agency": field(request, "agency")}))


@require_POST
@behind_gate
@recently_authenticated
def sign(request: HttpRequest) -> HttpResponse:
    """Put an agreement before a second person, and redirect to the page that shows whom it lets in."""
    grant = administer(request, Action.REGISTRY_CHANGE, agency=field(request, "agency"))
    told = {
        **_sent(request),
        "parties": request.POST.get("parties", "").replace("\x00", "")[:LONGEST_PARTIES],
    }
    try:
        number = engine.propose(grant, draft=agreement_acts.signing_draft(read_agreement(told)))
    except (WrongUsage, NotPossible) as error:
        return bad_request(request, str(error), FORM, **_form(told))
    return redirected(grant, "proposal", number)


@require_GET
@behind_gate
def agreement(request: HttpRequest, number: str) -> HttpResponse:
    """Show one agreement: its parties, its terms with their clauses, and the forms that renew and end it."""
    grant = administer(request, Action.REGISTRY_LIST, agreement=number)
    found = agreement_queries.agreement(grant, number=number)
    if found is None:
        return rendered(request, "web/absent.html", grant, status=404)
    return rendered(request, "web/agreement.html", grant, **_page(found, {}))


@require_POST
@behind_gate
@recently_authenticated
def renew(request: HttpRequest, number: str) -> HttpResponse:
    """Put a renewal before a second person."""
    grant = administer(request, Action.REGISTRY_CHANGE, agreement=number)
    told = {**_sent(request), "number": number}
    try:
        proposal = engine.propose(grant, draft=agreement_acts.renewal_draft(read_renewal(told)))
    except (WrongUsage, NotPossible) as error:
        found = agreement_queries.agreement(grant, number=number)
        if found is None:
            raise
        return bad_request(request, str(error), "web/agreement.html", **_page(found, told))
    return redirected(grant, "proposal", proposal)


@require_POST
@behind_gate
@recently_authenticated
def end(request: HttpRequest, number: str) -> HttpResponse:
    """End an agreement now, or put its end before a second person if an order touches the agency."""
    grant = administer(request, Action.REGISTRY_CHANGE, agreement=number)
    reason = field(request, "reason")
    draft = agreement_acts.ending_draft(number, reason)
    if touched(draft.agency):
        return redirected(grant, "proposal", engine.propose(grant, draft=draft))
    agreements.end_agreement(grant, number=number, reason=reason)
    return redirected(grant, "agreement", number)


def _sent(request: HttpRequest) -> dict[str, Any]:
    # Clauses that are left empty are left out: a renewal then keeps those of the term before it.
    clauses = {str(name): field(request, f"clause-{name}") for name in Clause}
    return {
        **{name: field(request, name) for name in _LINES},
        "data_sets": request.POST.getlist("data_sets")[: len(AGREED_DATASETS)],
        "purposes": request.POST.getlist("purposes")[: len(AGREED_PURPOSES)],
        "clauses": clauses if any(clauses.values()) else {},
    }


def _form(told: Mapping[str, Any]) -> dict[str, Any]:
    # Every clause with what was typed for it.
    clauses = told.get("clauses") or {}
    return {
        "asked": told, "agencies": queries.agencies(), "datasets": AGREED_DATASETS, "limits": AGREED_PURPOSES,
        "clauses": [(str(name), clauses.get(str(name), "")) for name in Clause],
    }  # fmt: skip


def _page(found: AgreementDetail, told: Mapping[str, Any]) -> dict[str, Any]:
    last = found.terms[-1]
    kept = {"data_sets": last.data_sets, "purposes": last.purposes, "clauses": last.clauses}
    filled = {**kept, **{name: value for name, value in told.items() if value}}
    # A renewal names no more than the term before it, so nothing else is offered.
    offered = {"datasets": last.data_sets, "limits": last.purposes}
    return {
        **_form(filled), **offered, "found": found, "is_over": found.listed.status in _OVER,
        "touching": touched(found.listed.agency),
    }  # fmt: skip
