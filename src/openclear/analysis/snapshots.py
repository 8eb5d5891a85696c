"""Snapshots of the incidents: one Parquet file for each month, labels in every row, remade if the month changed."""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
from django.conf import settings
from django.db import connections

from openclear.records.changes import ANALYSIS, changed_months, clear_changes
from openclear.records.extracts import incidents_of_month
from openclear.vocabulary.actions import Action
from openclear.vocabulary.city import city
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

# Times become local, because "at night" and "on Sundays" mean local time. Ids stay in the database.
_MAKE = """
COPY (
  SELECT month, local AS occurred, CAST(hour(local) AS UTINYINT) AS hour, CAST(isodow(local) AS UTINYINT) AS weekday,
         * EXCLUDE (month, local, occurred)
  FROM (SELECT *, DATE '{month}' AS month, timezone('{zone}', occurred) AS local FROM rows)
) TO '{file}' (FORMAT parquet, COMPRESSION zstd)
"""
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
        # One month is read while another is written.
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="snapshots") as pool:
            made = pool.map(partial(_make, grant), changed)
            for month, _ in zip(progress(list(changed)), made, strict=True):
                # The new file is in place and the mark is still set: after a crash here the month is made again.
                clear_changes(grant, changes=changed[month])
        return len(changed)


def _make(grant: Grant, month: date) -> None:
    try:
        rows = incidents_of_month(grant, month=month)
    finally:
        connections.close_all()  # belongs to this thread, which ends with the pool
    file = folder() / f"{month:%Y-%m}.parquet"
    if not rows.num_rows:
        file.unlink(missing_ok=True)
        return
    new = file.with_suffix(f".{os.getpid()}.new")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("rows", rows)
        connection.execute(_MAKE.format(month=month, zone=city().zone.key, file=str(new).replace("'", "''")))
    new.chmod(0o600)
    new.replace(file)


@contextmanager
def _alone() -> Iterator[None]:
    with (folder() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
