"""Snapshots of the incidents: one Parquet file for each month, labels in every row, remade if the month changed.

After a sealing only the rows of its incidents are remade: a person with a long history was arrested in many months.
"""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
from django.conf import settings
from django.db import connections

from openclear.records.changes import ANALYSIS, changed_incidents, changed_months, clear_changes
from openclear.records.extracts import KEY, incidents_named, incidents_of_month
from openclear.vocabulary.actions import Action
from openclear.vocabulary.city import city
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

# Times become local, because "at night" and "on Sundays" mean local time. Ids stay in the database.
_ROWS = """
  SELECT month, local AS occurred, CAST(hour(local) AS UTINYINT) AS hour, CAST(isodow(local) AS UTINYINT) AS weekday,
         * EXCLUDE (month, local, occurred)
  FROM (SELECT *, DATE '{month}' AS month, timezone('{zone}', occurred) AS local FROM rows)
"""
_MAKE = f"COPY ({_ROWS}) TO '{{file}}' (FORMAT parquet, COMPRESSION zstd)"
_MEND = f"""
COPY (
  SELECT * FROM read_parquet('{{old}}') WHERE incident_key NOT IN (SELECT {KEY.format(id="id")} FROM changed)
  UNION ALL BY NAME
  SELECT * FROM ({_ROWS}) WHERE date_trunc('month', occurred) = month
) TO '{{file}}' (FORMAT parquet, COMPRESSION zstd)
"""  # noqa: S608 - constants
AT_ONCE = 2
Progress = Callable[[Sequence[date]], Iterable[date]]


@without_grant("names files; reads none")
def folder() -> Path:
    """Return the folder of the snapshots, readable only by the police side."""
    path: Path = settings.POLICE_FOLDER / "snapshots"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


@without_grant("names files; reads none")
def files() -> list[str]:
    """Return the snapshot files, oldest month first."""
    return sorted(str(path) for path in folder().glob("????-??.parquet"))


def refresh(grant: Grant, *, progress: Progress = iter) -> int:
    """Remake every month that changed since it was made; return how many.

    Cheap if nothing changed. Concurrent calls wait for each other. A crash leaves the old file and the mark, so the
    month is made at the next question.
    """
    grant.require(Action.ANALYSIS_ASK)
    if not changed_months(grant, reader=ANALYSIS):
        return 0
    with _alone():
        changed = changed_months(grant, reader=ANALYSIS)
        mended = _mend_all(grant, changed)
        left = [month for month in changed if month not in mended]
        # One month is read while another is written.
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="snapshots") as pool:
            made = pool.map(partial(_make, grant), left)
            for month, _ in zip(progress(left), made, strict=True):
                # The new file is in place and the mark is still set: after a crash here the month is made again.
                clear_changes(grant, changes=changed[month])
        return len(changed)


def _make(grant: Grant, month: date) -> None:
    try:
        rows = incidents_of_month(grant, month=month)
    finally:
        connections.close_all()  # belongs to this thread, which ends with the pool
    if not rows.num_rows:
        _file(month).unlink(missing_ok=True)
        return
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("rows", rows)
        _write(connection, _MAKE, month)


def _mend_all(grant: Grant, changed: Mapping[date, Sequence[int]]) -> set[date]:
    """Remake the rows of single incidents, in every month in which nothing else changed; return those months."""
    named = {
        month: changed_incidents(grant, changes=changed[month]) for month in changed if _file(month).exists()
    }
    months = {month: incidents for month, incidents in named.items() if incidents}
    if not months:
        return set()
    incidents = [incident for named_here in months.values() for incident in named_here]
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("rows", incidents_named(grant, incidents=incidents))
        connection.register("changed", pa.table({"id": [incident.hex for incident in incidents]}))
        mended = {month for month in months if _mend(connection, month)}
    # Every new file is in place and every mark is still set: after a crash here they are made again.
    clear_changes(grant, changes=[note for month in mended for note in changed[month]])
    return mended


def _mend(connection: duckdb.DuckDBPyConnection, month: date) -> bool:
    try:
        _write(connection, _MEND, month)
    except duckdb.BinderException:
        # A file of an earlier version, whose rows cannot be told apart: the whole month is made.
        return False
    return True


def _write(connection: duckdb.DuckDBPyConnection, statement: str, month: date) -> None:
    file = _file(month)
    new = file.with_suffix(f".{os.getpid()}.new")
    old, made = (str(path).replace("'", "''") for path in (file, new))
    connection.execute(statement.format(month=month, zone=city().zone.key, old=old, file=made))
    new.chmod(0o600)
    new.replace(file)


def _file(month: date) -> Path:
    return folder() / f"{month:%Y-%m}.parquet"


@contextmanager
def _alone() -> Iterator[None]:
    with (folder() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
