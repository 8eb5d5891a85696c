"""Writing what the public may have. The callers above, publishing and oversight, decide what that is."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from openclear.release.models import Access, Edition, Outline, PublishedIncident, Statement, TypeTotal
from openclear.release.rows import EditionRow, NewAccess, NewEdition, PublicOutline
from openclear.vocabulary.city import city

DATABASE = "public"
# Hours are in local time.
_CHUNK = 900


def keep_edition(edition: NewEdition) -> None:
    """Store a new edition, all of it or nothing."""
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
                    block=row.block, hour=row.hour and row.hour.replace(tzinfo=city().zone), latitude=row.latitude, longitude=row.longitude, arrest=row.arrest,
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
    """Withdraw an edition: its content is removed, its name and the reason stay."""
    with transaction.atomic(using=DATABASE):
        found = Edition.objects.filter(month=month, revision=revision)
        found.update(withdrawn=at, reason=reason[:200], manifest="", signature="")
        for rows in (PublishedIncident, TypeTotal):
            rows.objects.filter(edition__in=found).delete()


def keep_outlines(outlines: Sequence[PublicOutline]) -> None:
    """Store the outlines for the map, replacing the earlier ones."""
    with transaction.atomic(using=DATABASE):
        Outline.objects.all().delete()
        Outline.objects.bulk_create(
            Outline(kind=row.kind, code=row.code, name=row.name, shape=row.shape) for row in outlines
        )


def keep_statement(*, made: datetime, size: int, checkpoint: str, facts: Mapping[str, Any]) -> None:
    """Store what the log says about access as of one checkpoint."""
    Statement.objects.create(made=made, size=size, checkpoint=checkpoint, facts=dict(facts))


def keep_access(new: NewAccess) -> None:
    """Store who has access and which orders are in force, replacing an older state; a newer one stays."""
    with transaction.atomic(using=DATABASE):
        Access.objects.filter(epoch__lte=new.epoch).delete()
        if not Access.objects.exists():
            kept = Access(
                epoch=new.epoch, made=new.made, orders=[asdict(row) for row in new.orders],
                agencies=[asdict(row) for row in new.agencies],
            )  # fmt: skip
            # If two callers write the same epoch at once, one of them writes it and neither fails.
            Access.objects.bulk_create([kept], ignore_conflicts=True)


def shown_epoch() -> int:
    """Return the epoch of the access shown on the public page, -1 before the first."""
    newest = Access.objects.aggregate(newest=Max("epoch"))["newest"]
    return -1 if newest is None else int(newest)


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
