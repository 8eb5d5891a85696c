"""The city's boundaries from day to day: kept as polygons, given out as they were on a day."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet

from openclear.access import gate
from openclear.records.models import Boundary
from openclear.records.rows import BoundaryRow
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.city import city
from openclear.vocabulary.grants import Grant


def first_day_of(grant: Grant, *, kind: str) -> date:
    """Return from when boundaries hold whose first day nobody says: the first ones always have, others from today."""
    grant.require(Action.BOUNDARY_KEEP)
    return clock.today() if Boundary.objects.filter(kind=kind).exists() else city().ranges.earliest_boundary


def keep_boundaries(grant: Grant, *, rows: Sequence[BoundaryRow]) -> int:
    """Keep the boundaries of one kind from their first day on; those in force before end on that day. Returns how many.

    The same first day again replaces them, so that a file can be corrected.
    """
    grant.require(Action.BOUNDARY_KEEP)
    kind, since = rows[0].kind, rows[0].valid_from
    facts = {"boundaries": kind, "count": len(rows), "valid_from": str(since)}
    gate.log_act(grant, details=facts)
    with transaction.atomic():
        Boundary.objects.filter(kind=kind, valid_from=since).delete()
        Boundary.objects.filter(_on(since), kind=kind, valid_from__lt=since).update(valid_to=since)
        later = Boundary.objects.filter(kind=kind, valid_from__gt=since).order_by("valid_from").first()
        Boundary.objects.bulk_create(
            Boundary(
                kind=kind, code=row.code, name=row.name, shape=row.shape, valid_from=since,
                valid_to=row.valid_to or (later.valid_from if later else None),
            )
            for row in rows
        )  # fmt: skip
    return len(rows)


def boundaries_on(grant: Grant, *, kind: str, day: date | None = None) -> list[BoundaryRow]:
    """Return the boundaries of one kind on a day (today where none is named), by code."""
    grant.require(Action.ANALYSIS_ASK, Action.EDITION_MAKE)
    return _rows(Boundary.objects.filter(_on(day or clock.today()), kind=kind))


def boundaries_of_kind(grant: Grant, *, kind: str) -> list[BoundaryRow]:
    """Return the boundaries of one kind on all days, each with its first and last."""
    grant.require(Action.ANALYSIS_ASK, Action.EDITION_MAKE)
    return _rows(Boundary.objects.filter(kind=kind))


def _rows(found: "QuerySet[Boundary]") -> list[BoundaryRow]:
    return [
        BoundaryRow(row.kind, row.code, row.name, row.shape, row.valid_from, row.valid_to)
        for row in found.order_by("code", "valid_from")
    ]


def _on(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))
