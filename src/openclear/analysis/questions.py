"""The questions on incidents, in Ibis: the same expressions for DuckDB here and for a cluster elsewhere."""

import hashlib
import threading
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import ibis
import numpy as np
from ibis import _

from openclear.analysis.rows import Count, Coverage, Narrowing, YearCount
from openclear.analysis.snapshots import files, refresh
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Clearance, Grant
from openclear.vocabulary.labels import Label, label_name

# By what one can count, and in which order the lines come: as they follow each other, or the largest first.
BY: Mapping[str, bool] = {
    "month": True, "primary_type": False, "district": True, "community_area": True, "hour": True, "weekday": True,
    "beat": True, "location": False, "block": False, "description": False,
}  # fmt: skip
MOST_ROWS = 1000
EVERYTHING = Narrowing()
_one_at_a_time = threading.Lock()
_EMPTY = {
    "month": "date", "occurred": "timestamp", "hour": "uint8", "weekday": "uint8", "primary_type": "string",
    "description": "string", "location": "string", "block": "string", "beat": "string", "district": "string",
    "community_area": "int16", "ward": "int16", "latitude": "float64", "longitude": "float64", "arrest_made": "boolean",
    "domestic": "boolean", "labels": "int32",
}  # fmt: skip


def incident_counts(grant: Grant, *, by: str, narrow: Narrowing = EVERYTHING) -> list[Count]:
    """Return counts of incidents by one thing. Raises WrongUsage for a thing that one cannot count by."""
    grant.require(Action.ANALYSIS_ASK)
    if by not in BY:
        raise WrongUsage(f"Count by one of {', '.join(BY)}; not by '{by[:20]}'.")
    rows = _asked(grant, narrow)
    counted = rows.group_by(value=rows[by].cast("string").fill_null("")).agg(
        incidents=_.count(), arrests=_.count(where=_.arrest_made)
    )
    # Numbers are text here, and 9 comes before 10: the shorter first.
    order = [_.value.length(), _.value] if BY[by] else [ibis.desc(_.incidents), _.value]
    found = _run(counted.order_by(order).limit(MOST_ROWS))
    return [Count(**row) for row in found]


def cross_counts(
    grant: Grant, *, rows_by: str, columns_by: str, narrow: Narrowing = EVERYTHING
) -> list[tuple[str, str, int]]:
    """Return counts by two things at once, such as weekday and hour: (row, column, incidents)."""
    grant.require(Action.ANALYSIS_ASK)
    asked = _asked(grant, narrow)
    keys = {
        "row": asked[rows_by].cast("string").fill_null(""),
        "column": asked[columns_by].cast("string").fill_null(""),
    }
    found = _run(asked.group_by(**keys).agg(incidents=_.count()).order_by([_.row, _.column]))
    return [(row["row"], row["column"], row["incidents"]) for row in found]


def year_over_year(grant: Grant, *, narrow: Narrowing = EVERYTHING) -> list[YearCount]:
    """Return each year's incidents up to the day of the year of the newest one, so that years can be compared."""
    grant.require(Action.ANALYSIS_ASK)
    rows = _asked(grant, narrow)
    last = coverage(grant, narrow=narrow).last
    if last is None:
        return []
    day = (rows.occurred.month() * 100 + rows.occurred.day()) <= last.month * 100 + last.day
    counted = rows.filter(day).group_by(year=rows.occurred.year()).agg(incidents=_.count()).order_by(_.year)
    found = [(row["year"], row["incidents"]) for row in _run(counted)]
    before = dict(found)
    return [YearCount(year, count, _change(count, before.get(year - 1))) for year, count in found]


def points(grant: Grant, *, column: str, narrow: Narrowing = EVERYTHING) -> dict[str, Any]:
    """Return day, longitude, latitude (not a number where there is none) and one recorded code of each incident, as arrays."""
    grant.require(Action.ANALYSIS_ASK)
    rows = _asked(grant, narrow)
    wanted = rows.select(
        day=rows.occurred.date(), longitude=rows.longitude, latitude=rows.latitude,
        code=rows[column].cast("string").fill_null(""),
    )  # fmt: skip
    with _one_at_a_time:
        found = _engine().to_pyarrow(wanted)
    arrays = {name: found.column(name).to_numpy() for name in ("longitude", "latitude")}
    days = found.column("day").to_numpy().astype("datetime64[D]")
    codes = np.array(found.column("code").to_pylist(), str)
    return {**arrays, "day": days, "code": codes}


def coverage(grant: Grant, *, narrow: Narrowing = EVERYTHING) -> Coverage:
    """Return what stands behind the figures of a narrowing, and what is missing from them."""
    grant.require(Action.ANALYSIS_ASK)
    rows = _asked(grant, narrow)
    found = _run(
        rows.agg(
            incidents=_.count(),
            first=_.occurred.min(),
            last=_.occurred.max(),
            without_district=_.count(where=(_.district == "") | _.district.isnull()),
            without_point=_.count(where=_.latitude.isnull()),
        )
    )[0]
    return Coverage(**found, hidden=_hidden(grant.over(Dataset.INCIDENTS)))


def _change(count: int, before: int | None) -> float | None:
    return round(100 * (count - before) / before, 1) if before else None


def _hidden(clearance: Clearance) -> list[str]:
    if clearance.nothing:
        return ["all"]
    return [label_name(label) for label in Label if clearance.refused_labels & label]


def _asked(grant: Grant, narrow: Narrowing) -> Any:
    refresh(grant)
    clearance = grant.over(Dataset.INCIDENTS)
    rows = _incidents(narrow)
    if clearance.nothing:
        return rows.filter(ibis.literal(value=False))
    conditions = [(rows.labels & clearance.refused_labels.value) == 0] if clearance.refused_labels else []
    for name in ("primary_type", "district", "beat", "community_area", "arrest_made", "domestic"):
        wanted = getattr(narrow, name)
        if wanted not in {"", None}:
            conditions.append(rows[name] == wanted)
    if narrow.since:
        conditions.append(rows.occurred >= ibis.timestamp(f"{narrow.since} 00:00:00"))
    if narrow.until:
        conditions.append(rows.occurred < ibis.timestamp(f"{narrow.until} 00:00:00") + ibis.interval(days=1))
    return rows.filter(conditions) if conditions else rows


def _incidents(narrow: Narrowing) -> Any:
    found = [file for file in files() if _within(file, narrow)]
    if not found:
        return ibis.memtable([], schema=_EMPTY)
    return _view(tuple(found))


@lru_cache(maxsize=256)
def _view(found: tuple[str, ...]) -> Any:
    # One view for each set of files, for ever under the same name: it reads what the files hold when it is asked.
    name = f"incidents_{hashlib.sha256(repr(found).encode()).hexdigest()[:16]}"
    with _one_at_a_time:
        return _engine().read_parquet(list(found), table_name=name)


def _within(file: str, narrow: Narrowing) -> bool:
    # A file is one month: the others need not be opened.
    month = file[-len("2018-03.parquet") : -len(".parquet")]
    since, until = ((f"{day:%Y-%m}" if day else "") for day in (narrow.since, narrow.until))
    return month >= since and (not until or month <= until)


@cache
def _engine() -> Any:
    return ibis.duckdb.connect()


def _run(expression: Any) -> list[dict[str, Any]]:
    # DuckDB uses every core for one question; a second question in the same process waits for it.
    with _one_at_a_time:
        found = _engine().to_pyarrow(expression).to_pylist()
    return list(found)
