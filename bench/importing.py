"""What an import costs: the city's crimes against DuckDB reading the same CSV and PostgreSQL's COPY of it."""

import csv
import json
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from bench.city import FEW, new_city

SIZES = {"tiny": 1_000, "small": 30_000, "full": 500_000}
HEADING = [
    "ID",
    "Case Number",
    "Date",
    "Block",
    "IUCR",
    "Primary Type",
    "Description",
    "Location Description",
    "Arrest",
    "Domestic",
    "Beat",
    "District",
    "Ward",
    "Community Area",
    "FBI Code",
    "X Coordinate",
    "Y Coordinate",
    "Year",
    "Updated On",
    "Latitude",
    "Longitude",
    "Location",
]


def run(scale: str) -> list[dict[str, Any]]:
    """Return one row: first import, second import, and both yardsticks, in rows per second and as ratios."""
    home = new_city(*FEW)
    path = _write(home / "crimes.csv", SIZES[scale])
    first, counts = _import(path)
    second, again = _import(path)
    duck, copy = _duckdb(path), _copy(path)
    return [{
        "rows": SIZES[scale], "inserted": counts["inserted"], "unchanged_again": again["unchanged"],
        "first_seconds": round(first, 2), "second_seconds": round(second, 2), "rows_per_second": round(SIZES[scale] / first),
        "duckdb_read_seconds": round(duck, 3), "over_duckdb_read": round(first / duck, 1),
        "postgresql_copy_seconds": copy and round(copy, 3), "over_postgresql_copy": copy and round(first / copy, 1),
    }]  # fmt: skip


def _import(path: Path) -> tuple[float, dict[str, Any]]:
    command = [
        sys.executable,
        "-m",
        "openclear.config.program",
        "import",
        "chicago-crimes",
        str(path),
        "--json",
    ]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return time.perf_counter() - began, json.loads(done.stdout)


def _write(path: Path, count: int) -> Path:
    random, start = Random(1), datetime(2019, 1, 1, tzinfo=ZoneInfo("America/Chicago"))
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADING)
        for number in range(count):
            moment = start + timedelta(minutes=random.randrange(500_000))
            text = f"{moment:%m/%d/%Y %I:%M:%S %p}"
            latitude, longitude = 41.65 + random.random() * 0.35, -87.8 + random.random() * 0.25
            writer.writerow([
                50_000_000 + number, f"ZZ{number % 1_000_000:06d}", text, f"{random.randrange(120):03d}XX S STATE ST", "0820",
                "THEFT", "$500 AND UNDER", "STREET", "false", "false", "0112", "001", 42, 32, "06", "", "", 2019, text,
                f"{latitude:.9f}", f"{longitude:.9f}", f"({latitude:.9f}, {longitude:.9f})",
            ])  # fmt: skip
    return path


def _duckdb(path: Path) -> float:
    import duckdb

    began = time.perf_counter()
    duckdb.sql(f"CREATE OR REPLACE TABLE crimes AS SELECT * FROM read_csv('{path}', all_varchar=true)")
    return time.perf_counter() - began


def _copy(path: Path) -> float | None:
    import psycopg

    try:
        connection = psycopg.connect("postgresql://postgres@127.0.0.1:5432/postgres", connect_timeout=3)
    except psycopg.Error:
        return None
    columns = ", ".join(f"c{place} text" for place in range(len(HEADING)))
    with connection, connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(f"CREATE TEMP TABLE crimes ({columns})")
        with cursor.copy("COPY crimes FROM STDIN (FORMAT csv, HEADER)") as copy, path.open("rb") as file:
            while data := file.read(1 << 20):
                copy.write(data)
        connection.commit()
        return time.perf_counter() - began
