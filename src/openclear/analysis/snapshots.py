"""Snapshots of the incidents: one Parquet file for each month, labels in every row, made anew where the month changed."""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from django.conf import settings

from openclear.records.changed import ANALYSIS, changed_months, take_marks
from openclear.records.months import COLUMNS, incidents_of_month
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant

_TYPES = {
    "ward": pa.int16(), "community_area": pa.int16(), "latitude": pa.float64(), "longitude": pa.float64(),
    "labels": pa.int32(),
}  # fmt: skip
_FLAGS = ("arrest_made", "domestic")
# Times become Chicago's, for "at night" and "on Sundays" mean the clock on the wall. Ids stay in the database.
_MAKE = """
COPY (
  SELECT month, local AS occurred, CAST(hour(local) AS UTINYINT) AS hour, CAST(isodow(local) AS UTINYINT) AS weekday,
         iucr, coalesce(primary_type, '') AS primary_type, coalesce(description, '') AS description, fbi_code, nibrs,
         location, block, beat, district, ward, community_area, latitude, longitude, arrest_made, domestic, labels
  FROM (SELECT *, DATE '{month}' AS month, timezone('America/Chicago', CAST(occurred AS TIMESTAMPTZ)) AS local FROM rows)
) TO '{file}' (FORMAT parquet, COMPRESSION zstd)
"""
Progress = Callable[[Sequence[date]], Iterable[date]]


def folder() -> Path:
    """Return where the snapshots lie, readable by the police side alone."""
    path: Path = settings.POLICE_FOLDER / "snapshots"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def files() -> list[str]:
    """Return the snapshot files, oldest month first."""
    return sorted(str(path) for path in folder().glob("????-??.parquet"))


def refresh(grant: Grant, *, progress: Progress = iter) -> int:
    """Make every month anew that changed since it was made; return how many. Cheap where nothing changed.

    Two at once wait for each other. A crash leaves the old file and the mark, so the month is made at the next question.
    """
    grant.require(Action.ANALYSIS_ASK)
    if not changed_months(grant, reader=ANALYSIS):
        return 0
    with _alone():
        changed = changed_months(grant, reader=ANALYSIS)
        for month in progress(list(changed)):
            _make(grant, month)
            # The new file is in place, the mark is still there: a crash here makes the month once more.
            take_marks(grant, marks=changed[month])
        return len(changed)


def _make(grant: Grant, month: date) -> None:
    rows = incidents_of_month(grant, month=month)
    file = folder() / f"{month:%Y-%m}.parquet"
    if not rows:
        file.unlink(missing_ok=True)
        return
    new = file.with_suffix(f".{os.getpid()}.new")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("rows", _table(rows))
        connection.execute(_MAKE.format(month=month, file=str(new).replace("'", "''")))
    new.chmod(0o600)
    new.replace(file)


def _table(rows: Sequence[Sequence[Any]]) -> pa.Table:
    columns = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))
    del columns["id"]
    return pa.table({name: _column(name, values) for name, values in columns.items()})


def _column(name: str, values: Sequence[Any]) -> pa.Array:
    if name in _FLAGS:
        return pa.array([bool(value) for value in values], pa.bool_())  # SQLite has 0 and 1
    if name == "occurred":
        return pa.array(values)  # text from SQLite, moments from PostgreSQL
    return pa.array(values, _TYPES.get(name, pa.string()))


@contextmanager
def _alone() -> Iterator[None]:
    with (folder() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
