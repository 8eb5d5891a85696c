"""Pages that answer why: how an act would be decided, who could have seen what, which case numbers are used most."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openclear.access import queries
from openclear.access.explanations import HiddenClass, action_of, could_have_seen, day_of
from openclear.access.explanations import explain as explain_decision
from openclear.audit import reading
from openclear.records.finding import open_cases
from openclear.records.queries import handling_of
from openclear.search.exports import fetches_of
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import agency_path, is_within
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose, purpose_of
from openclear.web import sessions
from openclear.web.asking import answered, ask, field, released
from openclear.web.words import OFFERED

OVERSEER = "inspector-general"
ACTS = (
    Action.PERSON_SEARCH, Action.PERSON_VIEW, Action.INCIDENT_SEARCH, Action.INCIDENT_VIEW, Action.ARREST_SEARCH,
    Action.VEHICLE_SEARCH, Action.EXPORT_KEEP, Action.ALERT_KEEP, Action.ORDER_CUT_OFF, Action.LOG_VIEW_ALL,
)  # fmt: skip


@require_GET
@answered
def explain(request: HttpRequest) -> HttpResponse:
    """Explain a decision: one's own to anyone, everybody's to oversight, today or on a day that is past."""
    reader = request.session[sessions.OFFICER]
    overseer = OVERSEER in request.session.get(sessions.ROLES, [])
    handle = field(request, "officer") if overseer else reader
    asked = {name: field(request, name) for name in ("officer", "action", "purpose", "case", "on")}
    purpose = Purpose.OVERSIGHT_REVIEW if overseer else Purpose.CRIMINAL_INVESTIGATION
    grant = ask(request, Action.DECISION_EXPLAIN, purpose=purpose, explained=asked)
    facts: dict[str, Any] = {"asked": asked, "acts": ACTS, "offered": OFFERED, "overseer": overseer}
    if asked["action"] and handle:
        facts["row"] = explain_decision(
            grant, handle=handle, action=action_of(asked["action"]), purpose=purpose_of(asked["purpose"]),
            case=asked["case"] or None, on=day_of(asked["on"]),
        )  # fmt: skip
        facts["hidden"] = _by_rule(facts["row"].hidden)
    return released(request, "web/explain.html", grant, **facts)


@require_GET
@answered
def could_see(request: HttpRequest) -> HttpResponse:
    """Say for oversight whether an agency could have seen a record on a day, and whether the log shows that it did."""
    asked = {name: field(request, name) for name in ("agency", "record", "on")}
    grant = _overseer(request, asked=asked)
    facts: dict[str, Any] = {"asked": asked, "agencies": queries.agencies()}
    if asked["record"]:
        facts |= _seen(grant, **asked)
    return released(request, "web/could_see.html", grant, **facts)


@require_GET
@answered
def case_uses(request: HttpRequest) -> HttpResponse:
    """Show oversight which case numbers are named most, and by whom."""
    number = field(request, "case")
    grant = _overseer(request, reviewed_case=number)
    people = reading.users_of_ground(grant, ground=number) if number else ()
    return released(
        request, "web/case_uses.html", grant, rows=reading.ground_uses(grant), number=number, people=people
    )


@require_GET
@answered
def suggest(request: HttpRequest) -> HttpResponse:
    """Suggest numbers of open cases that begin as typed: those of the reader's agencies, or shared with them."""
    grant = ask(
        request, Action.CASE_LIST, purpose=Purpose.CRIMINAL_INVESTIGATION, suggested=field(request, "case")
    )
    rows = open_cases(grant, text=field(request, "case"), limit=10)
    return released(request, "web/suggestions.html", grant, [row.id for row in rows], cases=rows)


def _by_rule(hidden: Sequence[HiddenClass]) -> dict[tuple[str, ...], list[str]]:
    # One line for each class of rows, with the data sets that it is hidden in.
    grouped: dict[tuple[str, ...], list[str]] = {}
    for item in hidden:
        grouped.setdefault((item.what, *item.rules), []).append(item.dataset)
    return grouped


def _overseer(request: HttpRequest, **facts: Any) -> Grant:
    return ask(request, Action.LOG_VIEW_ALL, purpose=Purpose.OVERSIGHT_REVIEW, **facts)


def _seen(grant: Grant, *, agency: str, record: str, on: str) -> dict[str, Any]:
    try:
        identity = UUID(record)
    except ValueError:
        raise WrongUsage("A record is named by its id, as the end of its address shows it.") from None
    handling = handling_of(grant, record=identity)
    if handling is None:
        raise NotPossible("There is no such record.")
    day = day_of(on) or clock.today()
    could = could_have_seen(
        grant, agency=agency_path(agency), dataset=handling[0], labels=handling[1], on=day
    )
    shown = [
        row
        for row in reading.answers_with(
            grant, record=str(identity), on=str(day), exports=fetches_of(grant, record=identity)
        )
        if any(is_within(one, agency) for one in row.header["agencies"])
    ]
    return {"could": could, "entries": shown}
