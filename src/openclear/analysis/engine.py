"""Running an expression on the snapshots, under a clearance: compiled once, answered by DuckDB.

An expression is compiled to SQL once for each kind of question and filter, and cached: compiling costs more than a
small answer.
"""

import hashlib
import threading
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any

import ibis

from openclear.analysis.rows import FigureFilters
from openclear.analysis.snapshots import files, refresh
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.days import today_here
from openclear.vocabulary.grants import Clearance, Grant
from openclear.vocabulary.without_grant import without_grant

KEPT_STATEMENTS = 512
_one_at_a_time = threading.Lock()
_EMPTY = {
    "month": "date", "occurred": "timestamp", "hour": "uint8", "weekday": "uint8", "primary_type": "string",
    "description": "string", "location": "string", "block": "string", "beat": "string", "district": "string",
    "community_area": "int16", "ward": "int16", "latitude": "float64", "longitude": "float64", "arrest_made": "boolean",
    "domestic": "boolean", "labels": "int32",
}  # fmt: skip
# The first and the last day of what is asked, both included; None: any.
Bounds = tuple[date | None, date | None]


@without_grant("for the questions of this room, whose grants were required; the clearance filters")
def answer(
    grant: Grant,
    filters: FigureFilters,
    question: Callable[..., Any],
    *named: Any,
    table: bool = False,
    future: bool = False,
) -> Any:
    """Return the rows of a question on the incidents that the filters name and the clearance shows.

    `named`: what the question takes besides the incidents. `table`: as an Arrow table. `future`: of the incidents dated
    after today instead of those up to today.
    """
    refresh(grant)
    bounds = _bounds(filters, future=future)
    found = tuple(file for file in files() if _within(file, bounds))
    # DuckDB uses every core for one query; a second query in the same process waits for it.
    with _one_at_a_time:
        statement = _statement(question, named, found, filters, bounds, grant.over(Dataset.INCIDENTS))
        rows = _engine().con.execute(statement)
        return rows.to_arrow_table() if table else rows.fetchall()


def _bounds(filters: FigureFilters, *, future: bool) -> Bounds:
    today = today_here()
    if future:
        return max(filters.since or date.min, today + timedelta(days=1)), filters.until
    return filters.since, min(filters.until or date.max, today)


@lru_cache(maxsize=KEPT_STATEMENTS)
def _statement(
    question: Callable[..., Any],
    named: tuple[Any, ...],
    found: tuple[str, ...],
    filters: FigureFilters,
    bounds: Bounds,
    clearance: Clearance,
) -> str:
    rows = _view(found)
    chosen = rows.filter([*_conditions(rows, filters, clearance), *_between(rows, bounds)])
    return str(_engine().compile(question(chosen, *named)))


def _conditions(rows: Any, filters: FigureFilters, clearance: Clearance) -> list[Any]:
    if clearance.nothing:
        return [ibis.literal(value=False)]
    conditions = [(rows.labels & clearance.refused_labels.value) == 0] if clearance.refused_labels else []
    for name in ("primary_type", "district", "beat", "community_area", "arrest_made", "domestic"):
        wanted = getattr(filters, name)
        if wanted not in {"", None}:
            conditions.append(rows[name] == wanted)
    return conditions or [ibis.literal(value=True)]


def _between(rows: Any, bounds: Bounds) -> list[Any]:
    since, until = bounds
    conditions = [rows.occurred >= ibis.timestamp(f"{since} 00:00:00")] if since else []
    if until:
        conditions.append(rows.occurred < ibis.timestamp(f"{until} 00:00:00") + ibis.interval(days=1))
    return conditions


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


def _within(file: str, bounds: Bounds) -> bool:
    # A file is one month: the others need not be opened.
    month = file[-len("2018-03.parquet") : -len(".parquet")]
    since, until = ((day.isoformat()[:7] if day else "") for day in bounds)
    return month >= since and (not until or month <= until)


@cache
def _engine() -> Any:
    return ibis.duckdb.connect()
