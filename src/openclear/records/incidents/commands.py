"""Incidents from a source: inserted, or updated if its revision is newer; what a court labeled stays so."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from openclear.records.changes import note_changes
from openclear.records.incidents.models import Incident, Offense
from openclear.records.incidents.rows import IncidentFacts
from openclear.records.record import Record
from openclear.records.rules import record_id
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.handling import handling_of
from openclear.vocabulary.labels import NO_LABEL, Label

Known = tuple[Incident, Offense | None]
_CHUNK = 800
# The labels that a source can give. Others on the earlier row were set here (by a court, by staff) and stay.
LABELS_OF_SOURCES = Label.DOMESTIC | Label.SEXUAL_ASSAULT | Label.JUVENILE | Label.VICTIM


def upsert_incidents(grant: Grant, *, source: str, batch: Sequence[IncidentFacts]) -> Counter[str]:
    """Import a batch, all or nothing; count what was inserted, updated, unchanged.

    A row is updated only by a newer revision or, where revisions are equal, when it differs; an older revision
    changes nothing. Of two rows with the same id in a batch the newer counts.
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


def _known(source: str, newest: Mapping[str, IncidentFacts]) -> dict[str, Known]:
    keys = list(newest)
    found: dict[str, Known] = {}
    for start in range(0, len(keys), _CHUNK):
        part = keys[start : start + _CHUNK]
        # Locked: a sealing that comes meanwhile waits, or its label would be overwritten.
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
