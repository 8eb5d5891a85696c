"""The city's boundaries as they were on a day."""

from datetime import date

from django.db.models import QuerySet

from openclear.records.boundaries.models import Boundary, in_force_on
from openclear.records.boundaries.rows import BoundaryRow
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant


def boundaries_on(grant: Grant, *, kind: str, day: date | None = None) -> list[BoundaryRow]:
    """Return the boundaries of one kind on a day (today by default), by code."""
    grant.require(Action.ANALYSIS_ASK, Action.EDITION_MAKE)
    return _rows(Boundary.objects.filter(in_force_on(day or clock.today()), kind=kind))


def boundaries_of_kind(grant: Grant, *, kind: str) -> list[BoundaryRow]:
    """Return the boundaries of one kind on all days, each with its first and last."""
    grant.require(Action.ANALYSIS_ASK, Action.EDITION_MAKE)
    return _rows(Boundary.objects.filter(kind=kind))


def _rows(found: "QuerySet[Boundary]") -> list[BoundaryRow]:
    return [
        BoundaryRow(row.kind, row.code, row.name, row.shape, row.valid_from, row.valid_to)
        for row in found.order_by("code", "valid_from")
    ]
