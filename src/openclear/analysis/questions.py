"""The questions on incidents, in Ibis: the same expressions for DuckDB here and for a cluster elsewhere.

An expression is compiled to SQL once for each kind of question and filter, and cached: compiling costs more than a
small answer.
"""

import hashlib
import threading
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

import ibis
import numpy as np
from ibis import _

from openclear.analysis.rows import Count, Coverage, FigureFilters, YearCount
from openclear.analysis.snapshots import files, refresh
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Clearance, Grant
from openclear.vocabulary.labels import Label, label_name

# The columns to count by, and the order of the lines: natural order, or largest first.
BY: Mapping[str, bool] = {
    "month": True, "primary_type": False, "district": True, "community_area": True, "hour": True, "weekday": True,
    "beat": True, "location": False, "block": False, "description": False,
}  # fmt: skip
MOST_ROWS = 1000
EVERYTHING = FigureFilters()
KEPT_STATEMENTS = 512
_one_at_a_time = threading.Lock()
_EMPTY = {
    "month": "date", "occurred": "timestamp", "hour": "uint8", "weekday": "uint8", "primary_type": "string",
    "description": "string", "location": "string", "block": "string", "beat": "string", "district": "string",
    "community_area": "int16", "ward": "int16", "latitude": "float64", "longitude": "float64", "arrest_made": "boolean",
    "domestic": "boolean", "labels": "int32",
}  # fmt: skip


def incident_counts(grant: Grant, *, by: str, filters: FigureFilters = EVERYTHING) -> list[Count]:
    """Return counts of incidents by one column. Raises WrongUsage for a column that cannot be counted by."""
    grant.require(Action.ANALYSIS_ASK)
    if by not in BY:
        raise WrongUsage(f"Count by one of {', '.join(BY)}; not by '{by[:20]}'.")
    return [Count(*row) for row in _answer(grant, filters, _counts, by)]


def _counts(rows: Any, by: str) -> Any:
    counted = rows.group_by(value=rows[by]).agg(incidents=_.count(), arrests=_.count(where=_.arrest_made))
    # Converted to text only now, for a few lines: for every incident it would cost more than the counting.
    told = (
        counted.group_by(value=_.value.cast("string").fill_null(""))
        .agg(incidents=_.incidents.sum(), arrests=_.arrests.sum())
        .select("value", "incidents", "arrests")
    )
    # Numbers are text here, and 9 comes before 10: shorter ones first.
    order = [_.value.length(), _.value] if BY[by] else [ibis.desc(_.incidents), _.value]
    return told.order_by(order).limit(MOST_ROWS)


def cross_counts(
    grant: Grant, *, rows_by: str, columns_by: str, filters: FigureFilters = EVERYTHING
) -> list[tuple[str, str, int]]:
    """Return counts by two columns at once, such as weekday and hour: (row, column, incidents)."""
    grant.require(Action.ANALYSIS_ASK)
    return [
        (row, column, count) for row, column, count in _answer(grant, filters, _crossed, rows_by, columns_by)
    ]


def _crossed(rows: Any, rows_by: str, columns_by: str) -> Any:
    counted = rows.group_by(row=rows[rows_by], column=rows[columns_by]).agg(incidents=_.count())
    told = {name: _[name].cast("string").fill_null("") for name in ("row", "column")}
    return counted.group_by(**told).agg(incidents=_.incidents.sum()).order_by([_.row, _.column])


def year_over_year(grant: Grant, *, filters: FigureFilters = EVERYTHING) -> list[YearCount]:
    """Return each year's incidents up to the same day of the year as the newest incident, so that years can be compared."""
    grant.require(Action.ANALYSIS_ASK)
    last = coverage(grant, filters=filters).last
    if last is None:
        return []
    found = _answer(grant, filters, _years, last.month * 100 + last.day)
    before = dict(found)
    return [YearCount(year, count, _change(count, before.get(year - 1))) for year, count in found]


def _years(rows: Any, last: int) -> Any:
    within = rows.filter((rows.occurred.month() * 100 + rows.occurred.day()) <= last)
    return within.group_by(year=_.occurred.year()).agg(incidents=_.count()).order_by(_.year)


def points(grant: Grant, *, column: str, filters: FigureFilters = EVERYTHING) -> dict[str, Any]:
    """Return day, longitude, latitude (NaN if there is none) and one recorded code of each incident, as arrays."""
    grant.require(Action.ANALYSIS_ASK)
    found = _answer(grant, filters, _points, column, table=True)
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
    incidents, first, last, without_district, without_point = _answer(grant, filters, _covered)[0]
    hidden = _hidden(grant.over(Dataset.INCIDENTS))
    return Coverage(incidents, first, last, without_district, without_point, hidden)


def _covered(rows: Any) -> Any:
    return rows.agg(
        incidents=_.count(),
        first=_.occurred.min(),
        last=_.occurred.max(),
        without_district=_.count(where=(_.district == "") | _.district.isnull()),
        without_point=_.count(where=_.latitude.isnull()),
    )


def _change(count: int, before: int | None) -> float | None:
    return round(100 * (count - before) / before, 1) if before else None


def _hidden(clearance: Clearance) -> list[str]:
    if clearance.nothing:
        return ["all"]
    return [label_name(label) for label in Label if clearance.refused_labels & label]


def _answer(
    grant: Grant, filters: FigureFilters, question: Callable[..., Any], *named: Any, table: bool = False
) -> Any:
    refresh(grant)
    found = tuple(file for file in files() if _within(file, filters))
    # DuckDB uses every core for one query; a second query in the same process waits for it.
    with _one_at_a_time:
        statement = _statement(question, named, found, filters, grant.over(Dataset.INCIDENTS))
        answer = _engine().con.execute(statement)
        return answer.to_arrow_table() if table else answer.fetchall()


@lru_cache(maxsize=KEPT_STATEMENTS)
def _statement(
    question: Callable[..., Any],
    named: tuple[Any, ...],
    found: tuple[str, ...],
    filters: FigureFilters,
    clearance: Clearance,
) -> str:
    rows = _view(found)
    return str(_engine().compile(question(rows.filter(_conditions(rows, filters, clearance)), *named)))


def _conditions(rows: Any, filters: FigureFilters, clearance: Clearance) -> list[Any]:
    if clearance.nothing:
        return [ibis.literal(value=False)]
    conditions = [(rows.labels & clearance.refused_labels.value) == 0] if clearance.refused_labels else []
    for name in ("primary_type", "district", "beat", "community_area", "arrest_made", "domestic"):
        wanted = getattr(filters, name)
        if wanted not in {"", None}:
            conditions.append(rows[name] == wanted)
    if filters.since:
        conditions.append(rows.occurred >= ibis.timestamp(f"{filters.since} 00:00:00"))
    if filters.until:
        conditions.append(rows.occurred < ibis.timestamp(f"{filters.until} 00:00:00") + ibis.interval(days=1))
    return conditions or [ibis.literal(value=True)]


@lru_cache(maxsize=256)
def _view(found: tuple[str, ...]) -> Any:
    # One view for each set of files, always under the same name: it reads the files when it is queried.
    if not found:
        return _no_incidents()
    name = f"incidents_{hashlib.sha256(repr(found).encode()).hexdigest()[:16]}"
    return _engine().read_parquet(list(found), table_name=name)


@cache
def _no_incidents() -> Any:
    return _engine().create_table("no_incidents", schema=ibis.schema(_EMPTY), temp=True)


def _within(file: str, filters: FigureFilters) -> bool:
    # A file is one month: the others need not be opened.
    month = file[-len("2018-03.parquet") : -len(".parquet")]
    since, until = ((day.isoformat()[:7] if day else "") for day in (filters.since, filters.until))
    return month >= since and (not until or month <= until)


@cache
def _engine() -> Any:
    return ibis.duckdb.connect()
