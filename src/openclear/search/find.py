"""Finding and opening records of every kind.

Each function takes a grant and returns only what its clearance shows, including reasons and counts.
"""

from typing import Any
from uuid import UUID

from django.db.models import Case, Q, Value, When

from openclear.records.found import FoundRows
from openclear.records.kind import RecordKind, Search
from openclear.records.kinds import KINDS, search_of
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.grants import Grant

MOST_ROWS = 50
DEEPEST = 1000


def find(
    grant: Grant, *, kind: RecordKind, text: str, filters: Any = None, limit: int = MOST_ROWS, offset: int = 0
) -> FoundRows[Any]:
    """Return the rows of one kind that match a text and filters, the total count, and why each row was found."""
    grant.require(kind.list_action)
    grant.require_asked(filters)
    search = search_of(kind)
    narrowed = filters or (search.filters() if search.filters else None)
    if not search.key(text):
        return FoundRows((), 0)
    if search.by_rank:
        return search.by_rank(grant, text, narrowed, limit, offset)
    found = search.matching(grant, text, narrowed)
    ordered = found.order_by(*_exact_first(search, text), *search.order)
    rows = kind.rows(grant, list(ordered[offset : offset + limit]))
    reasons = {row.id: search.reasons(text, row) for row in rows}
    return FoundRows(rows, found.count(), reasons, search.unrecorded(grant, text, narrowed))


def _exact_first(search: Search, text: str) -> tuple[Any, ...]:
    # A number exactly as asked stands before longer ones that begin with it.
    if not search.numbers:
        return ()
    exact = Q()
    for column in search.numbers:
        exact |= Q(**{column: search.key(text)})
    return (Case(When(exact, then=Value(0)), default=Value(1)),)


def open_record(grant: Grant, *, kind: RecordKind, record: UUID) -> Any:
    """Return one record with everything related that the holder may see; None if there is none for them."""
    grant.require(kind.view_action)
    return kind.detail(grant, record)


def open_page(grant: Grant, *, kind: RecordKind, record: UUID, asked: Any) -> Any:
    """Return as much of one record as its page shows; None if there is none for the holder. `asked`: None without pages."""
    grant.require(kind.view_action)
    grant.require_asked(asked)
    return kind.pages.query(grant, record, asked) if kind.pages else kind.detail(grant, record)


def handling_of(grant: Grant, *, record: UUID) -> tuple[Dataset, int] | None:
    """Return the data set of a record and its handling labels, nothing of its content: for oversight's questions."""
    grant.require(Action.LOG_VIEW_ALL)
    for kind in KINDS:
        labels = kind.model.objects.filter(pk=record).values_list("labels", flat=True).first()
        if labels is not None:
            return kind.dataset, labels
    return None
