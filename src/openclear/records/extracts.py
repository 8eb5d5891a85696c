"""The incidents of one month, all of them with their labels, for data made from incidents and filtered when it is read."""

from collections.abc import Iterable
from datetime import date
from io import BytesIO
from uuid import UUID

import duckdb
import pyarrow as pa
from django.db import connections
from pyarrow import csv

from openclear.records.changes import bounds_of
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.labels import Label

DATABASE = "default"
_GONE = (Label.SEALED | Label.EXPUNGED).value
_TYPES = {
    "id": pa.string(), "offense": pa.string(), "occurred": pa.string(), "iucr": pa.string(), "primary_type": pa.string(),
    "description": pa.string(), "fbi_code": pa.string(), "nibrs": pa.string(), "location": pa.string(), "block": pa.string(),
    "beat": pa.string(), "district": pa.string(), "ward": pa.int16(), "community_area": pa.int16(),
    "latitude": pa.float64(), "longitude": pa.float64(), "arrest_made": pa.int8(), "domestic": pa.int8(), "labels": pa.int32(),
}  # fmt: skip
_TEXTS = tuple(
    ("i." if name in {"location", "block", "beat", "district"} else "o.") + name
    for name, kind in _TYPES.items()
    if kind == pa.string() and name not in {"id", "offense", "occurred"}
)
# If every arrest of an incident is sealed or expunged, the incident tells of none; NULL if its source does not say.
_ARREST = f"""
CASE WHEN i.arrest_made IS NULL THEN NULL
     WHEN NOT i.arrest_made THEN 0
     WHEN EXISTS (SELECT 1 FROM records_arrest AS a WHERE a.incident_id = i.id AND (a.labels & {_GONE}) = 0) THEN 1
     WHEN EXISTS (SELECT 1 FROM records_arrest AS a WHERE a.incident_id = i.id) THEN 0
     ELSE 1 END
"""  # noqa: S608 - a number
_FLAGS = (_ARREST, "CAST(i.domestic AS INTEGER)", "(i.labels | coalesce(o.labels, 0))")
_NUMBERS = ("i.ward", "i.community_area", "i.latitude", "i.longitude")
_FROM = "FROM records_incident AS i LEFT JOIN records_offense AS o ON o.incident_id = i.id WHERE {which}"
# Tells an incident from every other in a file without its id, the same in both databases.
KEY = "md5_number_lower(replace({id}, '-', ''))"
# The first offense counts, as in lists; a row is as confidential as its incident and that offense together.
_FIRST_OFFENSES = f"""
SELECT {KEY.format(id="id")} AS incident_key, CAST(occurred AS TIMESTAMP) AT TIME ZONE 'UTC' AS occurred,
       * EXCLUDE (id, offense, occurred, arrest_made, domestic, labels), arrest_made = 1 AS arrest_made, domestic = 1 AS domestic,
       labels
FROM stored
WHERE NOT EXISTS (SELECT 1 FROM stored AS earlier WHERE earlier.id = stored.id AND earlier.offense < stored.offense)
"""  # noqa: S608 - a constant
# Each incident's offense is elsewhere in the file: read through the pages of the system.
_MAPPED = "PRAGMA mmap_size = 8589934592"


def incidents_of_month(grant: Grant, *, month: date) -> pa.Table:
    """Return every incident of a month of the city, one row each, `occurred` with its zone; hidden ones too.

    Nothing of it may be shown except through a clearance: every row has its labels for that. Columns: `incident_key` (tells one
    from another, see `KEY`), `occurred`, `iucr`,
    `primary_type`, `description`, `fbi_code`, `nibrs`, `location`, `block`, `beat`, `district`, `ward`, `community_area`,
    `latitude`, `longitude`, `arrest_made`, `domestic`, `labels`.
    """
    grant.require(Action.ANALYSIS_ASK, Action.EDITION_MAKE)
    # As the database stores moments: SQLite compares them as text.
    stored = connections[DATABASE].ops.adapt_datetimefield_value
    first, last = (stored(moment) for moment in bounds_of(month))
    return _extract(f"i.occurred >= '{first}' AND i.occurred < '{last}'")


def incidents_named(grant: Grant, *, incidents: Iterable[UUID]) -> pa.Table:
    """Return these incidents, of any month, as `incidents_of_month` does; one that is not there any more is left out."""
    grant.require(Action.ANALYSIS_ASK, Action.EDITION_MAKE)
    named = ", ".join(f"'{incident.hex}'" for incident in incidents)
    return _extract(f"i.id IN ({named})")


def _extract(which: str) -> pa.Table:
    found = _FROM.format(which=which)
    is_sqlite = connections[DATABASE].vendor == "sqlite"
    lines = _lines_of_sqlite(found) if is_sqlite else _lines_of_postgresql(found)
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        engine.register("stored", _table(lines))
        return engine.execute(_FIRST_OFFENSES).to_arrow_table()


def _table(lines: bytes) -> pa.Table:
    if not lines:
        return pa.schema(_TYPES.items()).empty_table()
    return csv.read_csv(
        BytesIO(lines),
        read_options=csv.ReadOptions(column_names=list(_TYPES)),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(column_types=_TYPES, strings_can_be_null=False),
    )


# The database writes the month as CSV itself: a million incidents would otherwise be twenty million Python objects,
# and other threads run while it writes.


def _lines_of_sqlite(found: str) -> bytes:
    columns = ("i.id", "o.id", "i.occurred", *_TEXTS, *_NUMBERS, *_FLAGS)
    # %w doubles the quotation marks within a text.
    form = ",".join(['"%w"'] * (3 + len(_TEXTS)) + ["%s"] * (len(_NUMBERS) + len(_FLAGS)))
    values = ", ".join(f"coalesce({name}, '')" for name in columns)
    with connections[DATABASE].cursor() as cursor:
        cursor.execute(_MAPPED)
        cursor.execute(f"SELECT group_concat(format('{form}', {values}), char(10)) {found}")
        return (cursor.fetchone()[0] or "").encode()


def _lines_of_postgresql(found: str) -> bytes:
    columns = ("i.id", "o.id", "i.occurred AT TIME ZONE 'UTC'", *_TEXTS, *_NUMBERS, *_FLAGS)
    copy_out = f"COPY (SELECT {', '.join(columns)} {found}) TO STDOUT (FORMAT csv)"
    with connections[DATABASE].cursor() as cursor, cursor.copy(copy_out) as copy:
        return b"".join(bytes(part) for part in copy)
