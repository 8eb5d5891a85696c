"""The questions on incidents, in Ibis: the same expressions for DuckDB here and for a cluster elsewhere.

No figure counts an incident that is dated after today; `coverage` says how many there are.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis
import numpy as np
from ibis import _

from openclear.analysis.engine import answer
from openclear.analysis.rows import Count, Coverage, FigureFilters
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Clearance, Grant
from openclear.vocabulary.labels import Label, label_name

# The columns to count by, and the order of the lines: natural order, or largest first.
BY: Mapping[str, bool] = {
    "month": True, "primary_type": False, "district": True, "community_area": True, "hour": True, "weekday": True,
    "beat": True, "location": False, "block": False, "description": False, "day": True,
}  # fmt: skip
MOST_ROWS = 1000
EVERYTHING = FigureFilters()


def incident_counts(grant: Grant, *, by: str, filters: FigureFilters = EVERYTHING) -> list[Count]:
    """Return counts of incidents by one column, the thousand most frequent values of one without a natural order.

    Raises WrongUsage for a column that cannot be counted by.
    """
    grant.require(Action.ANALYSIS_ASK)
    if by not in BY:
        raise WrongUsage(f"Count by one of {', '.join(BY)}, year; not by '{by[:20]}'.")
    return [Count(*row) for row in answer(grant, filters, _counts, by)]


def _counts(rows: Any, by: str) -> Any:
    counted = rows.group_by(value=rows.occurred.date() if by == "day" else rows[by]).agg(
        incidents=_.count(), arrests=_.count(where=_.arrest_made)
    )
    # Converted to text only now, for a few lines: for every incident it would cost more than the counting.
    told = (
        counted.group_by(value=_.value.cast("string").fill_null(""))
        .agg(incidents=_.incidents.sum(), arrests=_.arrests.sum())
        .select("value", "incidents", "arrests")
    )
    # Numbers are text here, and 9 comes before 10: shorter ones first.
    if BY[by]:
        return told.order_by([_.value.length(), _.value])
    return told.order_by([ibis.desc(_.incidents), _.value]).limit(MOST_ROWS)


def cross_counts(
    grant: Grant, *, rows_by: str, columns_by: str, filters: FigureFilters = EVERYTHING
) -> list[tuple[str, str, int]]:
    """Return counts by two columns at once, such as weekday and hour: (row, column, incidents)."""
    grant.require(Action.ANALYSIS_ASK)
    return [
        (row, column, count) for row, column, count in answer(grant, filters, _crossed, rows_by, columns_by)
    ]


def _crossed(rows: Any, rows_by: str, columns_by: str) -> Any:
    counted = rows.group_by(row=rows[rows_by], column=rows[columns_by]).agg(incidents=_.count())
    told = {name: _[name].cast("string").fill_null("") for name in ("row", "column")}
    return counted.group_by(**told).agg(incidents=_.incidents.sum()).order_by([_.row, _.column])


def daily_counts(grant: Grant, *, filters: FigureFilters = EVERYTHING) -> dict[date, int]:
    """Return the incidents of each day that has any."""
    grant.require(Action.ANALYSIS_ASK)
    return dict(answer(grant, filters, _daily))


def _daily(rows: Any) -> Any:
    return rows.group_by(day=_.occurred.date()).agg(incidents=_.count())


def points(grant: Grant, *, column: str, filters: FigureFilters = EVERYTHING) -> dict[str, Any]:
    """Return day, longitude, latitude (NaN if there is none) and one recorded code of each incident, as arrays."""
    grant.require(Action.ANALYSIS_ASK)
    found = answer(grant, filters, _points, column, table=True)
    arrays = {name: found.column(name).to_numpy() for name in ("longitude", "latitude")}
    days = found.column("day").to_numpy().astype("datetime64[D]")
    codes = np.array(found.column("code").to_pylist(), str)
    return {**arrays, "day": days, "code": codes}


def _points(rows: Any, column: str) -> Any:
    return rows.select(
        day=rows.occurred.date(), longitude=rows.longitude, latitude=rows.latitude,
        code=rows[column].cast("string").fill_null(""),
    )  # fmt: skip


def coverage(grant: Grant, *, filters: FigureFilters = EVERYTHING) -> Coverage:
    """Return what the figures under these filters are based on, and what is missing from them."""
    grant.require(Action.ANALYSIS_ASK)
    incidents, first, last, without_district, without_point = answer(grant, filters, _covered)[0]
    in_future = answer(grant, filters, _how_many, future=True)[0][0]
    hidden = _hidden(grant.over(Dataset.INCIDENTS))
    return Coverage(incidents, first, last, without_district, without_point, hidden, in_future)


def first_and_last(grant: Grant) -> tuple[date, date] | None:
    """Return the days of the first and the last incident, not after today; None if there are no incidents."""
    grant.require(Action.ANALYSIS_ASK)
    first, last = answer(grant, EVERYTHING, _ends)[0]
    return (first.date(), last.date()) if first else None


def _ends(rows: Any) -> Any:
    return rows.agg(first=_.occurred.min(), last=_.occurred.max())


def _covered(rows: Any) -> Any:
    return rows.agg(
        incidents=_.count(),
        first=_.occurred.min(),
        last=_.occurred.max(),
        without_district=_.count(where=(_.district == "") | _.district.isnull()),
        without_point=_.count(where=_.latitude.isnull()),
    )


def _how_many(rows: Any) -> Any:
    return rows.agg(incidents=_.count())


def _hidden(clearance: Clearance) -> list[str]:
    if clearance.nothing:
        return ["all"]
    return [label_name(label) for label in Label if clearance.refused_labels & label]
