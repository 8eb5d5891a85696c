"""Sealing and expungement: one act puts the label on a record and on everything that hangs on it (20 ILCS 2630/5.2)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from openclear.access import gate
from openclear.records.changed import mark
from openclear.records.models import (
    Address,
    Arrest,
    Charge,
    Identifier,
    Incident,
    Involvement,
    NameWord,
    Offense,
    Person,
    PersonName,
    Sealing,
)
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.labels import Label

LABELS = {"seal": Label.SEALED, "expunge": Label.EXPUNGED}
_HEAD = {"incident": Incident, "arrest": Arrest, "person": Person}


def seal(grant: Grant, *, kind: str, record: UUID, court_order: str, how: str = "seal") -> None:
    """Seal or expunge an incident, an arrest or a person, as a court ordered. Doing it twice is harmless.

    From the moment this returns no search, count, export or alert shows it, and neither do the figures of analysis; the
    public edition that held it is made anew (openclear edition refresh). Raises NotPossible where there is no such record.
    """
    grant.require(Action.RECORD_SEAL)
    if kind not in _HEAD or how not in LABELS or not court_order.strip():
        raise WrongUsage(
            "Name an incident, an arrest or a person by its id, and the court's order with its number."
        )
    if not _HEAD[kind].objects.filter(pk=record).exists():
        raise NotPossible(f"There is no {kind} with this id.")
    begun = Sealing.objects.create(
        kind=kind, record=record, label=LABELS[how].value, court_order=court_order[:80], by=grant.officer
    )
    # A crash from here on leaves a sealing that was begun: finish_sealings completes it at the start.
    gate.record_act(grant, facts={how: kind, "record": str(record), "court_order": court_order})
    _carry_out(begun)


def finish_sealings() -> list[str]:
    """Complete what a crash broke off; return one sentence for each. Hiding needs nobody's grant: it shows nothing."""
    begun = list(Sealing.objects.filter(done=False))
    for sealing in begun:
        _carry_out(sealing)
    return [
        f"The sealing of a record ({sealing.court_order}) was broken off: completed." for sealing in begun
    ]


def _carry_out(sealing: Sealing) -> None:
    with transaction.atomic():
        for rows in _rows_of(sealing.kind, sealing.record):
            rows.update(labels=F("labels").bitor(sealing.label))
        mark(_moments_of(sealing.kind, sealing.record))
        Sealing.objects.filter(pk=sealing.pk).update(done=True)


def _moments_of(kind: str, record: UUID) -> "Iterable[datetime]":
    # A sealed arrest is no arrest in figures either, so the months of its incidents are made anew.
    if kind == "incident":
        return Incident.objects.filter(pk=record).values_list("occurred", flat=True)
    arrests = Arrest.objects.filter(**{"pk" if kind == "arrest" else "person": record})
    return arrests.values_list("incident__occurred", flat=True)


def _rows_of(kind: str, record: UUID) -> "Iterator[QuerySet[Incident]]":
    yield _HEAD[kind].objects.filter(pk=record)
    if kind == "arrest":
        yield Charge.objects.filter(arrest=record)
        return
    hanging = (
        (Offense, Involvement, Arrest)
        if kind == "incident"
        else (PersonName, NameWord, Identifier, Address, Involvement, Arrest)
    )
    for model in hanging:
        yield model.objects.filter(**{kind: record})
    yield Charge.objects.filter(**{f"arrest__{kind}": record})
