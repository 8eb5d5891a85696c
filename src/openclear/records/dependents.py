"""What tells the same as a record that a court seals: the rows that get its label too, and what is derived from them.

A kind of record declares both (`kind.Sealed`); tests/records/test_told.py seals each and checks every place.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from openclear.records.arrests.models import Arrest
from openclear.records.incidents.models import Incident
from openclear.records.kind import RecordKind
from openclear.records.kinds import KINDS
from openclear.vocabulary.without_grant import without_grant


@without_grant("for a sealing, whose grant was required")
def rows_of(kind: RecordKind, record: UUID) -> Iterator[Any]:
    """Yield the record and everything that gets its label too, table by table."""
    yield kind.model.objects.filter(pk=record)
    for table, way in kind.sealed.rows:
        yield table.objects.filter(**{way: record})


@without_grant("for a sealing, whose grant was required")
def copied_as(kind: RecordKind, record: UUID) -> list[UUID]:
    """Return the ids under which copies kept elsewhere contain a record, or tell of it.

    Its arrests, and their incidents; and the records of other kinds that get the label with it, such as its property.
    """
    arrests: list[tuple[UUID, UUID]] = []
    if kind.sealed.arrests:
        found = Arrest.objects.filter(**{kind.sealed.arrests: record})
        arrests = list(found.values_list("pk", "incident"))
    tables = {other.model for other in KINDS}
    along = [table.objects.filter(**{way: record}) for table, way in kind.sealed.rows if table in tables]
    ids = {key for rows in along for key in rows.values_list("pk", flat=True)}
    return [record, *({one for pair in arrests for one in pair} | ids) - {record}]


@without_grant("for a sealing, whose grant was required")
def counted_with(kind: RecordKind, record: UUID) -> list[tuple[UUID, datetime]]:
    """Return the incidents whose figures a sealing changes, with their moments: a sealed arrest does not count either."""
    way = kind.sealed.moment
    return list(Incident.objects.filter(**{way: record}).values_list("pk", "occurred")) if way else []
