"""Accounts: requested, certified, disabled, reinstated. Two people, except to certify one that no order touches."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from openclear.access import accounts, gate
from openclear.access.approvals import engine
from openclear.access.policy.rules import OVERSIGHTS_OWN
from openclear.access.registry import lifecycle, lockout, queries
from openclear.access.registry.commands import CERTIFIED_DAYS, TEMPORARY_HOURS, NewOfficer
from openclear.access.registry.duty import patrol as patrol_duty
from openclear.access.registry.duty import set_patrol
from openclear.access.registry.guarded import guarded, touched, touches
from openclear.access.registry.proposed import CERTIFY, DISABLE, REINSTATE, account_draft
from openclear.access.registry.queries import OfficerRow
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import TieKind, agency_path
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.roles import Role
from openclear.web.endpoint import Answered
from openclear.web.guard import administer, behind_gate, field, redirected
from openclear.web.registry.views import put_before
from openclear.web.sessions import recently_authenticated

MOST_PEOPLE = 100
# The possible roles of an account. Keepers and oversight are registered like anyone else, by two people.
ROLES = tuple(role for role in Role if role is not Role.PUBLISHER)


@require_POST
@behind_gate
@recently_authenticated
def request_account(request: HttpRequest) -> HttpResponse:
    """Request an account, which another administrator approves."""
    grant = administer(request, Action.REGISTRY_CHANGE)
    handle, role = field(request, "handle"), field(request, "role")
    if not handle or not field(request, "name") or role not in ROLES:
        raise WrongUsage("Enter a handle, a name, and one of the roles.")
    temporary = clock.now() + timedelta(hours=TEMPORARY_HOURS) if field(request, "temporary") else None
    account = NewOfficer(
        handle, field(request, "name"), field(request, "title"), _roles_of(role),
        ((agency_path(field(request, "agency")), TieKind.EMPLOYER),), clock.today() + timedelta(days=CERTIFIED_DAYS - 1),
        mail=field(request, "mail"), temporary_until=temporary,
    )  # fmt: skip
    return redirected(grant, "proposal", engine.propose(grant, draft=account_draft(account)))


@require_POST
@behind_gate
@recently_authenticated
def certify(request: HttpRequest) -> HttpResponse:
    """Certify an account for another year: at once, or by two people if an order touches it."""
    grant, row = _account(request)
    until = clock.today() + timedelta(days=CERTIFIED_DAYS - 1)
    if row.handle != grant.officer and touched(*row.agencies):
        facts = {"handle": row.handle, "until": str(until)}
        return put_before(request, grant, CERTIFY, _agency_of(row), facts)
    lifecycle.certify(grant, handles=[row.handle], until=until)
    return redirected(grant, "officers")


@require_POST
@behind_gate
@recently_authenticated
def patrol(request: HttpRequest) -> HttpResponse:
    """Put an officer on patrol, or take them off it."""
    grant, row = _account(request)
    set_patrol(grant, handle=row.handle, on_patrol=field(request, "on") == "1")
    return redirected(grant, "officers")


@require_POST
@behind_gate
@recently_authenticated
def disable(request: HttpRequest) -> HttpResponse:
    """Propose to a second person that an account be disabled."""
    grant, row = _account(request)
    return put_before(request, grant, DISABLE, _agency_of(row), {"handle": row.handle})


@require_POST
@behind_gate
@recently_authenticated
def reinstate(request: HttpRequest) -> HttpResponse:
    """Propose to a second person that a disabled account be reinstated."""
    grant, row = _account(request)
    if not row.disabled_for:
        raise NotPossible(f"The account {row.handle} is not disabled.")
    return put_before(request, grant, REINSTATE, _agency_of(row), {"handle": row.handle})


def beside_officers(answered: Answered) -> dict[str, Any]:
    """Return the first accounts of the list with the possible acts on each, and the locked accounts."""
    return {
        "people": _listed(answered.answer[:MOST_PEOPLE]), "found": len(answered.answer),
        "locked": accounts.locked_handles(answered.grant), "roles": ROLES, "agencies": queries.agencies(),
        "soon": clock.today() + timedelta(days=30),
    }  # fmt: skip


@require_POST
@behind_gate
@recently_authenticated
def release(request: HttpRequest) -> HttpResponse:
    """Release an account that was locked after five failures."""
    grant = administer(request, Action.ACCOUNT_RELEASE)
    accounts.release_account(grant, handle=field(request, "handle"))
    return redirected(grant, "officers")


def _roles_of(role: str) -> tuple[str, ...]:
    # Patrol is a duty of officers.
    return (Role.OFFICER, Role.PATROL) if role == Role.PATROL else (role,)


def _account(request: HttpRequest) -> tuple[Grant, OfficerRow]:
    handle = field(request, "handle")
    grant = administer(request, Action.REGISTRY_CHANGE, handle=handle)
    row = next((row for row in queries.officers() if row.handle == handle), None)
    if row is None:
        raise NotPossible(f"There is no account '{handle}'.")
    if lockout.is_overseer(handle):
        raise gate.refuse(grant, OVERSIGHTS_OWN)
    return grant, row


def _agency_of(row: OfficerRow) -> str:
    return queries.employer_of(row.handle) or next(iter(row.agencies), city().host)


def _listed(people: list[OfficerRow]) -> list[dict[str, Any]]:
    orders, watching, duty = guarded(), lockout.overseers(), patrol_duty()
    return [
        {
            "row": row, "may_patrol": row.handle in duty, "on_patrol": duty.get(row.handle, False), "is_overseer": row.handle in watching,
            "takes_two": any(touches(order, agency) for order in orders for agency in row.agencies),
        }
        for row in people
    ]  # fmt: skip
