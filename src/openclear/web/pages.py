"""The pages behind the gate on records: desk, search, one record of each kind, the list of cases."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openclear.access.errors import Refused
from openclear.access.notices import notices_for
from openclear.access.paging import mark_of, offset_of, page_facts
from openclear.access.queries import is_officer_of
from openclear.records import finding, queries
from openclear.records.cases import HOST, waiting_cases
from openclear.records.rows import FoundRows
from openclear.records.rules import kinds_of
from openclear.records.sharing import agencies_to_share_with
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import is_within
from openclear.vocabulary.asked import search_facts
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.web.asking import (
    answered,
    ask,
    ask_reasoned,
    field,
    mistake,
    reason_of,
    released,
    released_together,
)
from openclear.web.forms import NarrowForm
from openclear.web.narrowing import ask_narrowed

PAGE, LONGEST_MARK = 20, 400
_SEARCHES: dict[str, tuple[Action, Callable[..., FoundRows[Any]]]] = {
    "people": (Action.PERSON_SEARCH, finding.find_people),
    "incidents": (Action.INCIDENT_SEARCH, finding.find_incidents),
    "arrests": (Action.ARREST_SEARCH, finding.find_arrests),
    "vehicles": (Action.VEHICLE_SEARCH, finding.find_vehicles),
}
_NOT_ASKED_AGAIN = {"page", "kind"}


class Section(NamedTuple):
    """What one kind of search came to: rows or a refusal, and the mark of the next page."""

    kind: str
    found: FoundRows[Any] | None
    refused: Refused | None
    next_page: str


@require_GET
@answered
def desk(request: HttpRequest) -> HttpResponse:
    """Show the search, with the purpose and the case that were chosen last."""
    grant = ask(request, Action.DESK_OPEN, purpose=Purpose.OWN_ACCOUNT, chosen=reason_of(request))
    chosen = {**request.session.get("reason", {}), **{k: v for k, v in reason_of(request).items() if v}}
    cases = finding.open_cases(grant)
    return released(
        request, "web/search.html", grant, cases=cases, kind="", asked=chosen, narrow=NarrowForm(),
        notices=notices_for(grant),
    )  # fmt: skip


@require_GET
@answered
def search(request: HttpRequest) -> HttpResponse:
    """Results of one box: every kind that the words can mean, or the one kind that is chosen."""
    text, kind = field(request, "q"), field(request, "kind")
    shown: Any = {"kind": kind, "asked": {"q": text, **reason_of(request)}, "narrow": NarrowForm(request.GET)}
    try:
        sections, answers = _sections(request, kind, text)
    except WrongUsage as error:
        return mistake(request, str(error), "web/search.html", **shown)
    _remember(request)
    cases = finding.open_cases(answers[0][0])
    return released_together(request, "web/search.html", answers, sections=sections, cases=cases, **shown)


@require_GET
@answered
def cases(request: HttpRequest) -> HttpResponse:
    """Open cases, to be named as the ground of a search."""
    facts = search_facts(field(request, "q"))
    grant = ask(request, Action.CASE_LIST, purpose=Purpose.OWN_ACCOUNT, **facts)
    rows = finding.open_cases(grant, text=field(request, "q"))
    return released(
        request, "web/cases.html", grant, [row.id for row in rows], rows=rows, text=field(request, "q"),
        waiting=waiting_cases(grant), is_partner=not is_officer_of(grant.officer, HOST),
    )  # fmt: skip


@require_GET
@answered
def person(request: HttpRequest, record: UUID) -> HttpResponse:
    """One person."""
    grant = ask_reasoned(request, Action.PERSON_VIEW, record=str(record))
    return _one(request, "web/person.html", grant, queries.person(grant, person_id=record), record)


@require_GET
@answered
def incident(request: HttpRequest, record: UUID) -> HttpResponse:
    """One incident."""
    grant = ask_reasoned(request, Action.INCIDENT_VIEW, record=str(record))
    return _one(request, "web/incident.html", grant, queries.incident(grant, incident_id=record), record)


@require_GET
@answered
def arrest(request: HttpRequest, record: UUID) -> HttpResponse:
    """One arrest."""
    grant = ask_reasoned(request, Action.ARREST_VIEW, record=str(record))
    return _one(request, "web/arrest.html", grant, queries.arrest(grant, arrest_id=record), record)


@require_GET
@answered
def vehicle(request: HttpRequest, record: UUID) -> HttpResponse:
    """One vehicle."""
    grant = ask_reasoned(request, Action.VEHICLE_VIEW, record=str(record))
    return _one(request, "web/vehicle.html", grant, queries.vehicle(grant, vehicle_id=record), record)


@require_GET
@answered
def case(request: HttpRequest, record: UUID) -> HttpResponse:
    """One case, dispatch event or warrant."""
    grant = ask(request, Action.CASE_VIEW, purpose=Purpose.OWN_ACCOUNT, record=str(record))
    row = queries.case(grant, case_id=record)
    is_sponsor = row is not None and row.sponsor == grant.officer
    may_share = row is not None and is_within(row.owner, HOST) and is_officer_of(grant.officer, HOST)
    facts = {"agencies": agencies_to_share_with() if may_share else (), "is_sponsor": is_sponsor}
    return _one(request, "web/case.html", grant, row, record, **facts)


def _one(
    request: HttpRequest, template: str, grant: Grant, row: Any, record: UUID, **facts: Any
) -> HttpResponse:
    asked = reason_of(request)
    if row is None:
        return released(request, "web/absent.html", grant, status=404, asked=asked)
    return released(request, template, grant, [record], row=row, asked=asked, **facts)


def _sections(
    request: HttpRequest, kind: str, text: str
) -> tuple[list[Section], list[tuple[Grant, Sequence[UUID]]]]:
    kinds = (kind,) if kind else kinds_of(text)
    if unknown := [name for name in kinds if name not in _SEARCHES]:
        message = f"Search for people, incidents or vehicles, or for arrests; there is nothing called '{unknown[0][:20]}'."
        raise WrongUsage(message)
    sections: list[Section] = []
    answers: list[tuple[Grant, Sequence[UUID]]] = []
    for name in kinds:
        try:
            section, grant = _section(request, name, text)
        except Refused as error:
            sections.append(Section(name, None, error, ""))
            continue
        sections.append(section)
        answers.append((grant, [row.id for row in section.found.rows] if section.found else []))
    if not answers:
        # Nothing may be answered: the refusal is the page. Each is in the log already.
        raise next(section.refused for section in sections if section.refused)
    return sections, answers


def _section(request: HttpRequest, kind: str, text: str) -> tuple[Section, Grant]:
    action, find = _SEARCHES[kind]
    question = {name: value for name, value in request.GET.items() if name not in _NOT_ASKED_AGAIN}
    mark = request.GET.get("page", "")[:LONGEST_MARK]
    grant, narrow = ask_narrowed(request, action, kind, text, **page_facts(mark))
    offset = offset_of(grant, question, mark)
    narrowing = {"narrow": narrow} if narrow else {}
    found = find(grant, text=text, limit=PAGE, offset=offset, **narrowing)
    beyond = offset + len(found.rows)
    more = found.rows and found.count > beyond and beyond < finding.DEEPEST
    return Section(kind, found, None, mark_of(grant, question, offset=beyond) if more else ""), grant


def _remember(request: HttpRequest) -> None:
    # Purpose and case are chosen once and stay chosen; they are written only when they change.
    if request.session.get("reason") != reason_of(request):
        request.session["reason"] = reason_of(request)
