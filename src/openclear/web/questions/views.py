"""Pages about decisions: how an act would be decided, who could have seen what, which case numbers are used most."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openclear.access.explanations import HiddenClass
from openclear.access.registry import queries
from openclear.audit import reading
from openclear.records.cases.queries import open_cases
from openclear.records.found import records_in
from openclear.records.stops.queries import open_stop
from openclear.vocabulary.actions import SEARCHES, VIEWS, Action
from openclear.vocabulary.asked import search_facts
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.roles import Role
from openclear.web import sessions
from openclear.web.endpoint import Answered
from openclear.web.guard import ask, behind_gate, field, rendered
from openclear.web.words import OFFERED

MOST_SUGGESTED = 10
ACTS = (
    *SEARCHES, *VIEWS, Action.EXPORT_KEEP, Action.ALERT_KEEP, Action.ORDER_CUT_OFF, Action.LOG_VIEW_ALL,
)  # fmt: skip


def beside_explanation(answered: Answered) -> dict[str, Any]:
    """Return the choices of the explanation form, and what stays hidden, grouped by rule."""
    # Showing the field for a handle is a convenience; the gate has decided which handles are allowed.
    overseer = Role.INSPECTOR_GENERAL in answered.request.session.get(sessions.ROLES, [])
    hidden = _by_rule(answered.answer.hidden) if answered.answer else {}
    return {"acts": ACTS, "offered": OFFERED, "overseer": overseer, "hidden": hidden}


def beside_could_see(_answered: Answered) -> dict[str, Any]:
    """Return the agencies that can be asked about."""
    return {"agencies": queries.agencies()}


@require_GET
@behind_gate
def case_uses(request: HttpRequest) -> HttpResponse:
    """Show oversight which case numbers are named most, and by whom."""
    number = field(request, "case")
    grant = _overseer(request, reviewed_case=number)
    people = reading.users_of_case(grant, case=number) if number else ()
    return rendered(
        request, "web/case_uses.html", grant, rows=reading.case_uses(grant), number=number, people=people,
        without_effect=reading.cases_without_effect(grant),
    )  # fmt: skip


@require_GET
@behind_gate
def suggest(request: HttpRequest) -> HttpResponse:
    """Suggest numbers of open cases that begin as typed and belong to, or are shared with, the reader's agencies."""
    typed = field(request, "case")
    facts = search_facts(typed, suggested=typed, limit=MOST_SUGGESTED)
    grant = ask(request, Action.CASE_LIST, purpose=Purpose.OWN_ACCOUNT, **facts)
    rows = open_cases(grant, text=typed, limit=MOST_SUGGESTED)
    own = open_stop(grant)
    stop = own if own and own.number.startswith(typed.upper()) else None
    return rendered(request, "web/suggestions.html", grant, records_in(rows), cases=rows, stop=stop)


def _by_rule(hidden: Sequence[HiddenClass]) -> dict[tuple[str, ...], list[str]]:
    # One line for each class of rows, with the data sets in which it is hidden.
    grouped: dict[tuple[str, ...], list[str]] = {}
    for item in hidden:
        grouped.setdefault((item.what, *item.rules), []).append(item.dataset)
    return grouped


def _overseer(request: HttpRequest, **facts: Any) -> Grant:
    return ask(request, Action.LOG_VIEW_ALL, purpose=Purpose.OVERSIGHT_REVIEW, **facts)
