"""Imports records of every kind, in batches: all or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from openclear.records.changes import note_changes
from openclear.records.errors import NotARecord
from openclear.records.incidents.models import Incident, Offense
from openclear.records.kinds import KINDS
from openclear.records.people.models import NameWord, Person, PersonName
from openclear.records.people.rules import birth_fault, name_words, sound_of
from openclear.records.record import Record
from openclear.records.rules import record_id
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant

TABLES: Mapping[str, type[Record]] = {name: table for kind in KINDS for name, table in kind.tables.items()}
_CHUNK = 800


def insert_records(grant: Grant, *, source: str, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write a batch of new rows of one table, all or nothing; names become searchable in the same transaction.

    Each row names its `source_id`; ids of other rows come from `record_id`. Raises NotARecord if a
    person's birth date is impossible.
    """
    grant.require(Action.RECORDS_IMPORT)
    model = TABLES[table]
    records = [model(id=record_id(source, table, row["source_id"]), source=source, **row) for row in rows]
    for record in records:
        fault = birth_fault(record.birth_date, clock.today()) if isinstance(record, Person) else None
        if fault:
            message = f"Person {record.source_id} of {source} has {fault}; correct the source."
            raise NotARecord(message)
    with transaction.atomic():
        model.objects.bulk_create(records, batch_size=_CHUNK)
        names = [record for record in records if isinstance(record, PersonName)]
        NameWord.objects.bulk_create(_words_of(names), batch_size=_CHUNK)
        note_changes(record.occurred for record in records if isinstance(record, Incident))
        of_offenses = [record.incident_id for record in records if isinstance(record, Offense)]
        for start in range(0, len(of_offenses), _CHUNK):
            part = Incident.objects.filter(pk__in=of_offenses[start : start + _CHUNK])
            note_changes(part.values_list("occurred", flat=True))


def rows_of_source(grant: Grant, *, source: str) -> tuple[int, int]:
    """Return how many people and how many incidents of a source are here."""
    grant.require(Action.RECORDS_IMPORT)
    return Person.objects.filter(source=source).count(), Incident.objects.filter(source=source).count()


def _words_of(names: Iterable[PersonName]) -> list[NameWord]:
    return [
        NameWord(
            person_id=name.person_id, name_id=name.id, word=word, sound=sound_of(word), labels=name.labels
        )
        for name in names
        for word in dict.fromkeys(name_words(f"{name.given} {name.family}"))
    ]
