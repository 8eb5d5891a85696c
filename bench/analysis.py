"""What the questions of analysis cost over the same questions in DuckDB's own SQL, and how long snapshots take.

Each question is asked under a grant, with the look whether a month changed, the clearance's filter and the way through
Ibis; the yardstick is SQL by hand on the same files with the same filter, on a connection that is open.
"""

import statistics
import sys
import time
from datetime import date
from typing import Any

from bench.city import FEW, drop_indexes, new_city, numbered, p50

DEFAULT_SCALE = "full"
ROWS = {"tiny": 5_000, "small": 200_000, "full": 8_000_000}
ROUNDS = {"tiny": 4, "small": 15, "full": 15}
# The first day of the incidents, and over how many days they are spread.
SPAN = {"tiny": ("2024-11-01", 60), "small": ("2020-01-01", 2190), "full": ("2020-01-01", 2190)}
COMMON = (
    "source, source_id, revision, owner_agency, labels",
    "'bench', cast(n AS text), '', 'il.chicago.pd', CASE WHEN n % 50 = 0 THEN 1 << (n / 50 % 10) ELSE 0 END",
)
QUESTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "month": ({}, "SELECT month, count(*), count(*) FILTER (arrest_made) FROM {files} WHERE {seen} GROUP BY 1 ORDER BY 1"),
    "primary_type": ({}, "SELECT primary_type, count(*), count(*) FILTER (arrest_made) FROM {files} WHERE {seen} GROUP BY 1 ORDER BY 2 DESC"),
    "district": ({"primary_type": "THEFT"}, "SELECT district, count(*), count(*) FILTER (arrest_made) FROM {files} WHERE {seen} AND primary_type = 'THEFT' GROUP BY 1 ORDER BY 1"),
    "hour": ({"since": date(2024, 1, 1), "until": date(2024, 12, 31)}, "SELECT hour, count(*), count(*) FILTER (arrest_made) FROM {files} WHERE {seen} AND occurred >= '2024-01-01' AND occurred < '2025-01-01' GROUP BY 1 ORDER BY 1"),
    "beat": ({}, "SELECT beat, count(*), count(*) FILTER (arrest_made) FROM {files} WHERE {seen} GROUP BY 1 ORDER BY 1"),
}  # fmt: skip


def run(scale: str) -> list[dict[str, Any]]:
    """Return one row for each question, and one for each way of making snapshots."""
    new_city(*FEW)
    _fill(ROWS[scale], *SPAN[scale])
    return [*_snapshots(ROWS[scale]), *_questions(ROUNDS[scale])]


def _fill(rows: int, first_day: str, days: int) -> None:
    from django.db import connection

    began = time.time()
    numbers, identity = numbered(rows)
    minutes = f"(n * 7919) % ({days} * 1440)"
    when = f"strftime('%Y-%m-%d %H:%M:%S', '{first_day}', '+' || ({minutes}) || ' minutes')"
    columns, values = COMMON
    dropped = drop_indexes("records_incident") + drop_indexes("records_offense")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO records_incident (id, {columns}, rd_number, occurred, block, location, beat, district, community_area, "
            f"latitude, longitude, arrest_made, domestic, narrative) SELECT {identity}, {values}, 'ZY' || n, {when}, "
            f"printf('%03dXX N STREET %d ST', n % 97, n % 211), 'STREET', printf('%02d%02d', n % 22 + 1, n % 12 + 11), "
            f"printf('%03d', n % 22 + 1), n % 77 + 1, 41.6 + (n % 4000) / 10000.0, -87.8 + (n % 3000) / 10000.0, n % 5 = 0, n % 7 = 0, '' "
            f"FROM {numbers}"
        )
        kinds = "CASE WHEN n % 4 = 0 THEN 'THEFT' WHEN n % 4 = 1 THEN 'BATTERY' ELSE 'TYPE ' || (n % 30) END"
        cursor.execute(
            f"INSERT INTO records_offense (id, {columns}, incident_id, iucr, primary_type, description, fbi_code, nibrs) "
            f"SELECT {identity}, {values}, {identity}, '0820', {kinds}, 'D ' || (n % 100), '06', '23H' FROM {numbers}"
        )
        for statement in dropped:
            cursor.execute(statement)
        cursor.execute("ANALYZE")
    print(f"{rows:,} incidents in {time.time() - began:.0f} s", file=sys.stderr)


def _grant() -> Any:
    from openclear.access import gate
    from openclear.vocabulary.actions import Action
    from openclear.vocabulary.purposes import Purpose

    return gate.open_for("chen", Action.ANALYSIS_ASK, purpose=Purpose.CRIME_ANALYSIS)


def _snapshots(rows: int) -> list[dict[str, Any]]:
    from openclear.analysis.snapshots import refresh
    from openclear.records.changes import note_changes
    from openclear.records.incidents.models import Incident

    found = []
    note_changes(Incident.objects.filter(source="bench").datetimes("occurred", "month"))
    for what in ("snapshot", "one month"):
        if what == "one month":
            note_changes([Incident.objects.filter(source="bench").first().occurred])
        began = time.perf_counter()
        months = refresh(_grant())
        seconds = round(time.perf_counter() - began, 2)
        found.append({"question": what, "rows": rows, "months": months, "seconds": seconds})
    return found


def _questions(rounds: int) -> list[dict[str, Any]]:
    import duckdb

    from openclear.analysis.questions import incident_counts
    from openclear.analysis.rows import FigureFilters
    from openclear.analysis.snapshots import files
    from openclear.vocabulary.actions import Dataset

    grant, connection = _grant(), duckdb.connect()
    seen = grant.over(Dataset.INCIDENTS).sql()
    found = []
    for by, (narrow, statement) in QUESTIONS.items():
        chosen = [name for name in files() if "since" not in narrow or "2024-" in name]
        raw = statement.format(files=f"read_parquet({chosen})", seen=seen)
        times: dict[str, list[float]] = {"asked": [], "raw": []}
        for _ in range(rounds):
            for name, act in (
                ("raw", lambda raw=raw: connection.execute(raw).fetchall()),
                (
                    "asked",
                    lambda by=by, narrow=narrow: incident_counts(
                        grant, by=by, filters=FigureFilters(**narrow)
                    ),
                ),
            ):
                began = time.perf_counter()
                act()
                times[name].append((time.perf_counter() - began) * 1000)
        ratio = statistics.median(times["asked"][2:]) / statistics.median(times["raw"][2:])
        found.append({"question": by, "p50_ms": p50(times["asked"][2:]), "over_raw_duckdb": round(ratio, 2)})
    return found
