"""Agencies and who is tied to them: what an access administrator manages.

A change that touches an order takes a second person.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from openclear.access.approvals import engine
from openclear.access.orders.queries import standing_orders
from openclear.access.registry import commands, moves, queries, ties
from openclear.access.registry.commands import NewAgency
from openclear.access.registry.foreseen import MERGE, MOVE, TIE, UNTIE, destination
from openclear.access.registry.guarded import touched
from openclear.access.registry.proposed import change_draft
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import AgencyKind, TieKind, agency_path
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.web.endpoint import Answered
from openclear.web.guard import administer, behind_gate, field, redirected, rendered
from openclear.web.sessions import recently_authenticated

RENAME = "rename"
PLACES = (MOVE, MERGE, RENAME)


def beside_agencies(answered: Answered) -> dict[str, Any]:
    """Return the tree of agencies with how many people are tied to each, and which are cut off."""
    orders, people = standing_orders(), queries.officers()
    rows = [
        {
            "row": row, "depth": row.path.count("."), "people": sum(row.path in person.agencies for person in people),
            "orders": [order for order in orders if order.covers_agency(row.path)],
        }
        for row in answered.answer
    ]  # fmt: skip
    return {"rows": rows, "kinds": list(AgencyKind)}


@require_GET
@behind_gate
def agency(request: HttpRequest, path: str) -> HttpResponse:
    """Show one agency: agreements, people, orders that cover it, and the possible changes."""
    grant = administer(request, Action.REGISTRY_LIST, agency=path)
    found = queries.agency_detail(agency_path(path))
    if found is None:
        return rendered(request, "web/absent.html", grant, status=404)
    orders = [order for order in standing_orders() if order.covers_agency(path)]
    return rendered(
        request,
        "web/agency.html",
        grant,
        found=found,
        orders=orders,
        touching=touched(path),
        ties=list(TieKind),
        everyone=queries.officers(),
    )


@require_POST
@behind_gate
@recently_authenticated
def add_agency(request: HttpRequest) -> HttpResponse:
    """Register an agency below a registered one."""
    path, name, kind = agency_path(field(request, "path")), field(request, "name"), field(request, "kind")
    oris = tuple(field(request, "oris").upper().split())
    if not name or kind not in set(AgencyKind):
        raise WrongUsage("Enter the agency's name and choose its kind.")
    grant = administer(request, Action.REGISTRY_CHANGE, agency=path)
    commands.register_agencies(grant, agencies=[NewAgency(path, name, kind, oris)])
    return redirected(grant, "agency", path)


@require_POST
@behind_gate
@recently_authenticated
def affiliate(request: HttpRequest, path: str) -> HttpResponse:
    """Tie a person to an agency: at once, or by two people if an order touches it."""
    kind, handle = field(request, "kind"), field(request, "officer")
    if kind not in set(TieKind) or not handle:
        raise WrongUsage("Choose a person, and how the person is tied to the agency.")
    grant = administer(request, Action.REGISTRY_CHANGE, agency=path)
    if touched(path):
        return put_before(request, grant, TIE, path, {"handle": handle, "kind": kind})
    ties.affiliate(grant, handle=handle, agency=path, kind=kind)
    return redirected(grant, "agency", path)


@require_POST
@behind_gate
@recently_authenticated
def end_affiliation(request: HttpRequest, path: str) -> HttpResponse:
    """End a person's ties to an agency: at once, or by two people if an order touches it."""
    handle = field(request, "officer")
    grant = administer(request, Action.REGISTRY_CHANGE, agency=path)
    if touched(path):
        return put_before(request, grant, UNTIE, path, {"handle": handle})
    ties.end_affiliation(grant, handle=handle, agency=path)
    return redirected(grant, "agency", path)


@require_POST
@behind_gate
@recently_authenticated
def place_agency(request: HttpRequest, path: str) -> HttpResponse:
    """Move, merge or rename an agency; every order that covers it follows.

    If an order touches it, two people move or merge it.
    """
    kind, to = field(request, "kind"), field(request, "to")
    if kind not in PLACES:
        raise WrongUsage("Choose what changes: the path, the agency that it belongs to, or the name.")
    grant = administer(request, Action.REGISTRY_CHANGE, agency=path)
    if kind == RENAME:
        moves.rename_agency(grant, agency=path, name=to)
        return redirected(grant, "agency", path)
    facts = {"agency": path, "to": agency_path(to)}
    place = destination(kind, facts)
    if touched(path, place):
        return put_before(request, grant, kind, path, {"to": to})
    if kind == MOVE:
        moves.move_agency(grant, agency=path, to=to)
    else:
        moves.merge_agency(grant, agency=path, into=to)
    return redirected(grant, "agency", place)


def put_before(
    request: HttpRequest, grant: Grant, kind: str, agency: str, facts: Mapping[str, str]
) -> HttpResponse:
    """Propose a change of the registry to a second person, and redirect to the page that shows its effect."""
    draft = change_draft(kind, agency=agency, reason=field(request, "reason"), facts=facts)
    return redirected(grant, "proposal", engine.propose(grant, draft=draft))
