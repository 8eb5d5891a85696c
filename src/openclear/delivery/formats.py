"""Rows as files of their format: CSV, Parquet, PDF. Each maker returns what its owner should know, "" if there is nothing."""

import csv
import json
from array import array
from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

from openclear.delivery.files import write
from openclear.delivery.printing import printed
from openclear.records.kinds import searched
from openclear.vocabulary.without_grant import without_grant

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TYPES = {int: "BIGINT", bool: "BOOLEAN", date: "DATE", datetime: "TIMESTAMPTZ", float: "DOUBLE"}


@without_grant("names columns; reads nothing")
def columns_of(kind: str) -> list[str]:
    """Return the names of the columns of a kind of export."""
    return [item.name for item in fields(searched(kind).row)]


def _csv(draft: Path, done: Path, kind: str, _watermark: Mapping[str, str]) -> str:
    names, begins = columns_of(kind), array("Q")
    with draft.open() as rows, done.open("wb") as file:
        # Without this mark a spreadsheet reads the file in its own old encoding, and garbles every accent.
        file.write(BOM_UTF8)
        line = StringIO(newline="")
        writer = csv.writer(line)
        writer.writerow(names)
        for text in rows:
            file.write(_taken(line))
            begins.append(file.tell())
            row = json.loads(text)
            writer.writerow([cell_of(row[name]) for name in names])
        file.write(_taken(line))
    write(draft.with_suffix(".rows"), begins.tobytes())
    return ""


def _taken(line: StringIO) -> bytes:
    data = line.getvalue().encode()
    line.seek(0)
    line.truncate()
    return data


@without_grant("formats a value; reads nothing")
def cell_of(value: Any) -> Any:
    """Return a value as a cell of CSV: a value that a spreadsheet would read as a formula is marked as text (CWE-1236)."""
    text = "; ".join(value) if isinstance(value, list) else value
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA) else text


def _parquet(draft: Path, done: Path, kind: str, watermark: Mapping[str, str]) -> str:
    import duckdb  # noqa: PLC0415 - heavy, and only exports to Parquet need it

    columns = {item.name: _type(item.type) for item in fields(searched(kind).row)}
    told = ", ".join(f'"{name}": {_quoted(value)}' for name, value in watermark.items())
    listed = ", ".join(f"\"{name}\": '{kind_}'" for name, kind_ in columns.items())
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_json({_quoted(str(draft))}, format='newline_delimited', columns={{{listed}}}))"  # noqa: S608 - our own names
            f" TO {_quoted(str(done))} (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{told}}})"
        )
    return ""


def _type(annotation: Any) -> str:
    for python, name in _TYPES.items():
        if annotation is python or annotation == (python | None):
            return name
    return "VARCHAR[]" if "tuple" in str(annotation) else "VARCHAR"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _pdf(draft: Path, done: Path, kind: str, watermark: Mapping[str, str]) -> str:
    names = columns_of(kind)[1:]
    rows = [[_told(json.loads(line)[name]) for name in names] for line in draft.read_text().splitlines()]
    facts = {"title": f"Export of {kind}", "names": names, "rows": rows, "watermark": watermark}
    pages, told = printed(_PAGE.encode(), facts)
    done.write_bytes(pages)
    return told


def _told(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(value)
    return "" if value is None else str(value)


MAKERS = {"csv": _csv, "parquet": _parquet, "pdf": _pdf}
_PAGE = """
#let facts = json(bytes(sys.inputs.facts))
#set document(title: facts.title)
#set text(size: 7pt, lang: "en")
#set page(paper: "us-letter", flipped: true, margin: 1.2cm, footer: context [
  #text(size: 6pt)[#facts.watermark.pairs().map(p => p.at(0) + ": " + p.at(1)).join(" · ") · #counter(page).display("1 / 1", both: true)]
])
= #facts.title
#facts.replaced
#table(
  columns: facts.names.len(), stroke: 0.3pt + gray,
  table.header(..facts.names.map(n => strong(n.replace("_", " ")))),
  ..facts.rows.flatten().map(v => [#v])
)
"""
