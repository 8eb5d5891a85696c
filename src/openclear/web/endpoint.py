"""An endpoint as a page: parse, ask the gate, query, render, release."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openclear.records.found import records_in
from openclear.vocabulary.endpoint import Endpoint
from openclear.vocabulary.grants import Grant
from openclear.web import sessions
from openclear.web.guard import ask, behind_gate, field, rendered


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that a page is about to show. `answer`: the rows or the one answer; None if only the form is shown."""

    request: HttpRequest
    grant: Grant
    asked: Any
    answer: Any


Beside = Callable[[Answered], Mapping[str, Any]]


def page_of(endpoint: Endpoint, beside: Beside = lambda _: {}) -> Callable[..., HttpResponse]:
    """Return the view of an endpoint. `beside`: what its template needs besides the answer, under the same grant."""

    def view(request: HttpRequest) -> HttpResponse:
        sent = {name: field(request, name) for name in request.GET if name in endpoint.params.__slots__}
        asked, wrong = endpoint.parsed(sent)
        action, purpose = endpoint.act_for(request.session[sessions.OFFICER], asked)
        # An order comes before a mistake: anyone who is cut off learns of the order.
        grant = ask(request, action, purpose=purpose, **endpoint.facts(asked))
        if wrong:
            raise wrong
        answer = endpoint.query(grant, asked) if endpoint.is_complete(asked) else None
        more = beside(Answered(request, grant, asked, answer))
        shown = [*(() if answer is None else endpoint.shown(answer)), *records_in(*more.values())]
        context = {("rows" if endpoint.is_list else "row"): answer, "asked": asked, **more}
        return rendered(request, template_of(endpoint), grant, shown, **context)

    return require_GET(behind_gate(view))


def template_of(endpoint: Endpoint) -> str:
    """Return the template of an endpoint's page."""
    return f"web/{endpoint.name.replace('-', '_')}.html"
