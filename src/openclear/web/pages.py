"""The pages behind the gate: desk, search, one record, refusal."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET

from openclear.access import gate
from openclear.access.errors import Refused
from openclear.records import queries
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose, purpose_of

LONGEST = 200
OFFERED = (
    Purpose.CRIMINAL_INVESTIGATION,
    Purpose.DISPATCH_RESPONSE,
    Purpose.MISSING_PERSON,
    Purpose.STOLEN_PROPERTY,
    Purpose.TRAFFIC_STOP,
    Purpose.WARRANT_SERVICE,
    Purpose.CRIME_ANALYSIS,
    Purpose.RECORDS_MAINTENANCE,
    Purpose.CIVIL_IMMIGRATION_ENFORCEMENT,
)
_SEARCHES: dict[str, tuple[Action, Callable[..., Any]]] = {
    "people": (Action.PERSON_SEARCH, queries.find_people),
    "incidents": (Action.INCIDENT_SEARCH, queries.find_incidents),
    "vehicles": (Action.VEHICLE_SEARCH, queries.find_vehicles),
}
View = Callable[..., HttpResponse]


def answered(view: View) -> View:
    """Ask who is there first, and turn what the gate raises into a page. Every way out is logged and stamped."""

    @wraps(view)
    def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
        officer = request.session.get("officer", "")
        request.officer = officer  # type: ignore[attr-defined] # for the log, should the view fail
        if not officer:
            refused = gate.turn_away(facts={"address": _address(request)})
            return gate.stamp(HttpResponseRedirect("/sign-in"), refused.receipt)
        try:
            try:
                return view(request, **named)
            except WrongUsage as error:
                return _mistake(request, officer, str(error))
        except Refused as error:
            page = render(request, "web/refused.html", {"refused": error}, status=403)
            return gate.stamp(page, error.receipt)

    return guarded


def _mistake(request: HttpRequest, officer: str, problem: str) -> HttpResponse:
    receipt = gate.report_mistake(officer, "not understood", facts={"address": _address(request)})
    page = render(request, "web/mistake.html", {"problem": problem}, status=400)
    return gate.stamp(page, receipt)


@require_GET
@answered
def desk(request: HttpRequest) -> HttpResponse:
    """Show the search form, with open cases to name."""
    grant = _open(request, Action.DESK_OPEN, purpose=Purpose.CRIMINAL_INVESTIGATION, case=None)
    cases = queries.open_cases(grant)
    return _released(request, "web/search.html", grant, [], cases=cases, kind="people", asked={})


@require_GET
@answered
def search(request: HttpRequest) -> HttpResponse:
    """Results of one search of people, incidents or vehicles."""
    kind, text = _field(request, "kind") or "people", _field(request, "q")
    if kind not in _SEARCHES:
        message = "Search for people, incidents or vehicles."
        raise WrongUsage(message)
    action, find = _SEARCHES[kind]
    grant = _asked(request, action, query=text)
    found = find(grant, text=text)
    return _released(
        request, "web/search.html", grant, [row.id for row in found.rows], found=found, kind=kind,
        cases=queries.open_cases(grant), asked={"q": text, **_reason(request)},
    )  # fmt: skip


@require_GET
@answered
def person(request: HttpRequest, record: UUID) -> HttpResponse:
    """One person."""
    grant = _asked(request, Action.PERSON_VIEW, record=str(record))
    return _one(request, "web/person.html", grant, queries.person(grant, person_id=record), record)


@require_GET
@answered
def incident(request: HttpRequest, record: UUID) -> HttpResponse:
    """One incident."""
    grant = _asked(request, Action.INCIDENT_VIEW, record=str(record))
    return _one(request, "web/incident.html", grant, queries.incident(grant, incident_id=record), record)


@require_GET
@answered
def vehicle(request: HttpRequest, record: UUID) -> HttpResponse:
    """One vehicle."""
    grant = _asked(request, Action.VEHICLE_VIEW, record=str(record))
    return _one(request, "web/vehicle.html", grant, queries.vehicle(grant, vehicle_id=record), record)


def _one(request: HttpRequest, template: str, grant: Grant, row: Any, record: UUID) -> HttpResponse:
    if row is None:
        return _released(request, "web/absent.html", grant, [], status=404)
    return _released(request, template, grant, [record], row=row, asked=_reason(request))


def _released(
    request: HttpRequest, template: str, grant: Grant, shown: list[UUID], *, status: int = 200, **facts: Any
) -> HttpResponse:
    context = {**facts, "purposes": OFFERED, "receipt": grant.receipt_marker}
    return grant.release(render(request, template, context, status=status), shown=shown)


def _asked(request: HttpRequest, action: Action, **facts: str) -> Grant:
    purpose = purpose_of(_field(request, "purpose"))
    return _open(request, action, purpose=purpose, case=_field(request, "case") or None, **facts)


def _open(request: HttpRequest, action: Action, *, purpose: Purpose, case: str | None, **facts: str) -> Grant:
    return gate.open_for(
        request.session["officer"], action, purpose=purpose, case=case,
        facts={"address": _address(request), **facts},
    )  # fmt: skip


def _reason(request: HttpRequest) -> dict[str, str]:
    return {"purpose": _field(request, "purpose"), "case": _field(request, "case")}


def _field(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").strip()[:LONGEST]


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
