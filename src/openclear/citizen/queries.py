"""Queries on released data. All of it is public, so no grant is needed."""

import calendar
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openclear.release.models import Access, Edition, PublishedIncident, Statement, TypeTotal
from openclear.vocabulary.offenses import offense_codes

EDITION = re.compile(r"([0-9]{4})-([0-9]{2})(?:\.([0-9]{1,4}))?")
SHOWN_MONTHS = 12
LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Period:
    """Editions of one month after the other. `last`: the last day that they cover. `missing`: months without an edition."""

    editions: tuple[int, ...]
    first: date
    last: date
    incidents: int
    withheld: int
    missing: tuple[date, ...] = ()


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
        sum(row.incidents for row in rows), withheld, _missing([row.month for row in rows]),
    )  # fmt: skip


def _missing(newest_first: Sequence[date]) -> tuple[date, ...]:
    first, last = (month.year * 12 + month.month - 1 for month in (newest_first[-1], newest_first[0]))
    between = (date(number // 12, number % 12 + 1, 1) for number in range(first, last + 1))
    return tuple(month for month in between if month not in set(newest_first))


def types(during: Period) -> list[str]:
    """Return the primary types in the period, by name."""
    totals = TypeTotal.objects.filter(edition__in=during.editions).exclude(primary_type="")
    return list(totals.values_list("primary_type", flat=True).distinct().order_by("primary_type"))


def published_types() -> list[str]:
    """Return the primary types that any edition names, by name."""
    told = TypeTotal.objects.exclude(primary_type="").order_by("primary_type")
    return list(told.values_list("primary_type", flat=True).distinct())


def known_types() -> set[str]:
    """Return the primary types that an edition names or that the city's table of offense codes has."""
    return {*published_types(), *(code.primary_type for code in offense_codes().values())}


def monthly(
    *, primary_type: str = "", since: date | None = None, until: date | None = None
) -> list[tuple[date, int | None]]:
    """Return each month's incidents in the whole city, of all types or of one; None if there are too few to show."""
    found = Edition.objects.filter(
        withdrawn=None, month__gte=since or date.min, month__lte=until or date.max
    ).order_by("month")
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
    """Return the edition of a name such as `2026-05.1`, or None.

    `latest` is the newest month that is public, and a month such as `2026-05` its newest revision: a withdrawn one only
    if none of the month is public.
    """
    if name == LATEST:
        return Edition.objects.filter(withdrawn=None).order_by("-month").first()
    found = EDITION.fullmatch(name)
    try:
        month = date(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        return None
    if found is None or month is None:
        return None
    of_month = Edition.objects.filter(month=month).order_by("-revision")
    if found[3]:
        return of_month.filter(revision=int(found[3])).first()
    return of_month.filter(withdrawn=None).first() or of_month.first()


def files_of(edition: Edition) -> list[Mapping[str, Any]]:
    """Return the files of an edition with their sizes and digests as its manifest names them; none if it is withdrawn."""
    told: list[Mapping[str, Any]] = json.loads(edition.manifest)["files"] if edition.manifest else []
    return told


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
