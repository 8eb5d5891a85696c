"""Requesting an export or a report, ending one, and ending those that are too old. A job makes the file (`jobs`)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from openclear.access import barrier, gate
from openclear.audit import log
from openclear.delivery.endings import log_endings
from openclear.delivery.exports.queries import own_row, row_of
from openclear.delivery.exports.rows import ExportRow
from openclear.delivery.files import remove
from openclear.delivery.jobs import enqueue_export
from openclear.delivery.models import Export
from openclear.delivery.reports import reports
from openclear.delivery.rules import EXPORT_LIFETIME, FORMATS, KEEPING, MOST_PER_DAY, for_oneself, turn_of
from openclear.records.kinds import searched
from openclear.search.takes import check_takes
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.asked import facts_of, search_facts
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.states import SavedStatus
from openclear.vocabulary.without_grant import without_grant


def request_export(
    grant: Grant, *, kind: str, text: str, filters: Mapping[str, Any], format_name: str
) -> ExportRow:
    """Queue an export of everything that a search finds. `grant`: for this search, decided now and again in the job.

    Raises WrongUsage for an unknown kind or format or a search for everything, NotPossible beyond the day's quota.
    """
    grant.require(searched(kind).list_action)
    for_oneself(grant)
    if format_name not in FORMATS:
        raise WrongUsage(f"Choose the format of the export: {', '.join(FORMATS)}.")
    if not text.strip() and not any(filters.values()):
        raise WrongUsage("Enter what to export: a name, plate, block or number, or a filter.")
    check_takes(searched(kind), text)
    return _queued(grant, kind, format_name, text.strip(), facts_of(filters))


@without_grant("requires the act of the report that is named")
def request_report(grant: Grant, *, kind: str, asked: Mapping[str, str]) -> ExportRow:
    """Queue a report. `grant`: for the question behind its figures, decided now, in the job, and at every fetch.

    Raises WrongUsage for invalid parameters, NotPossible if it cannot be made yet or beyond the day's quota.
    """
    report = reports.of_kind(kind)
    if report is None:
        raise WrongUsage(f"There is no report '{kind[:20]}'.")
    grant.require(report.action)
    for_oneself(grant)
    kept = report.check(grant, asked)
    return _queued(grant, kind, report.format, " ".join(kept.values()), kept)


def _queued(grant: Grant, kind: str, format_name: str, text: str, filters: dict[str, Any]) -> ExportRow:
    # Stored in the log's spelling: an erasure finds it by the words of an entry.
    text, filters = log.spelled(text), log.spelled(filters)
    # Refused here and not in the job: a file that its owner may not keep is not made.
    gate.open_for(
        grant.officer, Action.EXPORT_KEEP, purpose=KEEPING, details={"export": f"{kind} {format_name}"}
    )
    asked = search_facts(text, filters)
    # Counted and created within one turn of its owner, so that requests at the same moment do not exceed the quota.
    with barrier.frozen(turn_of(grant.officer)):
        _check_quota(grant)
        receipt = gate.log_act(
            grant, filters=asked.pop("filters"), details={"export": f"{kind} {format_name}", **asked}
        )
        moment = clock.now()
        export = Export.objects.create(
            owner=grant.officer, kind=kind, purpose=grant.purpose, case=grant.inquiry.case, text=text, filters=filters,
            format=format_name, state=SavedStatus.QUEUED, created=moment, expires=moment + EXPORT_LIFETIME,
            attempt=receipt.entry,
        )  # fmt: skip
    enqueue_export(export.id)
    return row_of(export)


def _check_quota(grant: Grant) -> None:
    today = Export.objects.filter(owner=grant.officer, created__gt=clock.now() - timedelta(days=1))
    if today.count() >= MOST_PER_DAY:
        raise NotPossible(
            f"You asked for {MOST_PER_DAY} exports within a day; that is the limit for one account."
        )


def end_export(grant: Grant, *, export: UUID) -> None:
    """End one of the holder's exports and remove its file. Raises Gone."""
    grant.require(Action.EXPORT_KEEP)
    row = own_row(grant, export=export)
    gate.log_act(grant, details={"export_ended": str(row.id)})
    Export.objects.filter(pk=row.id).update(state=SavedStatus.ENDED)
    remove(row.id)


@without_grant("the worker's duty: it ends what is too old, and shows nothing")
def expire() -> int:
    """End exports past their time, with their files; return how many. Run by the worker.

    Logs the outcome of each that ended without one, such as by an order before a worker began it.
    """
    old = Export.objects.filter(expires__lte=clock.now()).exclude(state=SavedStatus.ENDED)
    keys = list(old.values_list("pk", flat=True))
    for key in keys:
        remove(key)
    ended = Export.objects.filter(pk__in=keys).update(state=SavedStatus.ENDED)
    log_endings()
    return ended
