"""The city's boundaries kept from day to day, so that each day's can be returned."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from openclear.access import gate
from openclear.records.boundaries.models import Boundary, in_force_on
from openclear.records.boundaries.rows import BoundaryRow
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.city import city
from openclear.vocabulary.grants import Grant


def first_day_of(grant: Grant, *, kind: str) -> date:
    """Return the first day of boundaries that name none: the earliest for the first ones, today for others."""
    grant.require(Action.BOUNDARY_KEEP)
    return clock.today() if Boundary.objects.filter(kind=kind).exists() else city().ranges.earliest_boundary


def keep_boundaries(grant: Grant, *, rows: Sequence[BoundaryRow]) -> int:
    """Keep the boundaries of one kind from their first day on; earlier ones end on that day. Returns how many.

    The same first day again replaces them, so that a file can be corrected.
    """
    grant.require(Action.BOUNDARY_KEEP)
    kind, since = rows[0].kind, rows[0].valid_from
    facts = {"boundaries": kind, "count": len(rows), "valid_from": str(since)}
    gate.log_act(grant, details=facts)
    with transaction.atomic():
        Boundary.objects.filter(kind=kind, valid_from=since).delete()
        Boundary.objects.filter(in_force_on(since), kind=kind, valid_from__lt=since).update(valid_to=since)
        later = Boundary.objects.filter(kind=kind, valid_from__gt=since).order_by("valid_from").first()
        Boundary.objects.bulk_create(
            Boundary(
                kind=kind, code=row.code, name=row.name, shape=row.shape, valid_from=since,
                valid_to=row.valid_to or (later.valid_from if later else None),
            )
            for row in rows
        )  # fmt: skip
    return len(rows)
