"""A search with what narrows it: asked of the gate with every filter in its entry, on the page, for an export, for an alert."""

from typing import Any

from django.http import HttpRequest

from openclear.records.rows import FILTERS
from openclear.vocabulary.actions import Action
from openclear.vocabulary.asked import search_facts
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.web.asking import ask_reasoned
from openclear.web.forms import NarrowForm


def ask_narrowed(
    request: HttpRequest, action: Action, kind: str, text: str, **more: object
) -> tuple[Grant, Any]:
    """Return the grant for a search of one kind and its filters, or None where this kind has none.

    Raises Refused, and only then WrongUsage for a field that does not fit: an order comes before a mistake.
    """
    if kind not in FILTERS:
        return ask_reasoned(request, action, **search_facts(text, **more)), None
    form = NarrowForm(request.POST if request.method == "POST" else request.GET)
    try:
        narrow = form.narrowing(FILTERS[kind])
    except WrongUsage:
        typed = {name: form.data.get(name, "") for name in form.fields}
        ask_reasoned(request, action, **search_facts(text, typed, **more))
        raise
    return ask_reasoned(request, action, **search_facts(text, narrow, **more)), narrow
