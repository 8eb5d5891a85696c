"""Bringing records in: batches that are whole or not there."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from openclear.access.registry.acts import one_at_a_time
from openclear.access.registry.guarded import is_guarded
from openclear.records.cases.models import Case, CaseShare
from openclear.records.changed import note_changes
from openclear.records.errors import NotARecord
from openclear.records.incidents.models import Incident, Offense
from openclear.records.incidents.rows import IncidentFacts
from openclear.records.kinds import KINDS
from openclear.records.people.models import NameWord, Person, PersonName
from openclear.records.record import Record
from openclear.records.rules import birth_fault, name_words, sound_of
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.handling import handling_of
from openclear.vocabulary.labels import NO_LABEL, Label
from openclear.vocabulary.without_grant import without_grant

Known = tuple[Incident, Offense | None]
_NAMESPACE = uuid5(NAMESPACE_URL, "openclear.records")
_CHUNK = 800
# What a source can tell of an incident. What it did not tell of the row before was set here (by a court, by staff) and stays.
LABELS_OF_SOURCES = Label.DOMESTIC | Label.SEXUAL_ASSAULT | Label.JUVENILE | Label.VICTIM
TABLES: Mapping[str, type[Record]] = {name: table for kind in KINDS for name, table in kind.tables.items()}


@without_grant("makes an id; reads nothing")
def record_id(source: str, table: str, source_id: str) -> UUID:
    """Return the id that a source's row always has here, so that bringing it in twice is one row."""
    return uuid5(_NAMESPACE, f"{source}/{table}/{source_id}")


def upsert_incidents(grant: Grant, *, source: str, batch: Sequence[IncidentFacts]) -> Counter[str]:
    """Bring a batch in, all of it or nothing; count what was inserted, updated, unchanged.

    A row is updated only by a newer revision or, where revisions are equal, when it differs; an older revision
    changes nothing. Of two rows with one id in a batch the newer counts.
    """
    grant.require(Action.RECORDS_IMPORT)
    newest: dict[str, IncidentFacts] = {}
    for facts in batch:
        held = newest.get(facts.source_id)
        if held is None or facts.revision >= held.revision:
            newest[facts.source_id] = facts
    counts = Counter({"unchanged": len(batch) - len(newest)})
    with transaction.atomic():
        known = _known(source, newest)
        inserts = [facts for key, facts in newest.items() if key not in known]
        updates = [facts for key, facts in newest.items() if key in known and _changes(known[key], facts)]
        _insert(source, inserts)
        _update(source, updates, known)
        note_changes(facts.incident["occurred"] for facts in [*inserts, *updates])
        note_changes(known[facts.source_id][0].occurred for facts in updates)
    counts += Counter(inserted=len(inserts), updated=len(updates))
    counts["unchanged"] += len(newest) - len(inserts) - len(updates)
    return counts


def insert_records(grant: Grant, *, source: str, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write a batch of new rows of one table, all or nothing; names become findable in the same transaction.

    Each row names its `source_id`; ids of other rows come from `record_id`. Raises NotARecord where a
    person's birth date cannot be true.
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


@one_at_a_time
def share_open_cases(grant: Grant, *, source: str, agencies: Sequence[str], newest: int, one_in: int) -> None:
    """Share the newest open cases of a source, and one in so many of the others, with agencies. Twice is harmless.

    For the invented city: nothing is shared with an agency under an order, which is asked within the lock of all acts.
    """
    grant.require(Action.RECORDS_IMPORT)
    open_to = [agency for agency in agencies if not is_guarded(agency)]
    cases = Case.objects.filter(source=source, closed=None).order_by("-opened", "number")
    joint = [case for place, case in enumerate(cases) if place < newest or place % one_in == 0]
    day = clock.today()
    shares = [
        CaseShare(case=case, agency=agency, shared_by=grant.officer, since=day)
        for case in joint
        for agency in open_to
    ]
    CaseShare.objects.bulk_create(shares, batch_size=_CHUNK, ignore_conflicts=True)


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


def _known(source: str, newest: Mapping[str, IncidentFacts]) -> dict[str, Known]:
    keys = list(newest)
    found: dict[str, Known] = {}
    for start in range(0, len(keys), _CHUNK):
        part = keys[start : start + _CHUNK]
        # Locked: a sealing that comes meanwhile waits, or its label would be written over.
        incidents = list(Incident.objects.select_for_update().filter(source=source, source_id__in=part))
        offenses = {
            row.source_id: row
            for row in Offense.objects.select_for_update().filter(source=source, source_id__in=part)
        }
        for row in incidents:
            found[row.source_id] = (row, offenses.get(row.source_id))
    return found


def _changes(known: Known, facts: IncidentFacts) -> bool:
    incident, offense = known
    if facts.revision != incident.revision:
        return facts.revision > incident.revision
    if offense is None:
        return True
    told = _labels_told(known)
    return _differs(incident, facts.incident, told) or _differs(offense, facts.offense, told)


def _labels_told(known: Known) -> Label:
    # By its offense, and by the source's flag.
    incident, offense = known
    flag = Label.DOMESTIC if incident.domestic else NO_LABEL
    if offense is None:
        return flag
    return flag | handling_of(offense.iucr, offense.primary_type, offense.description).labels


def _differs(row: Record, values: Mapping[str, Any], told: Label) -> bool:
    kept = _keeping_labels(row, values, told)
    return any(getattr(row, name) != value for name, value in kept.items())


def _keeping_labels(row: Record, values: Mapping[str, Any], told: Label) -> dict[str, Any]:
    own = row.labels & ~told.value
    return {**values, "labels": own | values["labels"] & LABELS_OF_SOURCES.value}


def _insert(source: str, batch: Sequence[IncidentFacts]) -> None:
    Incident.objects.bulk_create([_incident(source, facts) for facts in batch], batch_size=_CHUNK)
    Offense.objects.bulk_create([_offense(source, facts) for facts in batch], batch_size=_CHUNK)


def _update(source: str, batch: Sequence[IncidentFacts], known: Mapping[str, Known]) -> None:
    if not batch:
        return
    incidents, offenses = [], []
    for facts in batch:
        incident, offense = known[facts.source_id]
        told = _labels_told((incident, offense))
        kept = replace(
            facts,
            incident=_keeping_labels(incident, facts.incident, told),
            offense=_keeping_labels(offense or incident, facts.offense, told),
        )
        incidents.append(_incident(source, kept))
        offenses.append(_offense(source, kept))
    Incident.objects.bulk_update(incidents, ["revision", *batch[0].incident], batch_size=100)
    Offense.objects.bulk_update(offenses, ["revision", *batch[0].offense], batch_size=100)


def _incident(source: str, facts: IncidentFacts) -> Incident:
    return Incident(
        id=record_id(source, "incident", facts.source_id),
        source=source,
        source_id=facts.source_id,
        revision=facts.revision,
        **facts.incident,
    )


def _offense(source: str, facts: IncidentFacts) -> Offense:
    return Offense(
        id=record_id(source, "offense", facts.source_id),
        incident_id=record_id(source, "incident", facts.source_id),
        source=source,
        source_id=facts.source_id,
        revision=facts.revision,
        **facts.offense,
    )
