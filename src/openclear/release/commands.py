"""Writing what the public may have. Whoever calls these answers for it: publishing and oversight, from above."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from openclear.release.models import Edition, Outline, PublishedIncident, Statement, TypeTotal
from openclear.release.rows import EditionRow, NewEdition, PublicOutline

DATABASE = "public"
# Hours are those of the clock on the wall.
CHICAGO = ZoneInfo("America/Chicago")
_CHUNK = 900


def keep_edition(edition: NewEdition) -> None:
    """Keep a new edition, all of it or nothing."""
    with transaction.atomic(using=DATABASE):
        kept = Edition.objects.create(
            month=edition.month, revision=edition.revision, made=edition.made,
            incidents=sum(edition.totals.values()), manifest=edition.manifest, signature=edition.signature,
            entry=edition.entry,
        )  # fmt: skip
        PublishedIncident.objects.bulk_create(
            (
                PublishedIncident(
                    edition=kept, area=row.area, primary_type=row.primary_type, description=row.description,
                    block=row.block, hour=row.hour and row.hour.replace(tzinfo=CHICAGO), latitude=row.latitude, longitude=row.longitude, arrest=row.arrest,
                )
                for row in edition.incidents
            ),
            batch_size=_CHUNK,
        )  # fmt: skip
        TypeTotal.objects.bulk_create(
            TypeTotal(edition=kept, primary_type=name, incidents=count)
            for name, count in sorted(edition.totals.items())
        )


def withdraw_edition(*, month: date, revision: int, at: datetime, reason: str) -> None:
    """Take an edition back: what it held goes, that it was there and why it went stays."""
    with transaction.atomic(using=DATABASE):
        found = Edition.objects.filter(month=month, revision=revision)
        found.update(withdrawn=at, reason=reason[:200], manifest="", signature="")
        for rows in (PublishedIncident, TypeTotal):
            rows.objects.filter(edition__in=found).delete()


def keep_outlines(outlines: Sequence[PublicOutline]) -> None:
    """Keep the outlines that the map draws, instead of those before."""
    with transaction.atomic(using=DATABASE):
        Outline.objects.all().delete()
        Outline.objects.bulk_create(
            Outline(kind=row.kind, code=row.code, name=row.name, shape=row.shape) for row in outlines
        )


def keep_statement(*, made: datetime, size: int, checkpoint: str, facts: Mapping[str, Any]) -> None:
    """Keep what the log says about access as of one checkpoint."""
    Statement.objects.create(made=made, size=size, checkpoint=checkpoint, facts=dict(facts))


def editions() -> list[EditionRow]:
    """Return every edition ever published, newest month and revision first."""
    return [
        EditionRow(
            row.month,
            row.revision,
            row.made,
            row.incidents,
            row.entry,
            row.withdrawn,
            row.reason,
            row.manifest,
        )
        for row in Edition.objects.order_by("-month", "-revision")
    ]
