"""Verbs on figures: counts, snapshots, and differences between recorded and computed beats."""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from tqdm import tqdm

from openclear.access import gate
from openclear.analysis.agreement import Agreement
from openclear.analysis.agreement import agreement as agreement_of
from openclear.analysis.comparisons import DAYS_BEFORE, YEAR_BEFORE, comparisons, year_over_year
from openclear.analysis.periods import Comparison
from openclear.analysis.questions import BY, MOST_ROWS, coverage, incident_counts
from openclear.analysis.rows import UNIT, Coverage, FigureFilters
from openclear.analysis.snapshots import refresh
from openclear.cli.acting import HERE, actor, print_json
from openclear.vocabulary.actions import Action
from openclear.vocabulary.asked import figures_facts
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.numbers import district_code
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.roles import Role


def _grant(options: argparse.Namespace, *, filters: FigureFilters | None = None, **asked: str) -> Grant:
    handle = actor(options, options.by_officer, Role.ANALYST)
    facts = {**figures_facts(filters, **asked), **HERE}
    return gate.open_for(handle, Action.ANALYSIS_ASK, purpose=Purpose.CRIME_ANALYSIS, details=facts)


def snapshot(options: argparse.Namespace) -> int:
    """Remake the snapshots of all months that changed."""
    grant = _grant(options, asked="snapshots")
    made = grant.release(refresh(grant, progress=_shown))
    print_json({"months": made}) if options.json else print(f"{made} months made.")
    return 0


def figures(options: argparse.Namespace) -> int:
    """Count incidents by one attribute; print what the figures are based on, and compare chosen days with those before."""
    filters = filters_of(options)
    grant = _grant(options, filters=filters, by=options.by)
    behind = coverage(grant, filters=filters)
    compared = comparisons(grant, filters=filters)
    rows = _rows(grant, options.by, filters)
    grant.release(rows)
    if options.json:
        told = {
            "by": options.by,
            "unit": UNIT,
            "rows": rows,
            "comparisons": [comparison_told(row) for row in compared],
        }
        print_json({**told, "coverage": asdict(behind)})
        return 0
    for row in rows:
        print(f"{row['value'] or 'not recorded':<40} {row['incidents']:>12,}{_year_text(row)}")
    for comparison in compared:
        print(_compared_text(comparison))
    if len(rows) == MOST_ROWS and not BY.get(options.by, True):
        print(f"Only the {MOST_ROWS:,} most frequent are listed.")
    print(_told(behind))
    return 0


def _rows(grant: Grant, by: str, filters: FigureFilters) -> list[dict[str, Any]]:
    if by != "year":
        return [asdict(row) for row in incident_counts(grant, by=by, filters=filters)]
    return [
        {
            "value": str(row.year), "incidents": row.incidents, "since": row.days.first, "until": row.days.last,
            "change": row.change, "comparison": comparison_told(row.comparison) if row.comparison else None,
        }
        for row in year_over_year(grant, filters=filters)
    ]  # fmt: skip


def comparison_told(row: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON: both spans with their days and incidents, and the change in percent."""
    return {
        "kind": row.kind, "since": row.days.first, "until": row.days.last, "incidents": row.incidents,
        "before_since": row.days_before.first, "before_until": row.days_before.last, "before": row.before,
        "change": row.change,
    }  # fmt: skip


def _year_text(row: Mapping[str, Any]) -> str:
    if "since" not in row:
        return ""
    compared = row["comparison"]
    against = (
        f"; {compared['incidents']:,} from {compared['since']} to {compared['until']}, against {compared['before']:,} on the "
        f"same days of the year before{_percent(row['change'])}"
        if compared
        else "; no year before to compare with"
    )
    return f"  {row['since']} to {row['until']}{against}"


def _compared_text(row: Comparison) -> str:
    before = {
        DAYS_BEFORE: f"the {row.days.count} days before",
        YEAR_BEFORE: "the same days of the year before",
    }[row.kind]
    return (
        f"{row.days.first} to {row.days.last}: {row.incidents:,}; {before} ({row.days_before.first} to "
        f"{row.days_before.last}): {row.before:,}{_percent(row.change)}"
    )


def _percent(change: float | None) -> str:
    return "" if change is None else f" ({change:+.1f} %)"


def check_boundaries(options: argparse.Namespace) -> int:
    """Compare recorded codes with the polygons that contain the points."""
    filters = filters_of(options)
    grant = _grant(options, filters=filters, boundaries=options.kind)
    found = grant.release(agreement_of(grant, kind=options.kind, filters=filters))
    if options.json:
        print_json({**asdict(found), "share": found.share})
    else:
        _print_agreement(found)
    return 0


def filters_of(options: argparse.Namespace) -> FigureFilters:
    """Return the filters in the options. Raises WrongUsage for an invalid date."""
    return FigureFilters(
        since=_day(options.since), until=_day(options.until), primary_type=(options.offense or "").upper(),
        district=district_code(options.district or ""),
        community_area=options.community_area,
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise WrongUsage(f"'{text}' is not a date; write it as 2018-03-01.") from None


def _told(behind: Coverage) -> str:
    later = (
        f" Not counted, because they are dated after today: {behind.in_future:,}." if behind.in_future else ""
    )
    if behind.last is None:
        return f"No incidents.{later}"
    missing = f"{behind.without_district:,} without a district, {behind.without_point:,} without a point"
    hidden = (
        f" Not counted, because your clearance hides them: {', '.join(behind.hidden)}."
        if behind.hidden
        else ""
    )
    return f"{behind.incidents:,} {UNIT}, {behind.first:%Y-%m-%d} to {behind.last:%Y-%m-%d}; {missing}.{hidden}{later}"


def _print_agreement(found: Agreement) -> None:
    print(f"{found.incidents:>10,} incidents")
    print(
        f"{found.without_point:>10,} without a point, {found.without_code:,} without a recorded {found.kind}"
    )
    if found.without_boundaries:
        print(
            f"{found.without_boundaries:>10,} on days for which there are no boundaries of this kind: not compared"
        )
    print(f"{found.compared:>10,} compared, each with the boundaries of its day")
    if not found.compared:
        return
    share = f" ({100 * found.share:.1f} %)" if found.share is not None else ""
    print(f"{found.equal:>10,} agree{share}")
    print(
        f"{found.within_a_block:>10,} lie within a block of the recorded {found.kind}: points are moved along the block"
    )
    print(
        f"{found.renamed:>10,} name a {found.kind} that the boundaries of its day do not have: it was renumbered"
    )
    print(f"{found.outside:>10,} lie outside all boundaries of their day")
    print(f"{found.farther:>10,} lie farther away: recorded elsewhere, or boundaries moved")


def _shown(months: Sequence[date]) -> Iterable[date]:
    return tqdm(months, desc="snapshots", unit="month", disable=None)
