"""The routes of the API. Every answer, refusal and error has its log entry before it leaves."""

from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Query
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from openclear.access import gate
from openclear.access.asker import Asker, asker_of, asker_through, sent_by
from openclear.access.effects import ASKED
from openclear.access.errors import Refused
from openclear.access.explanations import Question
from openclear.access.explanations import explain as explain_decision
from openclear.access.paging import mark_of, offset_of, page_facts
from openclear.access.queries import officer_of_token, purpose_at_own_desk
from openclear.api import render, schemas
from openclear.records import finding, queries
from openclear.records.rows import FILTERS
from openclear.vocabulary.actions import Action
from openclear.vocabulary.asked import search_facts
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant, RefusalReceipt
from openclear.vocabulary.purposes import Purpose, named_purpose, purpose_of


class OfficerToken(HttpBearer):
    """A token names the person who asks; what they may do is decided anew for each request."""

    def authenticate(self, request: HttpRequest, token: str) -> str | None:
        """Return the holder's handle, or None."""
        handle = officer_of_token(token)
        request.officer = handle or ""  # type: ignore[attr-defined] # for the log, should the view fail
        return handle


class DescribedAPI(NinjaAPI):
    """The API with a description that says what really leaves: problems as problem+json, receipts and pages in headers."""

    def get_openapi_schema(self, **named: Any) -> Any:
        """Return the description."""
        described = super().get_openapi_schema(**named)
        for operations in described["paths"].values():
            for status, response in operations["get"]["responses"].items():
                response["headers"] = {**_RECEIPT, **(_NEXT if int(status) == 200 else {})}
                if int(status) >= 400:
                    response["content"] = {render.PROBLEM: response["content"]["application/json"]}
        return described


api = DescribedAPI(
    title="OpenCLEAR", version="1", auth=OfficerToken(), docs_url=None, openapi_url="openapi.json",
    description="Police records behind one gate. Every answer carries the receipt of its log entry.",
)  # fmt: skip
_TEXT = {"type": "string"}
_RECEIPT = {
    "OpenCLEAR-Receipt": {
        "description": "of an answer: number and leaf hash of its log entry; of anything else: the token of its entry",
        "schema": _TEXT,
    }
}
_NEXT = {"Link": {"description": "of a search: the next page, rel=next (RFC 8288)", "schema": _TEXT}}
# What each route asks for, so that a mistake on it is decided under the same orders.
_ACTIONS = {
    "search_people": Action.PERSON_SEARCH, "view_person": Action.PERSON_VIEW,
    "search_incidents": Action.INCIDENT_SEARCH, "view_incident": Action.INCIDENT_VIEW,
    "search_arrests": Action.ARREST_SEARCH, "view_arrest": Action.ARREST_VIEW,
    "search_vehicles": Action.VEHICLE_SEARCH, "view_vehicle": Action.VEHICLE_VIEW,
    "list_cases": Action.CASE_LIST, "view_case": Action.CASE_VIEW, "explain": Action.DECISION_EXPLAIN,
}  # fmt: skip
PROBLEMS = {400: schemas.Problem, 401: schemas.Problem, 403: schemas.Problem, 404: schemas.Problem}


@api.get("/people", response={200: schemas.PeopleFound, **PROBLEMS}, summary="Search people by name")
def search_people(request: HttpRequest, query: Query[schemas.PeopleQuery]) -> HttpResponse:
    """Each word begins a name or sounds like one; a year narrows by birth. Needs an open case."""
    return _search(request, query, "people", Action.PERSON_SEARCH, finding.find_people)


@api.get("/people/{record}", response={200: schemas.OneRecord, **PROBLEMS}, summary="Open one person")
def view_person(request: HttpRequest, record: UUID, query: Query[schemas.ViewQuery]) -> HttpResponse:
    """Names, descriptors, addresses, involvements, arrests, vehicles, as far as the asker may see them."""
    grant = _open(request, Action.PERSON_VIEW, query, record=str(record))
    return _one(grant, queries.person(grant, person_id=record), record)


@api.get("/incidents", response={200: schemas.IncidentsFound, **PROBLEMS}, summary="Search incidents")
def search_incidents(request: HttpRequest, query: Query[schemas.IncidentsQuery]) -> HttpResponse:
    """By RD number, or by the beginning of a block such as 047XX S ASHLAND."""
    return _search(request, query, "incidents", Action.INCIDENT_SEARCH, finding.find_incidents)


@api.get("/incidents/{record}", response={200: schemas.OneRecord, **PROBLEMS}, summary="Open one incident")
def view_incident(request: HttpRequest, record: UUID, query: Query[schemas.ViewQuery]) -> HttpResponse:
    """Offenses, narrative and people, as far as the asker may see them."""
    grant = _open(request, Action.INCIDENT_VIEW, query, record=str(record))
    return _one(grant, queries.incident(grant, incident_id=record), record)


@api.get("/arrests", response={200: schemas.ArrestsFound, **PROBLEMS}, summary="Search arrests by CB number")
def search_arrests(request: HttpRequest, query: Query[schemas.ArrestsQuery]) -> HttpResponse:
    """By the beginning of a CB (central booking) number. Needs an open case."""
    return _search(request, query, "arrests", Action.ARREST_SEARCH, finding.find_arrests)


@api.get("/arrests/{record}", response={200: schemas.OneRecord, **PROBLEMS}, summary="Open one arrest")
def view_arrest(request: HttpRequest, record: UUID, query: Query[schemas.ViewQuery]) -> HttpResponse:
    """Person, incident and charges, as far as the asker may see them. Needs an open case."""
    grant = _open(request, Action.ARREST_VIEW, query, record=str(record))
    return _one(grant, queries.arrest(grant, arrest_id=record), record)


@api.get("/vehicles", response={200: schemas.VehiclesFound, **PROBLEMS}, summary="Search vehicles by plate")
def search_vehicles(request: HttpRequest, query: Query[schemas.VehiclesQuery]) -> HttpResponse:
    """By the beginning of a plate."""
    return _search(request, query, "vehicles", Action.VEHICLE_SEARCH, finding.find_vehicles)


@api.get("/vehicles/{record}", response={200: schemas.OneRecord, **PROBLEMS}, summary="Open one vehicle")
def view_vehicle(request: HttpRequest, record: UUID, query: Query[schemas.ViewQuery]) -> HttpResponse:
    """Plate, make, keeper, as far as the asker may see them."""
    grant = _open(request, Action.VEHICLE_VIEW, query, record=str(record))
    return _one(grant, queries.vehicle(grant, vehicle_id=record), record)


@api.get("/cases", response={200: schemas.CasesFound, **PROBLEMS}, summary="List open cases")
def list_cases(request: HttpRequest, query: Query[schemas.CasesQuery]) -> HttpResponse:
    """Open cases, dispatch events and warrants, newest first: what a search can name as its ground."""
    grant = _for_work(request, Action.CASE_LIST, **search_facts(query.q, limit=query.limit))
    rows = finding.open_cases(grant, text=query.q, limit=query.limit)
    listed = render.answer({"results": [asdict(row) for row in rows]}, grant)
    return _release(grant, listed, [row.id for row in rows])


@api.get("/cases/{record}", response={200: schemas.OneRecord, **PROBLEMS}, summary="Open one case")
def view_case(request: HttpRequest, record: UUID) -> HttpResponse:
    """One case: number, kind, subject, and the incident where the asker may see it."""
    grant = _for_work(request, Action.CASE_VIEW, record=str(record))
    return _one(grant, queries.case(grant, case_id=record), record)


@api.get("/decisions/explain", response={200: schemas.Explanation, **PROBLEMS}, summary="Ask why")
def explain(request: HttpRequest, query: Query[schemas.ExplainQuery]) -> HttpResponse:
    """How an act of your own would be decided, by which rules, and what would stay hidden; anyone's to oversight."""
    asker = _asker(request)
    asked = Question(query.officer, query.action, query.purpose, query.case or "", str(query.on or ""))
    grant = gate.open_for(
        asker.officer,
        asked.act_of(asker.officer),
        purpose=asked.reason_of(asker.officer),
        through=asker.through,
        facts={"address": _address(request), **asked.facts()},
    )
    explanation = explain_decision(grant, question=asked)
    return _release(grant, render.answer(asdict(explanation), grant), [])


def _search(request: HttpRequest, query: Any, kind: str, action: Action, find: Any) -> HttpResponse:
    question = query.dict(exclude={"page"})
    filters = FILTERS.get(kind)
    narrow = filters(**{item.name: question[item.name] for item in fields(filters)}) if filters else None
    asked = search_facts(query.q, narrow, limit=query.limit, **page_facts(query.page))
    grant = _open(request, action, query, **asked)
    offset = offset_of(grant, question, query.page)
    narrowing = {"narrow": narrow} if filters else {}
    found = find(grant, text=query.q, limit=query.limit, offset=offset, **narrowing)
    beyond = offset + len(found.rows)
    more = found.rows and found.count > beyond and beyond < finding.DEEPEST
    next_page = _next_page(request, mark_of(grant, question, offset=beyond)) if more else ""
    return _release(grant, render.found(found, grant, next_page), [row.id for row in found.rows])


def _next_page(request: HttpRequest, mark: str) -> str:
    asked = request.GET.copy()
    asked["page"] = mark
    return f"{request.path}?{asked.urlencode()}"


def _for_work(request: HttpRequest, action: Action, **facts: Any) -> Grant:
    asker = _asker(request)
    grant = gate.open_for(
        asker.officer,
        action,
        purpose=purpose_at_own_desk(asker.through or asker.officer),
        through=asker.through,
        facts={"address": _address(request), **facts},
    )
    request.asked_grant = grant  # type: ignore[attr-defined] # read by `_mistake`
    return grant


def _open(request: HttpRequest, action: Action, query: Any, /, **facts: Any) -> Grant:
    asker = _asker(request)
    grant = gate.open_for(
        asker.officer,
        action,
        purpose=purpose_of(query.purpose),
        case=query.case,
        on_behalf_of=query.on_behalf_of,
        through=asker.through,
        facts={"address": _address(request), **facts},
    )
    request.asked_grant = grant  # type: ignore[attr-defined] # read by `_mistake`
    return grant


def _one(grant: Grant, row: Any, record: UUID) -> HttpResponse:
    if row is None:
        return _release(grant, render.absent(), [])
    return _release(grant, render.answer({"result": asdict(row)}, grant), [record])


def _release(grant: Grant, response: HttpResponse, shown: list[UUID]) -> HttpResponse:
    return grant.release(response, shown=shown)


def _asker(request: HttpRequest) -> Asker:
    # An integration says which person it acts for; the gate decides both, and refuses it without one.
    return asker_through(request, str(request.auth))  # type: ignore[attr-defined] # set by ninja from OfficerToken


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


@api.exception_handler(Refused)
def on_refusal(_request: HttpRequest, error: Refused) -> HttpResponse:
    """Answer a refusal of the ask: 403 with the rule."""
    return render.refusal(error)


@api.exception_handler(AuthenticationError)
def on_unknown(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    """Answer somebody unknown: 401, in the log with no agency."""
    refused = gate.turn_away(facts={"address": _address(request)})
    response = render.refusal(refused, 401)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(WrongUsage)
def on_wrong_usage(request: HttpRequest, error: WrongUsage) -> HttpResponse:
    """Answer a request that names what does not exist: 400 and one sentence."""
    return _mistake(request, str(error), 400)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer a request whose fields do not fit: 400 and which."""
    fields = ", ".join(f"{item['loc'][-1]} ({item['msg']})" for item in error.errors)
    return _mistake(request, f"Correct these fields: {fields}.", 400)


@api.exception_handler(Http404)
@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer what the framework refuses before a view is asked."""
    return _mistake(request, "This request cannot be answered as it is.", getattr(error, "status_code", 404))


def _mistake(request: HttpRequest, detail: str, status: int) -> HttpResponse:
    def answer() -> tuple[HttpResponse, RefusalReceipt]:
        receipt = _reported(request)
        return render.mistake(detail, receipt, status), receipt

    try:
        return gate.stamp_mistake(getattr(request, "asked_grant", None), answer)
    except Refused as refused:
        return render.refusal(refused)


def _reported(request: HttpRequest) -> RefusalReceipt:
    asker = asker_of(request)
    route = request.resolver_match.url_name if request.resolver_match else ""
    action = _ACTIONS.get(str(route), Action.DESK_OPEN)
    return gate.report_mistake(
        asker.officer,
        "not understood",
        facts={"address": _address(request), **sent_by(request)},
        action=action,
        purpose=_purpose_of(request, action),
        through=asker.through,
        on_behalf_of=asker.on_behalf_of,
    )


def _purpose_of(request: HttpRequest, action: Action) -> Purpose:
    # What is explained has a purpose too; the question itself is asked at one's own desk.
    asker = asker_of(request)
    at_own_desk = ASKED[action][0] == (Purpose.OWN_ACCOUNT,)
    named = None if at_own_desk else named_purpose(request.GET.get("purpose", ""))
    return named or purpose_at_own_desk(asker.through or asker.officer)
