"""How an API request becomes a grant: who asks, for whom, for what, with all parameters in the entry."""

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
    """Return the grant for a request at the requester's own desk, without a purpose. Raises Refused."""
    asker = asker_by_token(request)
    grant = gate.open_for(
        asker.officer,
        action,
        purpose=purpose_at_own_desk(asker.through or asker.officer),
        through=asker.through,
        filters=filters,
        details={"address": address_of(request), **details},
    )
    request.asked_grant = grant  # type: ignore[attr-defined] # read when a mistake is answered
    return grant


def open_question(request: HttpRequest, action: Action, purpose: Purpose, /, **details: Any) -> Grant:
    """Return the grant for an endpoint: at the requester's own desk, or for its declared purpose. Raises Refused."""
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
    request.asked_grant = grant  # type: ignore[attr-defined] # read when a mistake is answered
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
    """Return the grant for a question with its purpose, case and other agency. Raises Refused, WrongUsage."""
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
    request.asked_grant = grant  # type: ignore[attr-defined] # read when a mistake is answered
    return grant


def asker_by_token(request: HttpRequest) -> Asker:
    """Return the requester: an integration names the person it acts for, and is refused without one.

    The gate decides both.
    """
    return asker_through(request, str(request.auth))  # type: ignore[attr-defined] # set by ninja from OfficerToken


def address_of(request: HttpRequest) -> str:
    """Return the network address that a request came from."""
    return str(request.META.get("REMOTE_ADDR", ""))
