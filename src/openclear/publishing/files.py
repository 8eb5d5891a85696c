"""An edition as files: CSV and Parquet in the columns of the city's own data set, GeoJSON by block, totals by type."""

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openclear.release.dictionary import PACKAGE, Column, data_package, incident_columns, total_columns
from openclear.release.rows import PublicIncident
from openclear.vocabulary.city import city
from openclear.vocabulary.without_grant import without_grant

_PARQUET = """COPY (SELECT CAST(nullif(date, '') AS TIMESTAMP) AS date, nullif(block, '') AS block,
  nullif(primary_type, '') AS primary_type, nullif(description, '') AS description,
  CAST(nullif(arrest, '') AS BOOLEAN) AS arrest, CAST(nullif({area}, '') AS SMALLINT) AS {area},
  CAST(nullif(latitude, '') AS DOUBLE) AS latitude, CAST(nullif(longitude, '') AS DOUBLE) AS longitude
  FROM read_csv(?, all_varchar = true)) TO '{file}' (FORMAT parquet, COMPRESSION zstd)"""


@without_grant("for the making of an edition, whose grant was required")
def write_files(
    folder: Path, name: str, rows: Sequence[PublicIncident], totals: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Write every file of an edition, the last with the meaning of their columns and the license.

    Return the name, size in bytes and SHA-256 of each. `name`: that of the edition, such as `2026-05.1`.
    """
    _write_csv(folder / "incidents.csv", _names(incident_columns()), [_line(row) for row in rows])
    _write_parquet(folder / "incidents.csv", folder / "incidents.parquet")
    (folder / "blocks.geojson").write_text(json.dumps(_blocks(rows), separators=(",", ":")))
    _write_csv(folder / "totals.csv", _names(total_columns()), sorted(totals.items()))
    package = folder / PACKAGE
    files = [_described(path) for path in sorted(folder.iterdir()) if path != package]
    package.write_text(json.dumps(data_package(name, name.partition(".")[0], files), indent=1))
    return sorted([*files, _described(package)], key=lambda file: str(file["name"]))


def _names(columns: Sequence[Column]) -> list[str]:
    return [column.name for column in columns]


def _line(row: PublicIncident) -> tuple[Any, ...]:
    hour = row.hour.isoformat() if row.hour else ""
    arrest = "" if row.arrest is None else str(row.arrest).lower()
    return (hour, row.block, row.primary_type, row.description, arrest, row.area, row.latitude, row.longitude)


def _write_csv(path: Path, heading: Sequence[str], lines: Sequence[Sequence[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        writer.writerows(lines)


def _write_parquet(source: Path, target: Path) -> None:
    import duckdb  # noqa: PLC0415 - heavy, and only the making of an edition needs it

    with duckdb.connect() as connection:
        connection.execute(
            _PARQUET.format(area=city().area_column, file=str(target).replace("'", "''")), [str(source)]
        )


def _blocks(rows: Sequence[PublicIncident]) -> dict[str, Any]:
    counts = Counter(
        (row.block, row.area, row.longitude, row.latitude) for row in rows if row.latitude is not None
    )
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
            "properties": {"block": block, city().area_column: area, "incidents": count},
        }
        for (block, area, longitude, latitude), count in sorted(counts.items(), key=str)
    ]
    return {"type": "FeatureCollection", "features": features}


def _described(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {"name": path.name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
