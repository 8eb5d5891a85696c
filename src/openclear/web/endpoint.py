"""An endpoint as a page: parse, ask the gate, query, render, release."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from openclear.vocabulary.endpoint import Endpoint
from openclear.vocabulary.grants import Grant
from openclear.web.guard import ask, behind_gate, field, rendered


def page_of(
    endpoint: Endpoint, template: str, beside: Callable[[Grant], Mapping[str, Any]] = lambda _: {}
) -> Callable[..., HttpResponse]:
    """Return the view of an endpoint. `beside`: what its page shows besides the rows, under the same grant."""

    def view(request: HttpRequest) -> HttpResponse:
        sent = {name: field(request, name) for name in request.GET if name in endpoint.params.__slots__}
        asked, wrong = endpoint.parsed(sent)
        # An order comes before a mistake: whoever is cut off learns of the order.
        grant = ask(request, endpoint.action, purpose=endpoint.purpose, **endpoint.facts(asked or sent))
        if wrong:
            raise wrong
        rows = endpoint.query(grant, asked)
        return rendered(
            request, template, grant, [row.id for row in rows], rows=rows, asked_for=asked, **beside(grant)
        )

    return require_GET(behind_gate(view))
