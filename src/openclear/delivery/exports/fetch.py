"""Fetching an export, range by range. Each range is decided again, and compared with the current records."""

from uuid import UUID

from openclear.access import gate
from openclear.delivery.errors import Gone
from openclear.delivery.exports.queries import own_row
from openclear.delivery.files import ids_of, path_of, remove, told_in
from openclear.delivery.jobs import TOLD, action_of, asked_for
from openclear.delivery.models import Export
from openclear.delivery.reports import reports
from openclear.delivery.rules import OVER, digest_of
from openclear.search.stream import all_there, still_told
from openclear.vocabulary.actions import Action
from openclear.vocabulary.asked import search_facts
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.states import SavedStatus


def open_part(grant: Grant, *, export: UUID, start: int, stop: int, address: str) -> tuple[Grant, bytes]:
    """Return the grant of a new decision on the export's content, and the bytes of one range, still to be released.

    Raises Gone if it has ended, the rules changed, or a row of this range, or a record that it mentions, was sealed
    or removed since: then the whole export ends. Raises Refused if the owner may no longer ask that question.
    """
    grant.require(Action.EXPORT_KEEP)
    row = own_row(grant, export=export)
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
        raise _ended(row, "Your access rules changed since this export was made; request it again.")
    try:
        if not _unchanged(row, asking, start, stop):
            raise _ended(row, OVER)
        with path_of(row.id).open("rb") as file:
            file.seek(start)
            return asking, file.read(stop - start)
    except FileNotFoundError:
        raise Gone("This export has ended.") from None


def _unchanged(row: Export, asking: Grant, start: int, stop: int) -> bool:
    report = reports.of_kind(row.kind)
    if report:
        # Figures contain no records: they are counted again.
        try:
            return bool(report.digest(asking, row.filters) == row.filters[TOLD])
        except NotPossible:  # nothing is left to report
            return False
    return all_there(asking, kind=row.kind, ids=ids_of(row.id, start, stop)) and still_told(
        asking, kind=row.kind, told=told_in(row.id, start, stop)
    )


def _ended(row: Export, why: str) -> Gone:
    # Its size goes too: it would show how much there was. Oversight has it in the log.
    Export.objects.filter(pk=row.id).update(state=SavedStatus.ENDED, problem=why, rows=0, size=0, sha256="")
    remove(row.id)
    return Gone(why)
