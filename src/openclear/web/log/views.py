"""The pages of the log: the reader's own searches, the published entries, one entry, and a replay on demand."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from openclear.access.orders.queries import order_history
from openclear.audit import filtering, log, reading, verifying
from openclear.oversight.case_findings import FindingParams, case_findings
from openclear.vocabulary.actions import Action
from openclear.vocabulary.asked import facts_of
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.roles import Role
from openclear.web import sessions
from openclear.web.asked_form import AskedForm
from openclear.web.guard import ask, behind_gate, field, redirected, rendered


@require_GET
@behind_gate
def own_searches(request: HttpRequest) -> HttpResponse:
    """Show what the reader asked, with the outcome."""
    grant = ask(request, Action.LOG_VIEW_OWN, purpose=Purpose.OWN_ACCOUNT, **_place(request))
    rows = reading.own_entries(grant, before=_before(request))
    return rendered(request, "web/searches.html", grant, rows=rows, next=_next(rows))


@require_GET
@behind_gate
def entries(request: HttpRequest) -> HttpResponse:
    """Show the entries that the reader may see, and the tree head; or redirect to the entry of a refusal's token."""
    token, form = field(request, "token"), AskedForm(filtering.EntryFilters, request.GET)
    try:
        filters = form.asked()
    except WrongUsage:
        # An order comes before a mistake.
        _reader(request, filters=facts_of(form.typed()), **_place(request))
        raise
    grant = _reader(request, filters=facts_of(filters), **_place(request), **facts_of({"token": token}))
    number = reading.number_of_token(grant, token=token) if token else None
    if number is not None:
        return redirected(grant, "entry", number)
    orders = [row.entry for row in order_history()]
    facts: Any = {
        "found": filtering.filtered(grant, filters=filters, before=_before(request), orders=orders),
        "form": form,
        "filters": filters,
        "acts": list(Action),
        "narrowed": bool(facts_of(filters)),
        "state": log.state(),
        "all": grant.action is Action.LOG_VIEW_ALL,
        "token": token,
        "findings": _recent_findings(grant),
    }
    return rendered(request, "web/log.html", grant, published=reading.published_size(), **facts)


@require_GET
@behind_gate
def entry(request: HttpRequest, number: int) -> HttpResponse:
    """Show one entry, with its body if it is the reader's own or the reader is oversight."""
    grant = _reader(request, entry=number)
    row = reading.entry(grant, number=number)
    if row is None:
        return rendered(request, "web/absent.html", grant, status=404)
    return rendered(request, "web/entry.html", grant, row=row)


@require_POST
@behind_gate
def verify(request: HttpRequest) -> HttpResponse:
    """Start a replay of the whole log."""
    grant = _reader(request)
    return redirected(grant, "verification", verifying.begin(grant))


@require_GET
@behind_gate
def verification(request: HttpRequest, run: int) -> HttpResponse:
    """Show the progress of a replay, and what it found."""
    grant = _reader(request, run=run)
    row = verifying.progress(grant, run=run)
    if row is None:
        return rendered(request, "web/absent.html", grant, status=404)
    return rendered(request, "web/verification.html", grant, run=row)


def _reader(request: HttpRequest, **facts: Any) -> Grant:
    if _is_overseer(request):
        return ask(request, Action.LOG_VIEW_ALL, purpose=Purpose.OVERSIGHT_REVIEW, **facts)
    return ask(request, Action.LOG_VIEW, purpose=Purpose.OWN_ACCOUNT, **facts)


def _recent_findings(grant: Grant) -> int:
    # Oversight's first page says that something waits; it is read when the page is asked for, like the list.
    return len(case_findings(grant, asked=FindingParams())) if grant.action is Action.LOG_VIEW_ALL else 0


def _is_overseer(request: HttpRequest) -> bool:
    return Role.INSPECTOR_GENERAL in request.session.get(sessions.ROLES, [])


def _place(request: HttpRequest) -> dict[str, Any]:
    return facts_of({"before": field(request, "before")})


def _before(request: HttpRequest) -> int | None:
    text = field(request, "before")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _next(rows: object) -> int | None:
    numbers = [row.number for row in rows]  # type: ignore[attr-defined] # rows of the log
    return numbers[-1] if len(numbers) == reading.PAGE and numbers[-1] > 0 else None
