"""Agencies and who is tied to them: what an access administrator keeps. What touches an order takes a second person."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from openclear.access import commands, moves, proposals, queries, ties
from openclear.access.commands import KINDS, NewAgency
from openclear.access.consequences import MERGE, MOVE, TIE, UNTIE, destination
from openclear.access.guarded import touched
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import agency_path
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.web.asking import administer, answered, field, moved, released
from openclear.web.sessions import freshly_proved

TIES = ("employer", "task-force", "detail", "contractor")
RENAME = "rename"
PLACES = (MOVE, MERGE, RENAME)


@require_GET
@answered
def agencies(request: HttpRequest) -> HttpResponse:
    """Show the tree of agencies, how many people are tied to each, and which are cut off."""
    grant = administer(request, Action.REGISTRY_LIST)
    orders, people = queries.standing_orders(), queries.officers()
    rows = [
        {
            "row": row, "depth": row.path.count("."), "people": sum(row.path in person.agencies for person in people),
            "orders": [order for order in orders if order.holds(row.path)],
        }
        for row in queries.agencies()
    ]  # fmt: skip
    return released(request, "web/agencies.html", grant, rows=rows, kinds=KINDS)


@require_GET
@answered
def agency(request: HttpRequest, path: str) -> HttpResponse:
    """Show one agency: agreements, people, orders over it; and what can be changed."""
    grant = administer(request, Action.REGISTRY_LIST, agency=path)
    found = queries.agency_detail(agency_path(path))
    if found is None:
        return released(request, "web/absent.html", grant, status=404)
    orders = [order for order in queries.standing_orders() if order.holds(path)]
    return released(
        request,
        "web/agency.html",
        grant,
        found=found,
        orders=orders,
        touching=touched(path),
        ties=TIES,
        everyone=queries.officers(),
    )


@require_POST
@answered
@freshly_proved
def add_agency(request: HttpRequest) -> HttpResponse:
    """Register an agency below one that is registered."""
    path, name, kind = agency_path(field(request, "path")), field(request, "name"), field(request, "kind")
    oris = tuple(field(request, "oris").upper().split())
    if not name or kind not in KINDS:
        raise WrongUsage("Give the agency its name and choose its kind.")
    grant = administer(request, Action.REGISTRY_CHANGE, agency=path)
    commands.register_agencies(grant, agencies=[NewAgency(path, name, kind, oris)])
    return moved(grant, "agency", path)


@require_POST
@answered
@freshly_proved
def affiliate(request: HttpRequest, path: str) -> HttpResponse:
    """Tie a person to an agency: at once, or where an order touches it by two people."""
    kind, handle = field(request, "kind"), field(request, "officer")
    if kind not in TIES or not handle:
        raise WrongUsage("Choose a person, and how the person is tied to the agency.")
    grant = administer(request, Action.REGISTRY_CHANGE, agency=path)
    if touched(path):
        return put_before(request, grant, TIE, path, {"handle": handle, "kind": kind})
    ties.affiliate(grant, handle=handle, agency=path, kind=kind)
    return moved(grant, "agency", path)


@require_POST
@answered
@freshly_proved
def end_affiliation(request: HttpRequest, path: str) -> HttpResponse:
    """End a person's ties to an agency: at once, or where an order touches it by two people."""
    handle = field(request, "officer")
    grant = administer(request, Action.REGISTRY_CHANGE, agency=path)
    if touched(path):
        return put_before(request, grant, UNTIE, path, {"handle": handle})
    ties.end_affiliation(grant, handle=handle, agency=path)
    return moved(grant, "agency", path)


@require_POST
@answered
@freshly_proved
def place_agency(request: HttpRequest, path: str) -> HttpResponse:
    """Move, merge or rename an agency; every order over it goes along. Where an order touches it two people move or merge it."""
    kind, to = field(request, "kind"), field(request, "to")
    if kind not in PLACES:
        raise WrongUsage("Choose what changes: the path, the agency that it belongs to, or the name.")
    grant = administer(request, Action.REGISTRY_CHANGE, agency=path)
    if kind == RENAME:
        moves.rename_agency(grant, agency=path, name=to)
        return moved(grant, "agency", path)
    facts = {"agency": path, "to": agency_path(to)}
    place = destination(kind, facts)
    if touched(path, place):
        return put_before(request, grant, kind, path, {"to": to})
    if kind == MOVE:
        moves.move_agency(grant, agency=path, to=to)
    else:
        moves.merge_agency(grant, agency=path, into=to)
    return moved(grant, "agency", place)


def put_before(
    request: HttpRequest, grant: Grant, kind: str, agency: str, facts: Mapping[str, str]
) -> HttpResponse:
    """Put a change of the registry before a second person, and lead to where it is seen what it means."""
    reason = field(request, "reason")
    return moved(
        grant, "proposal", proposals.propose_act(grant, kind=kind, agency=agency, ground=reason, facts=facts)
    )
