"""From a book's facts to its pages: a tagged PDF for screen readers (PDF/UA-1, ISO 14289-1)."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from openclear.delivery.printing import printed
from openclear.records.boundaries.rows import BoundaryRow
from openclear.reporting.district_book.charts import bars, beat_map, locator, shade_of
from openclear.reporting.district_book.figures import WEEKDAYS, BookFacts, Line
from openclear.vocabulary.city import city
from openclear.vocabulary.numbers import is_beat_of
from openclear.vocabulary.without_grant import without_grant


@without_grant("counts and draws what it is given; reads no table")
def print_book(
    facts: BookFacts,
    *,
    districts: Sequence[BoundaryRow],
    beats: Sequence[BoundaryRow],
    watermark: Mapping[str, str],
) -> bytes:
    """Return the pages as PDF. `watermark`: for whom and for what purpose it was made, on every page."""
    told = _told(facts, districts, beats) | {"watermark": dict(watermark)}
    return printed(_pages(), told)[0]


@cache
def _pages() -> bytes:
    return Path(__file__).with_name("book.typ").read_bytes()


def _told(facts: BookFacts, districts: Sequence[BoundaryRow], beats: Sequence[BoundaryRow]) -> dict[str, Any]:
    month = f"{facts.month:%B %Y}"
    named = next((row.name for row in districts if row.code == facts.district), "")
    counts = {beat: count for beat, count, _ in facts.beats}
    of_district = [row for row in beats if is_beat_of(row.code, facts.district)]
    return {
        "department": city().words["en"].department,
        "district": facts.district,
        "name": named,
        "month": month,
        "total": _cells(facts.total),
        "arrests": f"{facts.arrests:,}",
        "share": f"{100 * facts.arrests / facts.total.now:.0f} %",
        "offenses": [_cells(line) for line in facts.offenses],
        "bars": bars(facts.months),
        "bars_told": "Incidents by month: "
        + ", ".join(f"{day:%B %Y} {count:,}" for day, count in facts.months),
        "beats": [[beat, f"{count:,}", f"{before:,}"] for beat, count, before in facts.beats],
        "beat_map": beat_map(of_district, counts) if of_district else "",
        "locator": locator(districts, facts.district) if named else "",
        "hours": _hours(facts),
        "busiest": _busiest(facts),
        "behind": _behind(facts),
    }


def _cells(line: Line) -> list[str]:
    counts = (line.now, line.before, line.year_before)
    to_date = (line.to_date, line.to_date_before)
    return [
        line.name, *(f"{count:,}" for count in counts), line.change, *(f"{count:,}" for count in to_date), line.change_to_date,
    ]  # fmt: skip


def _hours(facts: BookFacts) -> list[dict[str, Any]]:
    most = max(max(day) for day in facts.hours)
    return [
        {
            "day": WEEKDAYS[place],
            "cells": [[f"{count}" if count else "", shade_of(count, most)] for count in day],
            "sum": f"{sum(day):,}",
        }
        for place, day in enumerate(facts.hours)
    ]


def _busiest(facts: BookFacts) -> str:
    count, day, hour = max(
        (count, day, hour) for day, row in enumerate(facts.hours) for hour, count in enumerate(row)
    )
    return f"Most incidents, {count:,}, fell on {WEEKDAYS[day]}s between {hour}:00 and {hour + 1}:00."


def _behind(facts: BookFacts) -> dict[str, str]:
    behind = facts.behind
    return {
        "incidents": f"{behind.incidents:,}",
        "first": f"{behind.first:%B %-d, %Y}",
        "last": f"{behind.last:%B %-d, %Y, %H:%M}",
        "without_point": f"{behind.without_point:,}",
        "hidden": ", ".join(behind.hidden),
    }
