"""What the API returns instead of an answer: refusals and requests that cannot be understood, each with its entry."""

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from openclear.access import gate
from openclear.access.errors import Refused
from openclear.access.gate.asker import asker_of, sent_by
from openclear.access.policy.effects import ASKED
from openclear.access.registry.queries import purpose_at_own_desk
from openclear.api import render, reports
from openclear.api.asking import address_of
from openclear.api.endpoint import route_of
from openclear.endpoints import ENDPOINTS
from openclear.records.kinds import SEARCHED
from openclear.reporting.reports import REPORTS
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import RefusalReceipt
from openclear.vocabulary.purposes import Purpose, named_purpose

# The act of each route, so that a mistake on it is decided under the same orders.
_ACTIONS = {
    **{f"search_{name}": kind.list_action for name, kind in SEARCHED.items()},
    **{f"view_{kind.noun}": kind.view_action for kind in SEARCHED.values()},
    **{route_of(endpoint): endpoint.action for endpoint in ENDPOINTS},
    **{reports.route_of(report): report.action for report in REPORTS},
    "view_case": Action.CASE_VIEW,
}
# These have one purpose, regardless of what is sent.
_DECLARED = {
    **{route_of(endpoint): endpoint.purpose for endpoint in ENDPOINTS if endpoint.acts is None},
    **{reports.route_of(report): report.purpose for report in REPORTS},
}


def answer_mistakes(api: NinjaAPI) -> None:
    """Have `api` answer every exception of its routes."""
    api.exception_handler(Refused)(on_refusal)
    api.exception_handler(AuthenticationError)(on_unknown)
    api.exception_handler(WrongUsage)(on_wrong_usage)
    api.exception_handler(NotPossible)(on_wrong_usage)
    api.exception_handler(ValidationError)(on_invalid)
    api.exception_handler(Http404)(on_http_error)
    api.exception_handler(HttpError)(on_http_error)


def on_refusal(_request: HttpRequest, error: Refused) -> HttpResponse:
    """Answer a refusal: 403 with the rule."""
    return render.refusal(error)


def on_unknown(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    """Answer an unknown requester: 401, logged without an agency."""
    refused = gate.refuse_anonymous(details={"address": address_of(request)})
    response = render.refusal(refused, 401)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def on_wrong_usage(request: HttpRequest, error: WrongUsage | NotPossible) -> HttpResponse:
    """Answer a request with an unknown or impossible value: 400 and one sentence."""
    return _mistake(request, str(error), 400)


def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer a request with invalid fields: 400 and their names."""
    fields = ", ".join(f"{item['loc'][-1]} ({item['msg']})" for item in error.errors)
    return _mistake(request, f"Correct these fields: {fields}.", 400)


def on_http_error(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer what the framework refuses before calling a view."""
    return _mistake(request, "This request cannot be answered as sent.", getattr(error, "status_code", 404))


def _mistake(request: HttpRequest, detail: str, status: int) -> HttpResponse:
    def answer() -> tuple[HttpResponse, RefusalReceipt]:
        receipt = _reported(request)
        return render.bad_request(detail, receipt, status), receipt

    try:
        return gate.stamp_bad_request(getattr(request, "asked_grant", None), answer)
    except Refused as refused:
        return render.refusal(refused)


def _reported(request: HttpRequest) -> RefusalReceipt:
    asker = asker_of(request)
    route = request.resolver_match.url_name if request.resolver_match else ""
    action = _ACTIONS.get(str(route), Action.DESK_OPEN)
    return gate.log_bad_request(
        asker.officer,
        "not understood",
        details={"address": address_of(request), **sent_by(request)},
        action=action,
        purpose=_purpose_of(request, action),
        through=asker.through,
        on_behalf_of=asker.on_behalf_of,
    )


def _purpose_of(request: HttpRequest, action: Action) -> Purpose:
    # The explained act has a purpose too; the question itself is asked at the requester's own desk.
    asker = asker_of(request)
    if declared := _DECLARED.get(str(request.resolver_match.url_name if request.resolver_match else "")):
        return declared
    at_own_desk = ASKED[action][0] == (Purpose.OWN_ACCOUNT,)
    named = None if at_own_desk else named_purpose(request.GET.get("purpose", ""))
    return named or purpose_at_own_desk(asker.through or asker.officer)
