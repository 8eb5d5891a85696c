"""A search with its filters: asked of the gate with every filter in its entry, on the page, for an export, for an alert."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from openclear.records.kind import RecordKind
from openclear.records.kinds import search_of
from openclear.vocabulary.asked import facts_of, search_facts
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.web.asked_form import AskedForm
from openclear.web.guard import ask_reasoned
from openclear.web.search.forms import FilterForm


def ask_part(request: HttpRequest, kind: RecordKind, record: UUID) -> tuple[Grant, Any, AskedForm | None]:
    """Return the grant to open one record, what is asked of its pages, and the form for it; None, None without pages.

    Raises Refused, and only then WrongUsage for an invalid field, as `ask_narrowed` does.
    """
    if kind.pages is None:
        return ask_reasoned(request, kind.view_action, subject=str(record), record=str(record)), None, None
    form = AskedForm(kind.pages.asked, request.GET)
    try:
        asked = form.asked()
    except WrongUsage:
        ask_reasoned(
            request, kind.view_action, subject=str(record), record=str(record), filters=facts_of(form.typed())
        )
        raise
    return (
        ask_reasoned(
            request, kind.view_action, subject=str(record), record=str(record), filters=facts_of(asked)
        ),
        asked,
        form,
    )


def ask_narrowed(
    request: HttpRequest, kind: RecordKind, text: str, *, subject: str = "", **more: object
) -> tuple[Grant, Any]:
    """Return the grant for a search of one kind and its filters, or None if this kind has none.

    `subject`: the words as they are compared, if they are looked up at once. Raises Refused, and only then WrongUsage
    for an invalid field: an order comes before a mistake.
    """
    known, action = search_of(kind).filters, kind.list_action
    if known is None:
        return ask_reasoned(request, action, subject=subject, **search_facts(text, **more)), None
    form = FilterForm(request.POST if request.method == "POST" else request.GET)
    try:
        filters = form.filters(known)
    except WrongUsage:
        typed = {name: form.data.get(name, "") for name in form.fields}
        ask_reasoned(request, action, subject=subject, **search_facts(text, typed, **more))
        raise
    return ask_reasoned(request, action, subject=subject, **search_facts(text, filters, **more)), filters
