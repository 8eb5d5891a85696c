"""A stop or call: started in one tap, with its plate and its people, ended with a line on what came of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from openclear.access.registry.duty import is_on_patrol
from openclear.records.stops import commands
from openclear.records.stops.queries import open_stop, silent_stops
from openclear.records.stops.rows import StopRow
from openclear.records.stops.rules import PURPOSE_OF, is_number, purpose_named_by
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.web.guard import ask, behind_gate, field, redirected, rendered


def stop_facts(grant: Grant) -> dict[str, Any]:
    """Return what the search page shows of the reader's stop: one that is open, and those that lack their line."""
    stop, silent = open_stop(grant), silent_stops(grant)
    # Who has one, or has to say what came of one, sees it; who may start one, the form for that.
    return {"stop": stop, "silent": silent, "on_patrol": bool(is_on_patrol(grant.officer) or stop or silent)}


def still_open(chosen: Mapping[str, str], stop: StopRow | None) -> dict[str, str]:
    """Return the purpose and case chosen last, without a stop or call that is over by now."""
    case = chosen.get("case", "")
    is_over = is_number(case) and (stop is None or stop.number != case)
    return {} if is_over else dict(chosen)


@require_POST
@behind_gate
def start(request: HttpRequest) -> HttpResponse:
    """Start a stop or a call, and look its plate up if it has one."""
    kind, asked = field(request, "kind"), {name: field(request, name) for name in ("place", "plate")}
    grant = ask(
        request, Action.STOP_START, purpose=PURPOSE_OF.get(kind, Purpose.TRAFFIC_STOP), starting=asked
    )
    if kind not in PURPOSE_OF:
        raise WrongUsage("Choose whether to start a stop or a call.")
    return _looked_up(request, grant, commands.start_stop(grant, **asked))


@require_POST
@behind_gate
def plate(request: HttpRequest) -> HttpResponse:
    """Give the open stop its plate, or correct it, and look it up."""
    number, typed = field(request, "number"), field(request, "plate")
    purpose = purpose_named_by(number)
    grant = ask(request, Action.STOP_START, purpose=purpose, number=number, plate=typed)
    return _looked_up(request, grant, commands.set_plate(grant, number=number, plate=typed))


@require_POST
@behind_gate
def people(request: HttpRequest) -> HttpResponse:
    """Add a person to the open stop, by full name and date of birth, and show who that is."""
    number = field(request, "number")
    asked = {name: field(request, name) for name in ("name", "born")}
    purpose = purpose_named_by(number)
    grant = ask(request, Action.STOP_IDENTIFY, purpose=purpose, case=number, subject=number, filters=asked)
    rows = commands.identify(grant, name=asked["name"], born=_day(asked["born"]))
    reason = {"purpose": str(purpose), "case": number}
    return rendered(request, "web/stop_people.html", grant, [row.id for row in rows], rows=rows, asked=reason)


@require_POST
@behind_gate
def end(request: HttpRequest) -> HttpResponse:
    """End a stop, or say of one that is over what came of it."""
    number, outcome = field(request, "number"), field(request, "outcome")
    grant = ask(request, Action.STOP_END, purpose=Purpose.OWN_ACCOUNT, number=number, outcome=outcome)
    commands.end_stop(grant, number=number, outcome=outcome)
    if request.session.get("reason", {}).get("case") == number:
        del request.session["reason"]
    return redirected(grant, "desk")


def _looked_up(request: HttpRequest, grant: Grant, row: StopRow) -> HttpResponse:
    # What is asked next is asked for the stop, until another purpose or case is chosen.
    reason = {"purpose": str(grant.purpose), "case": row.number, "on_behalf_of": ""}
    request.session["reason"] = reason
    where = reverse("desk")
    if row.plate:
        asked = {
            "q": row.plate,
            "kind": str(Dataset.VEHICLES),
            "purpose": reason["purpose"],
            "case": row.number,
        }
        where = f"{reverse('search')}?{urlencode(asked)}"
    response = HttpResponseRedirect(where)
    response.status_code = 303
    return grant.release(response)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUsage("Enter the date of birth, such as 1985-06-30.") from None
