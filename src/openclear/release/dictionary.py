"""The files of an edition and what each of their columns means: the same for the files, their data package and the page.

Meanings are English, with the city's word for an area in braces; the public site translates them. The data package is
`datapackage.json` as Frictionless Data Package version 1 describes it (https://specs.frictionlessdata.io).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openclear.vocabulary.city import city

PACKAGE = "datapackage.json"
SCHEMA = "https://specs.frictionlessdata.io/schemas/data-package.json"
CSV, GEOJSON, JSON = "text/csv; charset=utf-8", "application/geo+json", "application/json"
PARQUET, TEXT = "application/vnd.apache.parquet", "text/plain; charset=utf-8"
# Every file of an edition with its media type.
FILES: Mapping[str, str] = {
    "incidents.csv": CSV,
    "incidents.parquet": PARQUET,
    "blocks.geojson": GEOJSON,
    "totals.csv": CSV,
    PACKAGE: JSON,
    "manifest.json": JSON,
    "manifest.sig": TEXT,
}
MISSING = "An empty value is withheld, or missing in the record."


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file. `kind`: its type in the words of Table Schema."""

    name: str
    kind: str
    meaning: str


def incident_columns() -> tuple[Column, ...]:
    """Return the columns of the incidents, in their order: those of "Crimes - 2001 to Present", as far as they are public."""
    return (
        Column("date", "datetime", "The hour of the incident in the city's local time, without minutes"),
        Column("block", "string", "The block, as the department writes it; never an address"),
        Column("primary_type", "string", "Type of the first offense"),
        Column("description", "string", "Description of the first offense"),
        Column("arrest", "boolean", "Whether an arrest was made; empty for a sensitive incident"),
        area_column(),
        Column("latitude", "number", "Latitude (WGS 84) of the center of a 200-meter square on the block"),
        Column("longitude", "number", "Longitude (WGS 84) of the center of a 200-meter square on the block"),
    )


def total_columns() -> tuple[Column, ...]:
    """Return the columns of the totals by type."""
    return (
        Column("primary_type", "string", "Type; empty for all types with fewer than three in the month"),
        Column("incidents", "integer", "Incidents of this type in the whole city, including those withheld elsewhere"),
    )  # fmt: skip


def block_columns() -> tuple[Column, ...]:
    """Return the properties of each point of the blocks."""
    return (
        Column("block", "string", "The block, as the department writes it; never an address"),
        area_column(),
        Column("incidents", "integer", "Incidents shown on this block"),
    )


def area_column() -> Column:
    """Return the column of the area, named after the city's kind of area."""
    return Column(city().area_column, "integer", "Number of the {area}")


def columns_of() -> dict[str, Sequence[Column]]:
    """Return the columns of each file that has any, by its name."""
    return {
        "incidents.csv": incident_columns(),
        "incidents.parquet": incident_columns(),
        "blocks.geojson": block_columns(),
        "totals.csv": total_columns(),
    }


def data_package(name: str, month: str, files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the data package of an edition: its license, and each file with its size, SHA-256 and columns."""
    words = city().words_in("en")
    return {
        "$schema": SCHEMA,
        "name": f"incidents-{name}",
        "title": f"Incidents of {words.city}, {month}",
        "description": f"One row for each incident. {MISSING} A murder counts once for each victim.",
        "licenses": [{"title": city().license.name, "path": city().license.address}],
        "contributors": [{"title": words.department, "role": "publisher"}],
        "resources": [_resource(file) for file in files],
    }


def _resource(file: Mapping[str, Any]) -> dict[str, Any]:
    name, media = str(file["name"]), FILES[str(file["name"])]
    columns = columns_of()[name]
    told = {
        "name": name.replace(".", "-"),
        "path": name,
        "mediatype": media.partition(";")[0],
        "bytes": file["bytes"],
        "hash": f"sha256:{file['sha256']}",
    }
    fields = [_field(column) for column in columns]
    if media != CSV:
        # Not a table of text: the columns are described all the same.
        return told | {"schema": {"fields": fields}}
    return told | {
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "schema": {"fields": fields, "missingValues": [""]},
    }


def _field(column: Column) -> dict[str, str]:
    meaning = column.meaning.format(area=city().words_in("en").area)
    return {"name": column.name, "type": column.kind, "description": meaning}
