"""The work behind exports: a job knows an export's number, reads whose it is, and asks the gate like anybody."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from django_tasks import task

from openclear.access import gate
from openclear.access.errors import NotAnswered, Refused
from openclear.access.gate.decide import Decision
from openclear.access.gate.standing import read_standing
from openclear.delivery.drafts import ExportDraft
from openclear.delivery.files import path_of, remove, remove_drafts
from openclear.delivery.models import Export
from openclear.delivery.reports import Report, reports
from openclear.delivery.rules import KEEPING, MOST_PDF_ROWS, MOST_ROWS, digest_of, filters_of
from openclear.records.kinds import searched
from openclear.search.stream import every_row
from openclear.vocabulary.actions import Action
from openclear.vocabulary.asked import search_facts
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.states import SavedStatus
from openclear.vocabulary.without_grant import without_grant

alarm = logging.getLogger("openclear.alarm")
# Under this name a report's export keeps the digest of what it told.
TOLD = "told"
SEALED = "Records were sealed while this was made; ask again."
ENDED = "An order or a rule ended this export while it was made."


@without_grant("for an export whose grant was required")
def enqueue_export(export: UUID) -> None:
    """Queue the making of an export."""
    make_export_job.enqueue(str(export))


@without_grant("the job opens the gate in the name of the export's owner")
@task()
def make_export_job(export: str) -> None:
    """Make one export. What goes wrong is in the log and on the export, never only in the worker's output."""
    make_export(UUID(export))


@without_grant("the job opens the gate in the name of the export's owner")
def make_export(export: UUID) -> None:
    """Decide in the name of the owner, write the file beside its place, and put it there if it still may be.

    Started twice, or after an order, it does nothing.
    """
    if not Export.objects.filter(pk=export, state=SavedStatus.QUEUED).update(state=SavedStatus.RUNNING):
        return
    row = Export.objects.get(pk=export)
    draft = ExportDraft(export)
    try:
        keeping = gate.open_for(
            row.owner, Action.EXPORT_KEEP, purpose=KEEPING, details={"export": str(row.id)}
        )
        _write(row, _ask(row), keeping, draft)
    except (Refused, NotPossible, NotAnswered) as error:
        reason = ENDED if isinstance(error, Refused) else str(error)
        Export.objects.filter(pk=export, state=SavedStatus.RUNNING).update(
            state=SavedStatus.FAILED, problem=reason[:200]
        )
    except Exception as error:  # noqa: BLE001 - whatever it was, its owner is told, and no text of it is logged
        alarm.error("an export failed: %s", type(error).__name__)
        Export.objects.filter(pk=export, state=SavedStatus.RUNNING).update(
            state=SavedStatus.FAILED, problem="This failed here; ask again."
        )
    finally:
        draft.discard()


@without_grant("the worker's duty: it shows nothing")
def fail_interrupted() -> int:
    """Say of each export whose making was broken off that it failed, and remove what it left; return how many.

    Run by the worker as it starts: a city has one worker, so nothing is being made then.
    """
    remove_drafts()
    broken = list(Export.objects.filter(state=SavedStatus.RUNNING).values_list("pk", flat=True))
    for key in broken:
        remove(key)
    return Export.objects.filter(pk__in=broken, state=SavedStatus.RUNNING).update(
        state=SavedStatus.FAILED, problem="The worker stopped while this was made; ask again."
    )


@without_grant("names the act that is asked for")
def action_of(kind: str) -> Action:
    """Return the ask that is decided at every use of an export of this kind."""
    report = reports.of_kind(kind)
    return report.action if report else searched(kind).list_action


@without_grant("reads a row that it is given")
def asked_for(row: Export) -> dict[str, Any]:
    """Return what narrows an export, without what its making noted beside it."""
    return {name: value for name, value in row.filters.items() if name != TOLD}


def _ask(row: Export) -> Grant:
    asked = search_facts(row.text, asked_for(row))
    return gate.open_for(
        row.owner,
        action_of(row.kind),
        purpose=Purpose(row.purpose),
        case=row.case or None,
        filters=asked.pop("filters"),
        details={"export": str(row.id), "format": row.format, **asked},
    )


def _write(row: Export, grant: Grant, keeping: Grant, draft: ExportDraft) -> None:
    attempt = gate.log_act(grant, kind="attempt", details={"export": str(row.id)})
    watermark = {
        "made_for": row.owner,
        "purpose": row.purpose,
        "case": row.case or "-",
        "export": str(row.id),
    }
    report = reports.of_kind(row.kind)
    if report:
        made, digest = _report(row, grant, draft, report, watermark)
    else:
        made, digest = _rows(row, grant, keeping, draft, watermark)
    decision = _recheck(grant, keeping)
    size = made.stat().st_size
    facts = {"export": str(row.id), "rows": draft.rows, "sha256": digest, "bytes": size}
    gate.log_outcome(grant, attempt=attempt, details=facts)
    made.replace(path_of(row.id))
    # A crash on this line leaves a file whose export is not ready: nobody is handed it, and the next start removes it.
    done = Export.objects.filter(pk=row.id, state=SavedStatus.RUNNING).update(
        state=SavedStatus.READY, rows=draft.rows, size=size, sha256=digest, filters=row.filters,
        shown_under=digest_of(decision.clearances),
    )  # fmt: skip
    if not done:  # ended in the meantime: the order has looked for the file already
        remove(row.id)
    elif read_standing().sealings != grant.sealings:
        # Sealed while it was made: either sealing has found the file, or this finds the sealing.
        Export.objects.filter(pk=row.id, state=SavedStatus.READY).update(
            state=SavedStatus.FAILED, problem=SEALED
        )
        remove(row.id)


def _recheck(grant: Grant, keeping: Grant) -> Decision:
    # What the rows are asked for, and that their owner may keep a file at all.
    gate.recheck(keeping)
    return gate.recheck(grant)


def _rows(
    row: Export, grant: Grant, keeping: Grant, draft: ExportDraft, watermark: Mapping[str, str]
) -> tuple[Path, str]:
    most = MOST_PDF_ROWS if row.format == "pdf" else MOST_ROWS
    for rows in every_row(grant, kind=row.kind, text=row.text, filters=filters_of(row.kind, row.filters)):
        _recheck(grant, keeping)  # between any two chunks an order ends it
        draft.add(row.kind, rows)
        if draft.rows > most:
            raise NotPossible(f"An export to {row.format} has at most {most:,} rows; narrow it.")
    return draft.finish(row.kind, row.format, watermark)


def _report(
    row: Export, grant: Grant, draft: ExportDraft, report: Report, watermark: Mapping[str, str]
) -> tuple[Path, str]:
    data, row.filters[TOLD] = report.make(grant, row.filters, watermark)
    return draft.take(data)
