"""The user's own tokens, for programs that use the API."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from openclear.access.accounts import tokens
from openclear.vocabulary.actions import Action
from openclear.vocabulary.purposes import Purpose
from openclear.web.guard import ask, behind_gate, field, redirected, rendered
from openclear.web.sessions import recently_authenticated


@require_GET
@behind_gate
def own_tokens(request: HttpRequest) -> HttpResponse:
    """Show the active tokens."""
    grant = ask(request, Action.TOKEN_OWN, purpose=Purpose.OWN_ACCOUNT)
    return rendered(request, "web/tokens.html", grant, rows=tokens.own_tokens(grant))


@require_POST
@behind_gate
@recently_authenticated
def create(request: HttpRequest) -> HttpResponse:
    """Make a token and show it once."""
    grant = ask(request, Action.TOKEN_OWN, purpose=Purpose.OWN_ACCOUNT)
    made = tokens.create_own_token(grant, name=field(request, "name"))
    return rendered(request, "web/tokens.html", grant, rows=tokens.own_tokens(grant), made=made)


@require_POST
@behind_gate
def end(request: HttpRequest, token: int) -> HttpResponse:
    """End a token."""
    grant = ask(request, Action.TOKEN_OWN, purpose=Purpose.OWN_ACCOUNT)
    tokens.end_own_token(grant, token=token)
    return redirected(grant, "tokens")
