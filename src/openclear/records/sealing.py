"""Sealing and expungement: one act labels a record and everything that depends on it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from openclear.access import barrier, gate
from openclear.access.barrier.locks import Drained
from openclear.access.errors import NotAnswered
from openclear.access.gate.standing import count_sealing, read_standing
from openclear.access.ports import ports
from openclear.audit import log
from openclear.audit.rows import NewEntry
from openclear.records.changes import note_incidents
from openclear.records.dependents import copied_as, counted_with, rows_of
from openclear.records.kinds import BY_NOUN, KINDS
from openclear.records.models import Sealing
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.labels import Label
from openclear.vocabulary.without_grant import without_grant

BEYOND = (
    "What people downloaded, printed or wrote down before; the log shows who was shown the record.",
    "Narratives and titles of other records that mention it in their text.",
    "The public edition that contained it, until the edition is made again, and copies of that edition that others keep.",
    "Backups and replicas of the databases. An expunged row stays in the database and is shown to nobody.",
    "Lines that an import rejected (police/rejects): they are kept there unchanged.",
    "The number of an external case: the agency that registered it cannot register it again.",
)
_MODELS = tuple(kind.model for kind in KINDS)
LABELS = {"seal": Label.SEALED, "expunge": Label.EXPUNGED}


def seal(grant: Grant, *, kind: str, record: UUID, court_order: str, how: str = "seal") -> dict[str, int]:
    """Seal or expunge one record and what tells the same (`kind.Sealed`), as a court ordered. Doing it twice is harmless.

    When this has returned, nothing that tells of it is sent any more: no answer, count, figure, range of an export
    or alert, not even one read before; files, hits and links that contained it have ended. Return how many of each, and how many
    answers were met under way and reset; `BEYOND` says what it cannot reach. The public edition that contained it is rebuilt (openclear edition refresh).
    Raises NotPossible if there is no such record, NotAnswered if the record is sealed but an answer was still under
    way after five seconds: the worker completes it.
    """
    grant.require(Action.RECORD_SEAL)
    if kind not in BY_NOUN or how not in LABELS or not court_order.strip():
        raise WrongUsage(
            f"Name a record by its kind ({', '.join(BY_NOUN)}) and its id, and the court order with its number."
        )
    if not BY_NOUN[kind].model.objects.filter(pk=record).exists():
        raise NotPossible(f"There is no {kind} with this id.")
    begun = Sealing.objects.create(
        kind=kind, record=record, label=LABELS[how].value, court_order=court_order[:80], by=grant.officer,
        begun=clock.now(),
    )  # fmt: skip
    facts = {how: kind, "record": str(record), "court_order": court_order}
    try:
        # A crash from here on leaves a sealing that was begun: finish_sealings completes it.
        attempt = gate.log_act(grant, details=facts, kind="attempt")
    except Exception:
        begun.delete()  # not in the log, so not ordered
        raise
    reached = _carry_out(begun)
    gate.log_outcome(grant, attempt=attempt, details={**facts, **reached, "not_reached": list(BEYOND)})
    return reached


def sealings_of(grant: Grant, *, record: UUID) -> list[tuple[datetime, int]]:
    """Return when a record was sealed or expunged here, and the label that it got: itself, or with what it belongs to.

    For oversight's questions about an earlier moment. Imported labels are not in it.
    """
    grant.require(Action.LOG_VIEW_ALL)
    found = Sealing.objects.order_by("begun")
    return [(row.begun, row.label) for row in found if row.record == record or _went_with(row, record)]


def _went_with(sealing: Sealing, record: UUID) -> bool:
    rows = rows_of(BY_NOUN[sealing.kind], sealing.record)
    return any(found.filter(pk=record).exists() for found in rows if found.model in _MODELS)


@without_grant("completes hiding that a crash interrupted; shows nothing")
def finish_sealings(*, older_than: timedelta = timedelta()) -> list[str]:
    """Complete what a crash interrupted; return one sentence for each. Hiding needs no grant: it shows nothing.

    `older_than`: skip what was begun less than this ago, for it may still be under way.
    """
    begun = list(Sealing.objects.filter(done=False, begun__lte=clock.now() - older_than))
    failed: list[Exception] = []
    done = []
    for sealing in begun:
        facts = {"record": str(sealing.record), "court_order": sealing.court_order, "completed": sealing.kind}
        try:
            _note(facts | _carry_out(sealing))
        except Exception as error:  # noqa: BLE001 - one that fails must not keep the others from being completed
            failed.append(error)
        else:
            done.append(
                f"The sealing of a record ({sealing.court_order}) was interrupted; it is completed now."
            )
    if failed:
        raise failed[0]
    return done


def _carry_out(sealing: Sealing) -> dict[str, int]:
    kind = BY_NOUN[sealing.kind]
    with transaction.atomic():
        for rows in rows_of(kind, sealing.record):
            rows.update(labels=F("labels").bitor(sealing.label))
        note_incidents(counted_with(kind, sealing.record))
        count_sealing()
    # A crash on this line leaves every label on, so no new answer tells of it; those under way are waited for later.
    drained = _nothing_under_way()
    copies = copied_as(kind, sealing.record)
    ended = {f"{kept.name}_ended": kept.forget_records(copies) for kept in ports.copies}
    Sealing.objects.filter(pk=sealing.pk).update(done=True)
    return {"answers_met": drained.met, "answers_reset": drained.reset, **ended}


def _nothing_under_way() -> Drained:
    try:
        hold, drained = barrier.exclusive(barrier.RECORDS, certain=True)
    except NotAnswered:
        raise NotAnswered(
            "The record is sealed: no new answer shows it. An answer in progress did not end within five seconds; "
            "the worker completes the sealing within a minute."
        ) from None
    hold.release()
    return drained


def _note(facts: dict[str, Any]) -> None:
    epoch = read_standing().epoch
    log.append(
        NewEntry(
            "outcome",
            "none",
            action=Action.RECORD_SEAL,
            dataset=Dataset.INCIDENTS,
            epoch=epoch,
            details=facts,
        )
    )
