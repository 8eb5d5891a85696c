"""The exports of one person, and the exports that contained a record."""

from collections.abc import Sequence
from uuid import UUID

from openclear.delivery.errors import Gone
from openclear.delivery.exports.rows import ExportRow
from openclear.delivery.files import exports_telling_of
from openclear.delivery.models import Export
from openclear.delivery.rules import parts_of
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant


def own_exports(grant: Grant) -> Sequence[ExportRow]:
    """Return the holder's exports, newest first."""
    grant.require(Action.EXPORT_KEEP)
    return [row_of(row) for row in Export.objects.filter(owner=grant.officer).order_by("-created")[:100]]


def own_export(grant: Grant, *, export: UUID) -> ExportRow:
    """Return one of the holder's exports. Raises Gone if it is not theirs."""
    grant.require(Action.EXPORT_KEEP)
    return row_of(own_row(grant, export=export))


def fetches_of(grant: Grant, *, record: UUID) -> Sequence[str]:
    """Return the ids of the exports that contained a record, or rows that name it, so that oversight finds who fetched them."""
    grant.require(Action.LOG_VIEW_ALL)
    return exports_telling_of(record)


def own_row(grant: Grant, *, export: UUID) -> Export:
    """Return one of the holder's exports as it is stored. For this room only; raises Gone if it is not theirs."""
    grant.require(Action.EXPORT_KEEP)
    row = Export.objects.filter(pk=export, owner=grant.officer, expires__gt=clock.now()).first()
    if row is None:
        raise Gone("There is no such export.")
    return row


@without_grant("makes a row from its arguments")
def row_of(export: Export) -> ExportRow:
    """Return an export as it is shown."""
    return ExportRow(
        export.id, export.kind, export.purpose, export.case, export.text, export.format, export.state,
        export.rows, export.size, parts_of(export.size), export.sha256, export.problem, export.created, export.expires,
    )  # fmt: skip
