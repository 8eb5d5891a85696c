"""All rows that a search finds, chunk by chunk, for exports and alerts: the same filters as the search itself.

`kind`: the data set of a searchable kind, as exports and alerts store it; WrongUsage if there is none of that name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from openclear.records.kind import RecordKind, Rows
from openclear.records.kinds import SEARCHED, search_of, searched
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant

Id = TypeVar("Id")
CHUNK, READ, ASKED = 500, 10_000, 1000
_SEARCHES = tuple(kind.list_action for kind in SEARCHED.values())


def every_row(grant: Grant, *, kind: str, text: str, filters: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    """Yield every row that a search of this kind finds, in chunks of at most 500, in the order of their ids.

    Each chunk is read by its own statement, under the clearance, so the caller can ask the gate between any two, and
    a row that was sealed in the meantime is not in it.
    """
    grant.require(*_SEARCHES)
    grant.require_asked(filters)
    declared = searched(kind)
    found = _matching(grant, declared, text, filters).order_by().values_list("pk", flat=True)
    # Only the ids are remembered, 16 bytes each: a search runs once, and its rows are read again, chunk by chunk.
    ids = sorted(row.bytes for row in found.iterator(chunk_size=READ))
    for start in range(0, len(ids), CHUNK):
        keys = [UUID(bytes=data) for data in ids[start : start + CHUNK]]
        yield declared.rows(grant, list(declared.within(grant).filter(pk__in=keys).order_by("pk")))


def all_there(grant: Grant, *, kind: str, ids: Sequence[UUID | str]) -> bool:
    """Say whether the holder may still see every one of these rows: none was sealed, expunged or removed since."""
    grant.require(*_SEARCHES)
    within = searched(kind).within(grant)
    return all(within.filter(pk__among=part).count() == len(part) for part in _parts(ids))


def count_there(grant: Grant, *, kind: str, ids: Sequence[UUID]) -> int:
    """Return how many of these rows the holder may see now: a sealed row must no longer be counted."""
    grant.require(Action.ALERT_KEEP, *_SEARCHES)
    within = searched(kind).within(grant)
    return sum(within.filter(pk__among=part).count() for part in _parts(ids))


def still_told(grant: Grant, *, kind: str, told: Iterable[UUID | str]) -> bool:
    """Say whether the other records that rows mention may still be shown: registered owners for vehicles, arrests for incidents."""
    grant.require(*_SEARCHES)
    still_tells = searched(kind).still_tells
    return still_tells is None or all(still_tells(grant, part) for part in _parts(list(set(told))))


def ids_found(
    grant: Grant, *, kind: str, text: str, most: int, filters: Mapping[str, Any] | None = None
) -> list[UUID]:
    """Return the ids of at most this many rows that a search finds, for an alert to compare with those that it knows."""
    grant.require(*_SEARCHES)
    grant.require_asked(filters)
    return list(
        _matching(grant, searched(kind), text, filters or {})
        .order_by("pk")
        .values_list("pk", flat=True)[:most]
    )


def _matching(grant: Grant, kind: RecordKind, text: str, filters: Mapping[str, Any]) -> Rows:
    search = search_of(kind)
    if text.strip() and not search.key(text):
        # A text without searchable words is not a search for everything: the search box finds nothing either.
        return kind.model.objects.none()
    return search.matching(grant, text, search.filters(**filters) if search.filters else None)


def _parts(ids: Sequence[Id]) -> Iterator[Sequence[Id]]:
    # A thousand at a time: with ten thousand, PostgreSQL reads the whole table (measured: 30 ms in all became 400).
    return (ids[start : start + ASKED] for start in range(0, len(ids), ASKED))
