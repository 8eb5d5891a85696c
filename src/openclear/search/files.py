"""Exports as files: written row by row to the side, then turned into CSV, Parquet or PDF, and only then in their place."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from openclear.records.rows import ArrestFound, IncidentRow, PersonRow, VehicleRow

ROW_OF = {"people": PersonRow, "incidents": IncidentRow, "arrests": ArrestFound, "vehicles": VehicleRow}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TYPES = {int: "BIGINT", bool: "BOOLEAN", date: "DATE", datetime: "TIMESTAMPTZ", float: "DOUBLE"}


def path_of(identity: object) -> Path:
    """Return where the file of an export stands."""
    folder: Path = settings.EXPORTS_FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / str(identity)


def remove(identity: object) -> None:
    """Remove the file of an export, and whatever its making left beside it. Twice is harmless."""
    path = path_of(identity)
    for left in (path, path.with_suffix(".draft"), path.with_suffix(".made")):
        left.unlink(missing_ok=True)


def columns_of(kind: str) -> list[str]:
    """Return the names of the columns of a kind of export."""
    return [item.name for item in fields(ROW_OF[kind])]


class Draft:
    """Rows of an export on their way: one JSON object a line, in a file that nobody is handed."""

    def __init__(self, identity: UUID) -> None:
        """Open the draft of an export, empty."""
        self.path = path_of(identity).with_suffix(".draft")
        self.rows = 0
        self._file = self.path.open("w")

    def add(self, rows: Iterable[Any]) -> None:
        """Write rows."""
        for row in rows:
            self._file.write(json.dumps(asdict(row), cls=DjangoJSONEncoder) + "\n")
            self.rows += 1

    def close(self) -> None:
        """Finish writing."""
        self._file.close()

    def discard(self) -> None:
        """Throw the draft away. Twice is harmless."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    def finish(self, kind: str, format_name: str, mark: Mapping[str, str]) -> tuple[Path, str]:
        """Turn the draft into its format; return the finished file, still to the side, and its SHA-256."""
        self.close()
        done = self.path.with_suffix(".made")
        _MAKERS[format_name](self.path, done, kind, mark)
        with done.open("rb") as file:
            return done, file_digest(file, "sha256").hexdigest()


def _csv(draft: Path, done: Path, kind: str, _mark: Mapping[str, str]) -> None:
    names = columns_of(kind)
    with draft.open() as rows, done.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        for line in rows:
            row = json.loads(line)
            writer.writerow([_cell(row[name]) for name in names])


def _cell(value: Any) -> Any:
    # A value that a spreadsheet would take for a formula is told to be text (CWE-1236).
    text = "; ".join(value) if isinstance(value, list) else value
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA) else text


def _parquet(draft: Path, done: Path, kind: str, mark: Mapping[str, str]) -> None:
    import duckdb  # noqa: PLC0415 - heavy, and only exports to Parquet need it

    columns = {item.name: _type(item.type) for item in fields(ROW_OF[kind])}
    told = ", ".join(f'"{name}": {_quoted(value)}' for name, value in mark.items())
    listed = ", ".join(f"\"{name}\": '{kind_}'" for name, kind_ in columns.items())
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_json({_quoted(str(draft))}, format='newline_delimited', columns={{{listed}}}))"  # noqa: S608 - our own names
            f" TO {_quoted(str(done))} (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{told}}})"
        )


def _type(annotation: Any) -> str:
    for python, name in _TYPES.items():
        if annotation is python or annotation == (python | None):
            return name
    return "VARCHAR[]" if "tuple" in str(annotation) else "VARCHAR"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _pdf(draft: Path, done: Path, kind: str, mark: Mapping[str, str]) -> None:
    import typst  # noqa: PLC0415 - heavy, and only exports to PDF need it

    names = columns_of(kind)[1:]
    rows = [[_told(json.loads(line)[name]) for name in names] for line in draft.read_text().splitlines()]
    facts = {"title": f"Export of {kind}", "names": names, "rows": rows, "mark": mark}
    done.write_bytes(typst.compile(_PAGE.encode(), sys_inputs={"facts": json.dumps(facts)}))


def _told(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(value)
    return "" if value is None else str(value)


_MAKERS = {"csv": _csv, "parquet": _parquet, "pdf": _pdf}
_PAGE = """
#let facts = json(bytes(sys.inputs.facts))
#set document(title: facts.title)
#set text(size: 7pt, lang: "en")
#set page(paper: "us-letter", flipped: true, margin: 1.2cm, footer: context [
  #text(size: 6pt)[#facts.mark.pairs().map(p => p.at(0) + ": " + p.at(1)).join(" · ") · #counter(page).display("1 / 1", both: true)]
])
= #facts.title
#table(
  columns: facts.names.len(), stroke: 0.3pt + gray,
  table.header(..facts.names.map(n => strong(n.replace("_", " ")))),
  ..facts.rows.flatten().map(v => [#v])
)
"""
