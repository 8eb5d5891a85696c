"""The work behind exports: a job knows an export's id, reads whose it is, and asks the gate like any request."""

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
from openclear.delivery.endings import log_ending, log_endings, settle
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
# The name under which a report's export stores the digest of its facts.
TOLD = "told"
SEALED = "Records were sealed while this was made; request it again."
ENDED = "An order or a rule ended this export while it was made."


@without_grant("for an export whose grant was required")
def enqueue_export(export: UUID) -> None:
    """Queue the making of an export."""
    make_export_job.enqueue(str(export))


@without_grant("the job opens the gate in the name of the export's owner")
@task()
def make_export_job(export: str) -> None:
    """Make one export. An error is in the log and on the export, never only in the worker's output."""
    make_export(UUID(export))


@without_grant("the job opens the gate in the name of the export's owner")
def make_export(export: UUID) -> None:
    """Decide in the name of the owner, write a draft file, and put it in place if this is still allowed.

    Started twice, or after an order, it does nothing.
    """
    if not Export.objects.filter(pk=export, state=SavedStatus.QUEUED).update(state=SavedStatus.RUNNING):
        # Such as one that an order ended while it waited.
        log_endings()
        return
    row = Export.objects.get(pk=export)
    draft = ExportDraft(export)
    try:
        keeping = gate.open_for(
            row.owner, Action.EXPORT_KEEP, purpose=KEEPING, details={"export": str(row.id)}
        )
        _write(row, _ask(row), keeping, draft)
    except (Refused, NotPossible, NotAnswered) as error:
        _fail(row, ENDED if isinstance(error, Refused) else str(error))
    except Exception as error:  # noqa: BLE001 - for any error, the owner is told, and its text is not logged
        alarm.error("an export failed: %s", type(error).__name__)
        _fail(row, "This failed; request it again.")
    finally:
        draft.discard()


@without_grant("the worker's duty: it shows nothing")
def fail_interrupted() -> int:
    """Mark each export whose making was interrupted as failed, and remove its drafts; return how many.

    Called by the worker at its start: a city has one worker, so nothing is being made then.
    """
    remove_drafts()
    broken = list(Export.objects.filter(state=SavedStatus.RUNNING).values_list("pk", flat=True))
    for key in broken:
        remove(key)
    failed = Export.objects.filter(pk__in=broken, state=SavedStatus.RUNNING).update(
        state=SavedStatus.FAILED, problem="The worker stopped while this was made; request it again."
    )
    log_endings()
    return failed


def _fail(row: Export, problem: str) -> None:
    # First the state: if the log takes no entry now, the worker finds the outcome missing at its next start.
    Export.objects.filter(pk=row.id, state=SavedStatus.RUNNING).update(
        state=SavedStatus.FAILED, problem=problem[:200]
    )
    log_ending(row, problem)


@without_grant("names the act")
def action_of(kind: str) -> Action:
    """Return the act that is decided at every use of an export of this kind."""
    report = reports.of_kind(kind)
    return report.action if report else searched(kind).list_action


@without_grant("reads a row that it is given")
def asked_for(row: Export) -> dict[str, Any]:
    """Return the filters of an export, without the notes of its making."""
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
    row.attempt = attempt.entry
    Export.objects.filter(pk=row.id).update(attempt=row.attempt)
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
    facts = {"export": str(row.id), "rows": draft.rows, "sha256": digest, "bytes": size, "note": draft.note}
    gate.log_outcome(grant, attempt=attempt, details=facts)
    settle(row)
    made.replace(path_of(row.id))
    # A crash on this line leaves a file whose export is not ready: it is never handed out, and the next start removes
    # it.
    done = Export.objects.filter(pk=row.id, state=SavedStatus.RUNNING).update(
        state=SavedStatus.READY, rows=draft.rows, size=size, sha256=digest, filters=row.filters,
        shown_under=digest_of(decision.clearances), problem=draft.note[:200],
    )  # fmt: skip
    if not done:  # ended in the meantime: the order has already looked for the file
        remove(row.id)
    elif read_standing().sealings != grant.sealings:
        # Sealed while it was made: either the sealing has found the file, or this finds the sealing.
        Export.objects.filter(pk=row.id, state=SavedStatus.READY).update(
            state=SavedStatus.FAILED, problem=SEALED
        )
        remove(row.id)


def _recheck(grant: Grant, keeping: Grant) -> Decision:
    # The act for the rows, and whether their owner may keep a file at all.
    gate.recheck(keeping)
    return gate.recheck(grant)


def _rows(
    row: Export, grant: Grant, keeping: Grant, draft: ExportDraft, watermark: Mapping[str, str]
) -> tuple[Path, str]:
    most = MOST_PDF_ROWS if row.format == "pdf" else MOST_ROWS
    for rows in every_row(grant, kind=row.kind, text=row.text, filters=filters_of(row.kind, row.filters)):
        _recheck(grant, keeping)  # an order ends it between any two chunks
        draft.add(row.kind, rows)
        if draft.rows > most:
            raise NotPossible(f"An export to {row.format} has at most {most:,} rows; narrow the search.")
    return draft.finish(row.kind, row.format, watermark)


def _report(
    row: Export, grant: Grant, draft: ExportDraft, report: Report, watermark: Mapping[str, str]
) -> tuple[Path, str]:
    data, row.filters[TOLD] = report.make(grant, row.filters, watermark)
    return draft.take(data)
