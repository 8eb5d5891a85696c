"""Verbs on figures: counts, snapshots, and differences between recorded and computed beats."""

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date

from tqdm import tqdm

from openclear.access import gate
from openclear.analysis.agreement import Agreement
from openclear.analysis.agreement import agreement as agreement_of
from openclear.analysis.questions import coverage, incident_counts, year_over_year
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
    """Count incidents by one attribute; print what the figures are based on."""
    filters = filters_of(options)
    grant = _grant(options, filters=filters, by=options.by)
    behind = coverage(grant, filters=filters)
    if options.by == "year":
        years = grant.release(year_over_year(grant, filters=filters))
        rows = [{"value": str(row.year), "incidents": row.incidents, "change": row.change} for row in years]
    else:
        counts = grant.release(incident_counts(grant, by=options.by, filters=filters))
        rows = [asdict(row) for row in counts]
    if options.json:
        print_json({"by": options.by, "unit": UNIT, "rows": rows, "coverage": asdict(behind)})
        return 0
    for row in rows:
        print(f"{row['value'] or 'not recorded':<40} {row['incidents']:>12,}")
    print(_told(behind))
    return 0


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
    if behind.last is None:
        return "No incidents."
    missing = f"{behind.without_district:,} without a district, {behind.without_point:,} without a point"
    hidden = (
        f" Not counted, because your clearance hides them: {', '.join(behind.hidden)}."
        if behind.hidden
        else ""
    )
    return (
        f"{behind.incidents:,} {UNIT}, {behind.first:%Y-%m-%d} to {behind.last:%Y-%m-%d}; {missing}.{hidden}"
    )


def _print_agreement(found: Agreement) -> None:
    print(f"{found.incidents:>10,} incidents")
    print(
        f"{found.without_point:>10,} without a point, {found.without_code:,} without a recorded {found.kind}"
    )
    print(f"{found.compared:>10,} compared")
    share = f" ({100 * found.share:.1f} %)" if found.share is not None else ""
    print(f"{found.equal:>10,} agree{share}")
    print(
        f"{found.within_a_block:>10,} lie within a block of the recorded {found.kind}: points are moved along the block"
    )
    print(f"{found.renamed:>10,} name a {found.kind} that these boundaries do not have: it was renumbered")
    print(f"{found.outside:>10,} lie outside all boundaries of their day")
    print(f"{found.farther:>10,} lie farther away: recorded elsewhere, or boundaries moved")


def _shown(months: Sequence[date]) -> Iterable[date]:
    return tqdm(months, desc="snapshots", unit="month", disable=None)
