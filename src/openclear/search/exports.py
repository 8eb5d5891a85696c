"""Exports: asked for, made by a job, fetched in ranges. The gate decides each step anew; an order ends all of them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from openclear.access import gate
from openclear.audit import log
from openclear.records.kinds import searched
from openclear.records.streaming import all_there, still_told
from openclear.search.errors import Gone
from openclear.search.files import exports_with, ids_of, path_of, remove, told_in
from openclear.search.jobs import TOLD, action_of, asked_for, enqueue_export
from openclear.search.models import Export
from openclear.search.reports import reports
from openclear.search.rows import ExportRow
from openclear.search.rules import (
    EXPORT_LIFETIME,
    FORMATS,
    KEEPING,
    MOST_PER_DAY,
    OVER,
    digest_of,
    for_oneself,
    parts_of,
)
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.asked import facts_of, search_facts
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.states import SavedStatus
from openclear.vocabulary.without_grant import without_grant


def request_export(
    grant: Grant, *, kind: str, text: str, filters: Mapping[str, Any], format_name: str
) -> ExportRow:
    """Queue an export of everything that a search finds. `grant`: for that very search, decided now and again in the job.

    Raises WrongUsage for an unknown kind or format or a search for everything, NotPossible beyond the day's quota.
    """
    grant.require(searched(kind).list_action)
    for_oneself(grant)
    if format_name not in FORMATS:
        raise WrongUsage(f"Choose the format of the export: {', '.join(FORMATS)}.")
    if not text.strip() and not any(filters.values()):
        raise WrongUsage("Say what the export is of: a name, plate, block or number, or what narrows it.")
    return _queued(grant, kind, format_name, text.strip(), facts_of(filters))


@without_grant("requires the act of the report that is named")
def request_report(grant: Grant, *, kind: str, asked: Mapping[str, str]) -> ExportRow:
    """Queue a report. `grant`: for the ask that its figures answer, decided now, in the job, and at every fetch.

    Raises WrongUsage for what it cannot be of, NotPossible where it cannot be yet or beyond the day's quota.
    """
    report = reports.of_kind(kind)
    if report is None:
        raise WrongUsage(f"There is no report '{kind[:20]}'.")
    grant.require(report.action)
    for_oneself(grant)
    kept = report.check(grant, asked)
    return _queued(grant, kind, report.format, " ".join(kept.values()), kept)


def _queued(grant: Grant, kind: str, format_name: str, text: str, filters: dict[str, Any]) -> ExportRow:
    # Kept as the log spells it: an erasure finds this by the words of an entry.
    text, filters = log.spelled(text), log.spelled(filters)
    # Refused here and not in the job: a file that its owner may not keep is not made.
    gate.open_for(
        grant.officer, Action.EXPORT_KEEP, purpose=KEEPING, details={"export": f"{kind} {format_name}"}
    )
    today = Export.objects.filter(owner=grant.officer, created__gt=clock.now() - timedelta(days=1))
    if today.count() >= MOST_PER_DAY:
        raise NotPossible(
            f"You asked for {MOST_PER_DAY} exports within a day; that is all one account may have."
        )
    asked = search_facts(text, filters)
    gate.log_act(grant, filters=asked.pop("filters"), details={"export": f"{kind} {format_name}", **asked})
    moment = clock.now()
    export = Export.objects.create(
        owner=grant.officer, kind=kind, purpose=grant.purpose, case=grant.inquiry.case, text=text, filters=filters,
        format=format_name, state=SavedStatus.QUEUED, created=moment, expires=moment + EXPORT_LIFETIME,
    )  # fmt: skip
    enqueue_export(export.id)
    return _row(export)


def own_exports(grant: Grant) -> Sequence[ExportRow]:
    """Return the holder's exports, newest first."""
    grant.require(Action.EXPORT_KEEP)
    return [_row(row) for row in Export.objects.filter(owner=grant.officer).order_by("-created")[:100]]


def own_export(grant: Grant, *, export: UUID) -> ExportRow:
    """Return one of the holder's exports. Raises Gone where it is none of theirs."""
    grant.require(Action.EXPORT_KEEP)
    return _row(_own(grant, export))


def end_export(grant: Grant, *, export: UUID) -> None:
    """End one of the holder's exports and remove its file. Raises Gone."""
    grant.require(Action.EXPORT_KEEP)
    row = _own(grant, export)
    gate.log_act(grant, details={"export_ended": str(row.id)})
    Export.objects.filter(pk=row.id).update(state=SavedStatus.ENDED)
    remove(row.id)


def open_part(grant: Grant, *, export: UUID, start: int, stop: int, address: str) -> tuple[Grant, bytes]:
    """Return the grant of a new decision on what an export holds, and the bytes of one range, still to be released.

    Raises Gone where it has ended, the rules changed, or a row of this range, or what one tells of another record, was
    sealed or removed since: then all of it ends. Raises Refused where the owner may not ask that question any more.
    """
    grant.require(Action.EXPORT_KEEP)
    row = _own(grant, export)
    if row.state != SavedStatus.READY:
        raise Gone("This export has no file: it is not made yet, or it has ended.")
    asked = search_facts(row.text, asked_for(row))
    where = {"export": str(row.id), "range": f"{start}-{stop}", "address": address, "format": row.format}
    asking = gate.open_for(
        row.owner,
        action_of(row.kind),
        purpose=Purpose(row.purpose),
        case=row.case or None,
        filters=asked.pop("filters"),
        details=where | asked,
    )
    if digest_of(asking.clearances) != row.shown_under:
        raise _ended(row, "The rules for you changed since this export was made; ask for it again.")
    try:
        if not _unchanged(row, asking, start, stop):
            raise _ended(row, OVER)
        with path_of(row.id).open("rb") as file:
            file.seek(start)
            return asking, file.read(stop - start)
    except FileNotFoundError:
        raise Gone("This export has ended.") from None


@without_grant("the worker's duty: it ends what is too old, and shows nothing")
def expire() -> int:
    """End what is older than it may be, with its file; return how many. Run by the worker."""
    old = Export.objects.filter(expires__lte=clock.now()).exclude(state=SavedStatus.ENDED)
    keys = list(old.values_list("pk", flat=True))
    for key in keys:
        remove(key)
    return Export.objects.filter(pk__in=keys).update(state=SavedStatus.ENDED)


def fetches_of(grant: Grant, *, record: UUID) -> Sequence[str]:
    """Return the ids of the exports that held a record, for oversight to find who fetched them."""
    grant.require(Action.LOG_VIEW_ALL)
    return exports_with(record)


def _unchanged(row: Export, asking: Grant, start: int, stop: int) -> bool:
    report = reports.of_kind(row.kind)
    if report:
        # Figures name no record: they are counted again.
        try:
            return bool(report.digest(asking, row.filters) == row.filters[TOLD])
        except NotPossible:  # nothing is left to tell
            return False
    return all_there(asking, kind=row.kind, ids=ids_of(row.id, start, stop)) and still_told(
        asking, kind=row.kind, told=told_in(row.id, start, stop)
    )


def _ended(row: Export, why: str) -> Gone:
    # Its measures go too: they say how much there was. Oversight has them in the log.
    Export.objects.filter(pk=row.id).update(state=SavedStatus.ENDED, problem=why, rows=0, size=0, sha256="")
    remove(row.id)
    return Gone(why)


def _own(grant: Grant, export: UUID) -> Export:
    row = Export.objects.filter(pk=export, owner=grant.officer, expires__gt=clock.now()).first()
    if row is None:
        raise Gone("There is no such export.")
    return row


def _row(export: Export) -> ExportRow:
    return ExportRow(
        export.id, export.kind, export.purpose, export.case, export.text, export.format, export.state,
        export.rows, export.size, parts_of(export.size), export.sha256, export.problem, export.created, export.expires,
    )  # fmt: skip
