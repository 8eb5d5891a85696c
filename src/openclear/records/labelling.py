"""Labels what is here by the city's tables of offenses, if these changed since it was imported.

No grant is needed: the tables come with the program, like its rules, and the act shows nothing to anyone. It is in
the log. Imported rows are labeled by their source.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, QuerySet

from openclear.access.gate.standing import read_standing
from openclear.audit import log
from openclear.audit.rows import NewEntry
from openclear.records.arrests.models import Arrest, Charge
from openclear.records.changes import bounds_of, note_changes
from openclear.records.incidents.kind import INCIDENTS
from openclear.records.incidents.models import Incident, Involvement, Offense
from openclear.records.models import LabelTable
from openclear.records.rows import UndecidedOffense
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.city import city
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.handling import OffenseTable, handling_of, offense_table, read_offense_table
from openclear.vocabulary.labels import NO_LABEL, Label, united
from openclear.vocabulary.without_grant import without_grant

Progress = Callable[[Sequence[date]], Iterable[date]]
_CHUNK = 800
VICTIM = "victim"
# Tables that depend on an incident, and their path to it.
_HANGING = tuple((table, way) for table, way in INCIDENTS.sealed.rows if table is not Offense)
# And the person whose own label stays: a minor's arrest is a minor's under any name of the offense.
_PERSON = {Involvement: "person", Arrest: "person", Charge: "arrest__person"}


@dataclass(frozen=True, slots=True)
class Change:
    """How the tables now differ for one incident: labels that it gets and labels that it loses."""

    gets: Label
    loses: Label

    def of(self, labels: int) -> int:
        """Return the new labels of a row."""
        return labels & ~self.loses.value | self.gets.value


@without_grant("runs as the city itself, when a process starts")
def is_labelled() -> bool:
    """Say whether everything here is labeled by the tables of this program."""
    kept = LabelTable.objects.order_by("-pk").first()
    return kept is not None and (kept.codes, kept.wordings) == offense_table().texts


@without_grant("runs as the city itself, when a process starts")
def label_again(*, progress: Progress = iter) -> int:
    """Label every incident, and what depends on it, by the city's tables; return how many got or lost a label.

    A label that the tables never gave stays. Months are labeled one by one, each whole or not at all, and marked, so that
    figures and editions are rebuilt. It has to be repeated until `keep_tables` is called.
    """
    kept = LabelTable.objects.order_by("-pk").first()
    before = read_offense_table(kept.codes, kept.wordings) if kept else None
    digest = sha256("".join(offense_table().texts).encode()).hexdigest()
    _note({"offense_tables": digest, "state": "begun"})
    months = [moment.date() for moment in Incident.objects.datetimes("occurred", "month", tzinfo=city().zone)]
    changed = sum(_label_month(before, month) for month in progress(months))
    _note({"offense_tables": digest, "state": "done", "incidents": changed})
    return changed


@without_grant("runs as the city itself, when a process starts")
def keep_tables() -> None:
    """Note that everything here is labeled by the tables of this program, and that nothing older is public."""
    codes, wordings = offense_table().texts
    LabelTable.objects.create(codes=codes, wordings=wordings)


def undecided_offenses(grant: Grant) -> list[UndecidedOffense]:
    """Return the offenses that no row of the city's tables decides, most frequent first."""
    grant.require(Action.RECORDS_IMPORT)
    rows = Offense.objects.within(grant.over(Dataset.INCIDENTS)).values("iucr", "primary_type", "description")
    counted = rows.annotate(offenses=Count("pk")).order_by("-offenses", "iucr", "primary_type", "description")
    return [
        UndecidedOffense(**row, labels=handling.labels)
        for row in counted
        if not (handling := handling_of(row["iucr"], row["primary_type"], row["description"])).decided
    ]


def _note(facts: dict[str, str | int]) -> None:
    epoch = read_standing().epoch
    log.append(
        NewEntry(
            "outcome",
            "none",
            action=Action.RECORDS_IMPORT,
            dataset=Dataset.INCIDENTS,
            epoch=epoch,
            details=facts,
        )
    )


def _label_month(before: OffenseTable | None, month: date) -> int:
    first, last = bounds_of(month)
    with transaction.atomic():
        # Locked: an import or a sealing that comes meanwhile waits, or its label would be overwritten.
        incidents = Incident.objects.select_for_update().filter(occurred__gte=first, occurred__lt=last)
        rows = {row.pk: row for row in incidents.only("labels", "domestic")}
        offenses: dict[UUID, list[Offense]] = {}
        for offense in Offense.objects.filter(incident__occurred__gte=first, incident__occurred__lt=last):
            offenses.setdefault(offense.incident_id, []).append(offense)
        changes: dict[Change, list[UUID]] = {}
        for key, of_incident in offenses.items():
            if change := _change(before, rows[key], of_incident):
                changes.setdefault(change, []).append(key)
        for change, keys in changes.items():
            for start in range(0, len(keys), _CHUNK):
                _carry_out(change, keys[start : start + _CHUNK])
        changed = sum(len(keys) for keys in changes.values())
        note_changes([first] if changed else [])
    return changed


def _change(before: OffenseTable | None, incident: Incident, offenses: Sequence[Offense]) -> Change | None:
    triples = [(row.iucr, row.primary_type, row.description) for row in offenses]
    gets = united(handling_of(*triple).labels for triple in triples)
    had = united(before.handling_of(*triple).labels for triple in triples) if before else NO_LABEL
    flag = Label.DOMESTIC if incident.domestic else NO_LABEL
    change = Change(gets, had & ~gets & ~flag)
    stored = [incident.labels, *(row.labels for row in offenses)]
    return change if any(labels != change.of(labels) for labels in stored) else None


def _carry_out(change: Change, incidents: Sequence[UUID]) -> None:
    own = (Incident.objects.filter(pk__in=incidents), Offense.objects.filter(incident__in=incidents))
    hanging: list[QuerySet[Any]] = [
        model.objects.filter(**{f"{name}__in": incidents}) for model, name in _HANGING
    ]
    for rows in (*own, *hanging):
        rows.update(labels=F("labels").bitor(change.gets.value))
    for label in change.loses:
        for rows in (*own, *(_not_by_person(rows, label) for rows in hanging)):
            rows.update(labels=F("labels").bitand(~label.value))


def _not_by_person(rows: QuerySet[Any], label: Label) -> QuerySet[Any]:
    # Those that do not have the label because of the person, or because they name a victim.
    if rows.model not in _PERSON:
        return rows
    free = rows.filter(**{f"{_PERSON[rows.model]}__labels__lacks": label.value})
    return free.exclude(role=VICTIM) if rows.model is Involvement and label == Label.VICTIM else free
