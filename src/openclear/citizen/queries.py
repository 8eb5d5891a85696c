"""Queries on released data. All of it is public, so no grant is needed."""

import calendar
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from openclear.release.models import Access, Edition, Outline, PublishedIncident, Statement, TypeTotal
from openclear.vocabulary.city import city
from openclear.vocabulary.numbers import district_code

REVISION = re.compile("[0-9]{1,4}")
SHOWN_MONTHS = 12
MOST_BLOCKS = 200


@dataclass(frozen=True, slots=True)
class Period:
    """Consecutive editions. `last`: the last day that they cover."""

    editions: tuple[int, ...]
    first: date
    last: date
    incidents: int
    withheld: int


@dataclass(frozen=True, slots=True)
class AreaCount:
    """Incidents of one area. `shown`: those whose type is shown."""

    code: int
    name: str
    incidents: int


@dataclass(frozen=True, slots=True)
class BlockCount:
    """Incidents of one block, at the point that represents it."""

    block: str
    area: int | None
    incidents: int
    latitude: float | None
    longitude: float | None


def months() -> list[date]:
    """Return the months that have a public edition, newest first."""
    return list(Edition.objects.filter(withdrawn=None).order_by("-month").values_list("month", flat=True))


def period(since: date | None = None, until: date | None = None) -> Period | None:
    """Return the editions of these months, or of the newest twelve; None if there are none."""
    found = Edition.objects.filter(withdrawn=None).order_by("-month")
    if since or until:
        found = found.filter(month__gte=since or date.min, month__lte=until or date.max)
    rows = list(found if since or until else found[:SHOWN_MONTHS])
    if not rows:
        return None
    last = rows[0].month
    keys = tuple(row.pk for row in rows)
    withheld = PublishedIncident.objects.filter(edition__in=keys, primary_type="").count()
    return Period(
        keys, rows[-1].month, last.replace(day=calendar.monthrange(last.year, last.month)[1]),
        sum(row.incidents for row in rows), withheld,
    )  # fmt: skip


def types(during: Period) -> list[str]:
    """Return the primary types in the period, the most frequent first."""
    totals = TypeTotal.objects.filter(edition__in=during.editions).exclude(primary_type="")
    rows = totals.values("primary_type").annotate(n=Count("pk")).order_by("primary_type")
    return [row["primary_type"] for row in rows]


def areas(during: Period, *, primary_type: str = "") -> list[AreaCount]:
    """Return the count of each area, of all types or of one, by name."""
    counts = dict(_rows(during, primary_type).values_list("area").annotate(n=Count("pk")))
    return [
        AreaCount(int(row.code), row.name, counts.get(int(row.code), 0))
        for row in Outline.objects.filter(kind=city().area_kind).order_by("name")
    ]


def area(during: Period, *, code: int) -> tuple[Outline | None, list[tuple[str, int]], int]:
    """Return the outline of an area, its counts by type, and how many of its incidents are shown without a type."""
    rows = PublishedIncident.objects.filter(edition__in=during.editions, area=code)
    counted = rows.exclude(primary_type="").values_list("primary_type").annotate(n=Count("pk")).order_by("-n")
    outline = Outline.objects.filter(kind=city().area_kind, code__in=_codes(code)).first()
    return outline, list(counted), rows.filter(primary_type="").count()


def _codes(code: int) -> list[str]:
    # A district's code has leading zeros.
    return [str(code), district_code(str(code))]


def blocks(
    during: Period, *, text: str = "", code: int | None = None, primary_type: str = ""
) -> list[BlockCount]:
    """Return the blocks whose names contain every word of `text`, or the blocks of an area, most incidents first."""
    rows = _rows(during, primary_type).exclude(block="")
    for word in text.upper().split()[:6]:
        rows = rows.filter(block__contains=word)
    if code is not None:
        rows = rows.filter(area=code)
    found = rows.values("block", "area", "latitude", "longitude").annotate(n=Count("pk"))
    merged: dict[str, BlockCount] = {}
    for row in found.order_by("-n", "block")[: 4 * MOST_BLOCKS]:
        held = merged.get(row["block"])
        count = row["n"] + (held.incidents if held else 0)
        place = held or BlockCount(row["block"], row["area"], 0, row["latitude"], row["longitude"])
        merged[row["block"]] = BlockCount(place.block, place.area, count, place.latitude, place.longitude)
    return sorted(merged.values(), key=lambda row: (-row.incidents, row.block))[:MOST_BLOCKS]


def incidents_of_block(during: Period, *, block: str) -> list[PublishedIncident]:
    """Return the incidents of one block, newest first."""
    rows = PublishedIncident.objects.filter(edition__in=during.editions, block=block)
    return list(rows.order_by("-hour", "primary_type")[:500])


def monthly(*, primary_type: str = "") -> list[tuple[date, int | None]]:
    """Return each month's incidents in the whole city, of all types or of one; None if there are too few to show."""
    found = Edition.objects.filter(withdrawn=None).order_by("month")
    if not primary_type:
        return [(row.month, row.incidents) for row in found]
    counts = dict(TypeTotal.objects.filter(primary_type=primary_type).values_list("edition", "incidents"))
    return [(row.month, counts.get(row.pk)) for row in found]


def totals(during: Period) -> list[tuple[str, int]]:
    """Return the incidents of each type in a period, the most frequent first ("" for types too rare to name)."""
    counts: dict[str, int] = {}
    for name, count in TypeTotal.objects.filter(edition__in=during.editions).values_list(
        "primary_type", "incidents"
    ):
        counts[name] = counts.get(name, 0) + count
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def editions() -> list[Edition]:
    """Return every edition, newest first, including withdrawn ones."""
    return list(Edition.objects.order_by("-month", "-revision"))


def edition_named(name: str) -> Edition | None:
    """Return the edition of a name such as `2026-05.1`, or None."""
    month, _, revision = name.partition(".")
    try:
        first = datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007 - a month, not a moment
    except ValueError:
        return None
    return Edition.objects.filter(
        month=first, revision=int(revision) if REVISION.fullmatch(revision) else 0
    ).first()


def statement() -> Statement | None:
    """Return the newest statement from the log, or None."""
    return Statement.objects.order_by("-size", "-pk").first()


@dataclass(frozen=True, slots=True)
class AccessNow:
    """Who has access as of `made`: agencies with access (some limited by an order), agencies cut off, the orders in force."""

    made: datetime
    agencies: Sequence[Mapping[str, Any]]
    limited: int
    cut_off: int
    orders: Sequence[Mapping[str, Any]]


def access() -> AccessNow | None:
    """Return who has access and which orders are in force, or None before the first publication."""
    told = Access.objects.order_by("-epoch").first()
    if told is None:
        return None
    open_to = [row for row in told.agencies if row["standing"] != "cut-off"]
    limited = sum(row["standing"] == "limited" for row in open_to)
    return AccessNow(told.made, open_to, limited, len(told.agencies) - len(open_to), told.orders)


def outlines(counts: Mapping[int, int]) -> dict[str, Any]:
    """Return the areas as GeoJSON, each with its count."""
    features = [
        {
            "type": "Feature",
            "id": int(row.code),
            "geometry": row.shape,
            "properties": {
                "code": int(row.code),
                "name": row.name,
                "incidents": counts.get(int(row.code), 0),
            },
        }
        for row in Outline.objects.filter(kind=city().area_kind)
    ]
    return {"type": "FeatureCollection", "features": features}


def points(found: Sequence[BlockCount]) -> dict[str, Any]:
    """Return blocks as GeoJSON points."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row.longitude, row.latitude]},
            "properties": {"block": row.block, "incidents": row.incidents},
        }
        for row in found
        if row.latitude is not None
    ]
    return {"type": "FeatureCollection", "features": features}


def _rows(during: Period, primary_type: str) -> "QuerySet[PublishedIncident]":
    wanted = Q(edition__in=during.editions) & (Q(primary_type=primary_type) if primary_type else Q())
    return PublishedIncident.objects.filter(wanted)
