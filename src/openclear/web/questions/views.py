"""Pages that answer why: how an act would be decided, who could have seen what, which case numbers are used most."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openclear.access.explanations import HiddenClass, Question
from openclear.access.explanations import explain as explain_decision
from openclear.access.registry import queries
from openclear.audit import reading
from openclear.oversight import could_see as oversight
from openclear.records.cases.queries import open_cases
from openclear.vocabulary.actions import SEARCHES, VIEWS, Action
from openclear.vocabulary.asked import search_facts
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.roles import Role
from openclear.web import sessions
from openclear.web.guard import address_of, ask, behind_gate, field, rendered
from openclear.web.words import OFFERED

MOST_SUGGESTED = 10
ACTS = (
    *SEARCHES, *VIEWS, Action.EXPORT_KEEP, Action.ALERT_KEEP, Action.ORDER_CUT_OFF, Action.LOG_VIEW_ALL,
)  # fmt: skip


@require_GET
@behind_gate
def explain(request: HttpRequest) -> HttpResponse:
    """Explain a decision: one's own to anyone, everybody's to whom the rules let ask, today or on a day that is past."""
    reader = request.session[sessions.OFFICER]
    asked = Question(
        **{name: field(request, name) for name in ("officer", "action", "purpose", "case", "on")}
    )
    grant = ask(request, asked.act_of(reader), purpose=asked.reason_of(reader), **asked.facts())
    # Whether the field for a handle is shown is a convenience; what it may hold the gate has decided.
    overseer = Role.INSPECTOR_GENERAL in request.session.get(sessions.ROLES, [])
    facts: dict[str, Any] = {"asked": asked, "acts": ACTS, "offered": OFFERED, "overseer": overseer}
    if asked.action:
        facts["row"] = explain_decision(grant, question=asked)
        facts["hidden"] = _by_rule(facts["row"].hidden)
    return rendered(request, "web/explain.html", grant, **facts)


@require_GET
@behind_gate
def could_see(request: HttpRequest) -> HttpResponse:
    """Say for oversight whether an agency could have seen a record on a day, and whether the log shows that it did."""
    asked = oversight.Question(**{name: field(request, name) for name in ("agency", "record", "on")})
    grant = oversight.open_for(request.session[sessions.OFFICER], asked, address=address_of(request))
    facts: dict[str, Any] = {"asked": asked, "agencies": queries.agencies()}
    if not asked.record:
        return rendered(request, "web/could_see.html", grant, **facts)
    seen = oversight.could_see(grant, question=asked)
    return rendered(
        request, "web/could_see.html", grant, [seen.record], could=seen.could, entries=seen.entries, **facts
    )


@require_GET
@behind_gate
def case_uses(request: HttpRequest) -> HttpResponse:
    """Show oversight which case numbers are named most, and by whom."""
    number = field(request, "case")
    grant = _overseer(request, reviewed_case=number)
    people = reading.users_of_case(grant, case=number) if number else ()
    return rendered(
        request, "web/case_uses.html", grant, rows=reading.case_uses(grant), number=number, people=people
    )


@require_GET
@behind_gate
def suggest(request: HttpRequest) -> HttpResponse:
    """Suggest numbers of open cases that begin as typed: those of the reader's agencies, or shared with them."""
    typed = field(request, "case")
    facts = search_facts(typed, suggested=typed, limit=MOST_SUGGESTED)
    grant = ask(request, Action.CASE_LIST, purpose=Purpose.OWN_ACCOUNT, **facts)
    rows = open_cases(grant, text=typed, limit=MOST_SUGGESTED)
    return rendered(request, "web/suggestions.html", grant, [row.id for row in rows], cases=rows)


def _by_rule(hidden: Sequence[HiddenClass]) -> dict[tuple[str, ...], list[str]]:
    # One line for each class of rows, with the data sets that it is hidden in.
    grouped: dict[tuple[str, ...], list[str]] = {}
    for item in hidden:
        grouped.setdefault((item.what, *item.rules), []).append(item.dataset)
    return grouped


def _overseer(request: HttpRequest, **facts: Any) -> Grant:
    return ask(request, Action.LOG_VIEW_ALL, purpose=Purpose.OVERSIGHT_REVIEW, **facts)
