"""How a request of the API becomes a grant: who asks, for whom, for what, with everything that was asked in the entry."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from openclear.access import gate
from openclear.access.gate.asker import Asker, asker_through
from openclear.access.registry.queries import purpose_at_own_desk
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose, purpose_of


def open_at_own_desk(
    request: HttpRequest, action: Action, *, filters: Mapping[str, Any] | None = None, **details: Any
) -> Grant:
    """Return the grant for what is asked at one's own desk, without a purpose of its own. Raises Refused."""
    asker = asker_by_token(request)
    grant = gate.open_for(
        asker.officer,
        action,
        purpose=purpose_at_own_desk(asker.through or asker.officer),
        through=asker.through,
        filters=filters,
        details={"address": address_of(request), **details},
    )
    request.asked_grant = grant  # type: ignore[attr-defined] # read where a mistake is answered
    return grant


def open_question(request: HttpRequest, action: Action, purpose: Purpose, /, **details: Any) -> Grant:
    """Return the grant for an endpoint: asked at one's own desk, or for the purpose that it is declared with. Raises Refused."""
    if purpose is Purpose.OWN_ACCOUNT:
        return open_at_own_desk(request, action, **details)
    asker = asker_by_token(request)
    grant = gate.open_for(
        asker.officer,
        action,
        purpose=purpose,
        through=asker.through,
        details={"address": address_of(request), **details},
    )
    request.asked_grant = grant  # type: ignore[attr-defined] # read where a mistake is answered
    return grant


def open_reasoned(
    request: HttpRequest,
    action: Action,
    query: Any,
    /,
    *,
    filters: Mapping[str, Any] | None = None,
    **details: Any,
) -> Grant:
    """Return the grant for a question that names its purpose, case and other agency. Raises Refused, WrongUsage."""
    asker = asker_by_token(request)
    grant = gate.open_for(
        asker.officer,
        action,
        purpose=purpose_of(query.purpose),
        case=query.case,
        on_behalf_of=query.on_behalf_of,
        through=asker.through,
        filters=filters,
        details={"address": address_of(request), **details},
    )
    request.asked_grant = grant  # type: ignore[attr-defined] # read where a mistake is answered
    return grant


def asker_by_token(request: HttpRequest) -> Asker:
    """Return who asks: an integration says which person it acts for; the gate decides both, and refuses it without one."""
    return asker_through(request, str(request.auth))  # type: ignore[attr-defined] # set by ninja from OfficerToken


def address_of(request: HttpRequest) -> str:
    """Return the network address that a request came from."""
    return str(request.META.get("REMOTE_ADDR", ""))
