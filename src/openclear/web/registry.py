"""Agencies, who is tied to them, and accounts: what an access administrator keeps."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from openclear.access import accounts, commands, lifecycle, moves, proposals, queries, ties
from openclear.access.commands import CERTIFIED_DAYS, KINDS, TEMPORARY_HOURS, NewAgency, NewOfficer
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import agency_path
from openclear.vocabulary.errors import WrongUsage
from openclear.web.asking import administer, answered, field, moved, released
from openclear.web.sessions import freshly_proved

TIES = ("employer", "task-force", "detail", "contractor")
MOST_PEOPLE = 100
# What an account can be for. Keepers and oversight are registered like anybody, by two people.
ROLES = (
    "officer",
    "detective",
    "supervisor",
    "analyst",
    "records",
    "access-administrator",
    "approver",
    "inspector-general",
)


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
        kinds=KINDS,
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
    """Tie a person to an agency."""
    kind = field(request, "kind")
    if kind not in TIES:
        raise WrongUsage("Choose how the person is tied to the agency.")
    grant = administer(request, Action.REGISTRY_CHANGE, agency=path)
    ties.affiliate(grant, handle=field(request, "officer"), agency=path, kind=kind)
    return moved(grant, "agency", path)


@require_POST
@answered
@freshly_proved
def end_affiliation(request: HttpRequest, path: str) -> HttpResponse:
    """End a person's ties to an agency."""
    grant = administer(request, Action.REGISTRY_CHANGE, agency=path)
    ties.end_affiliation(grant, handle=field(request, "officer"), agency=path)
    return moved(grant, "agency", path)


@require_POST
@answered
@freshly_proved
def place_agency(request: HttpRequest, path: str) -> HttpResponse:
    """Move, merge or rename an agency; every order over it goes along."""
    grant = administer(request, Action.REGISTRY_CHANGE, agency=path)
    kind, to = field(request, "kind"), field(request, "to")
    if kind == "move":
        moves.move_agency(grant, agency=path, to=to)
    elif kind == "merge":
        to = moves.merge_agency(grant, agency=path, into=to)
    else:
        moves.rename_agency(grant, agency=path, name=to)
        to = path
    return moved(grant, "agency", to)


@require_POST
@answered
@freshly_proved
def request_account(request: HttpRequest) -> HttpResponse:
    """Ask for an account, which another administrator approves."""
    grant = administer(request, Action.REGISTRY_CHANGE)
    handle, role = field(request, "handle"), field(request, "role")
    if not handle.isidentifier() or not field(request, "name") or role not in ROLES:
        raise WrongUsage("Give a handle of letters and digits, a name, and one of the roles.")
    temporary = clock.now() + timedelta(hours=TEMPORARY_HOURS) if field(request, "temporary") else None
    account = NewOfficer(
        handle.lower(), field(request, "name"), field(request, "title"), (role,),
        ((agency_path(field(request, "agency")), "employer"),), clock.today() + timedelta(days=CERTIFIED_DAYS - 1),
        mail=field(request, "mail"), temporary_until=temporary,
    )  # fmt: skip
    return moved(grant, "proposal", proposals.request_account(grant, account=account))


@require_POST
@answered
@freshly_proved
def certify(request: HttpRequest) -> HttpResponse:
    """Certify an account for another year."""
    grant = administer(request, Action.REGISTRY_CHANGE)
    until = clock.today() + timedelta(days=CERTIFIED_DAYS - 1)
    lifecycle.certify(grant, handles=[field(request, "handle")], until=until)
    return moved(grant, "officers")


@require_POST
@answered
@freshly_proved
def disable(request: HttpRequest) -> HttpResponse:
    """Disable an account at once."""
    grant = administer(request, Action.REGISTRY_CHANGE)
    lifecycle.disable(grant, handle=field(request, "handle"), reason=field(request, "reason") or "by hand")
    return moved(grant, "officers")


@require_GET
@answered
def officers(request: HttpRequest) -> HttpResponse:
    """Show everyone who is registered, found by name, and which accounts are locked."""
    grant = administer(request, Action.REGISTRY_LIST)
    text = field(request, "q").casefold()
    people = [row for row in queries.officers() if text in f"{row.handle} {row.name} {row.title}".casefold()]
    return released(
        request, "web/officers.html", grant, people=people[:MOST_PEOPLE], found=len(people), text=field(request, "q"),
        locked=accounts.locked_handles(grant), roles=ROLES, agencies=queries.agencies(), soon=clock.today() + timedelta(days=30),
    )  # fmt: skip


@require_POST
@answered
@freshly_proved
def release(request: HttpRequest) -> HttpResponse:
    """Release an account that five failures locked."""
    grant = administer(request, Action.ACCOUNT_RELEASE)
    accounts.release_account(grant, handle=field(request, "handle"))
    return moved(grant, "officers")
