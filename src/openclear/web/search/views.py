"""The pages on records behind the gate: desk, search, one record of each kind."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openclear.access.errors import Refused
from openclear.access.gate.paging import offset_of, page_facts, page_token
from openclear.access.orders.notices import notices_for
from openclear.records.cases.queries import open_cases
from openclear.records.found import FoundRows, records_in
from openclear.records.kind import RecordKind
from openclear.records.kinds import SEARCHED, search_of, searched
from openclear.search.find import DEEPEST, find, open_page
from openclear.search.one_box import kinds_of
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.web.guard import (
    ask,
    bad_request,
    behind_gate,
    field,
    reason_of,
    rendered,
    rendered_together,
)
from openclear.web.search.filters import ask_narrowed, ask_part
from openclear.web.search.forms import FilterForm
from openclear.web.stops.views import still_open, stop_facts

PAGE, LONGEST_PAGE_TOKEN = 20, 400
# Beside results the case is chosen already; more are suggested as one types.
MOST_SUGGESTED = 10
_NOT_ASKED_AGAIN = {"page", "kind"}


class Section(NamedTuple):
    """The outcome of one kind of search: rows or a refusal, and the token of the next page.

    `takes`: whether this kind can be found by such words. `also`: the address of the same search that also shows people
    without a birth date, "" if it leaves none out.
    """

    kind: str
    found: FoundRows[Any] | None
    refused: Refused | None
    next_page: str
    takes: bool = True
    also: str = ""

    @property
    def head_template(self) -> str:
        """The template of the headings above the results."""
        return f"web/kinds/{self.kind}/head.html"

    @property
    def row_template(self) -> str:
        """The template of one result."""
        return f"web/kinds/{self.kind}/row.html"


@require_GET
@behind_gate
def desk(request: HttpRequest) -> HttpResponse:
    """Show the search, with the purpose and case chosen last."""
    grant = ask(request, Action.DESK_OPEN, purpose=Purpose.OWN_ACCOUNT, chosen=reason_of(request))
    own = stop_facts(grant)
    last = still_open(request.session.get("reason", {}), own["stop"])
    chosen = {**last, **{k: v for k, v in reason_of(request).items() if v}}
    cases = open_cases(grant)
    return rendered(
        request, "web/search.html", grant, records_in(cases), cases=cases, kind="", asked=chosen, filters=FilterForm(),
        kinds=list(SEARCHED), notices=notices_for(grant), **own,
    )  # fmt: skip


@require_GET
@behind_gate
def search(request: HttpRequest) -> HttpResponse:
    """Results of the search box: every kind that the words can mean, or the chosen kind."""
    text, kind = field(request, "q"), field(request, "kind")
    shown: Any = {
        "kind": kind,
        "asked": {"q": text, **reason_of(request)},
        "filters": FilterForm(request.GET),
        "kinds": list(SEARCHED),
    }
    try:
        sections, answers = _sections(request, kind, text)
    except WrongUsage as error:
        return bad_request(request, str(error), "web/search.html", **shown)
    _remember(request)
    if not kind and not any(section.found and section.found.rows for section in sections):
        shown["not_searched"] = [
            name for name in SEARCHED if name not in {section.kind for section in sections}
        ]
    cases = open_cases(answers[0][0], limit=MOST_SUGGESTED)
    answers[0][1].extend(records_in(cases))
    return rendered_together(request, "web/search.html", answers, sections=sections, cases=cases, **shown)


def record_page(kind: RecordKind) -> Callable[..., HttpResponse]:
    """Return the view of one record of a kind."""

    def view(request: HttpRequest, record: UUID) -> HttpResponse:
        grant, part, form = ask_part(request, kind, record)
        row = open_page(grant, kind=kind, record=record, asked=part)
        template = f"web/kinds/{kind.dataset}/page.html"
        return one_record(request, template, grant, row, record, part=part, form=form)

    return require_GET(behind_gate(view))


def one_record(
    request: HttpRequest, template: str, grant: Grant, row: Any, record: UUID, **facts: Any
) -> HttpResponse:
    """Release the page of one record, or the page that says that there is none."""
    asked = reason_of(request)
    if row is None:
        return rendered(request, "web/absent.html", grant, status=404, asked=asked)
    return rendered(request, template, grant, records_in(record, row), row=row, asked=asked, **facts)


def _sections(
    request: HttpRequest, kind: str, text: str
) -> tuple[list[Section], list[tuple[Grant, list[UUID]]]]:
    kinds = (searched(kind),) if kind else kinds_of(text)
    sections: list[Section] = []
    answers: list[tuple[Grant, list[UUID]]] = []
    for one in kinds:
        try:
            section, grant = _section(request, one, text)
        except Refused as error:
            sections.append(Section(str(one.dataset), None, error, ""))
            continue
        sections.append(section)
        answers.append((grant, records_in(section.found.rows if section.found else ())))
    if not answers:
        # Every kind was refused: the refusal is the page. Each is already logged.
        raise next(section.refused for section in sections if section.refused)
    return sections, answers


def _section(request: HttpRequest, kind: RecordKind, text: str) -> tuple[Section, Grant]:
    question = {name: value for name, value in request.GET.items() if name not in _NOT_ASKED_AGAIN}
    token = request.GET.get("page", "")[:LONGEST_PAGE_TOKEN]
    grant, filters = ask_narrowed(request, kind, text, subject=search_of(kind).key(text), **page_facts(token))
    offset = offset_of(grant, question, token)
    found = find(grant, kind=kind, text=text, filters=filters, limit=PAGE, offset=offset)
    beyond = offset + len(found.rows)
    more = found.rows and found.count > beyond and beyond < DEEPEST
    next_page = page_token(grant, question, offset=beyond) if more else ""
    also = (
        _also_unknown(request, kind) if "birth_date" in found.unrecorded and search_of(kind).filters else ""
    )
    return Section(str(kind.dataset), found, None, next_page, search_of(kind).takes(text), also), grant


def _also_unknown(request: HttpRequest, kind: RecordKind) -> str:
    asked = request.GET.copy()
    asked.pop("page", None)
    asked["kind"], asked["born_unknown"] = str(kind.dataset), "true"
    return f"{request.path}?{asked.urlencode()}"


def _remember(request: HttpRequest) -> None:
    # Purpose and case are chosen once and kept; they are stored only when they change.
    if request.session.get("reason") != reason_of(request):
        request.session["reason"] = reason_of(request)
