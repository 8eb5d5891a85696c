"""Exports as files: written row by row to the side, then turned into CSV, Parquet or PDF, and only then in their place.

Beside each file stand the ids of its rows, 16 bytes each, as many for what a row tells of another record, and for CSV where
each row begins: so that each range is held against the records as they are now. The ids stay when the file goes: oversight
asks who was shown what.
"""

import csv
import json
import os
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from hashlib import file_digest, sha256
from io import StringIO
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from openclear.records.kinds import searched
from openclear.vocabulary.without_grant import without_grant

NOTHING = UUID(int=0)
_OWN_ALONE = 0o600
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TYPES = {int: "BIGINT", bool: "BOOLEAN", date: "DATE", datetime: "TIMESTAMPTZ", float: "DOUBLE"}


@without_grant("names a file; reads nothing")
def path_of(identity: object) -> Path:
    """Return where the file of an export stands."""
    folder: Path = settings.EXPORTS_FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / str(identity)


@without_grant("for an export whose grant was required")
def ids_of(identity: object, start: int, stop: int) -> list[str]:
    """Return the ids of the rows that the bytes from `start` to `stop` hold parts of, as hexadecimal digits.

    Of Parquet and PDF those of all rows.
    """
    return _beside(identity, ".ids", start, stop)


@without_grant("for an export whose grant was required")
def told_in(identity: object, start: int, stop: int) -> list[str]:
    """Return what those rows tell of other records: the ids of keepers, and of incidents that tell of an arrest."""
    return [one for one in _beside(identity, ".told", start, stop) if one != NOTHING.hex]


def _beside(identity: object, suffix: str, start: int, stop: int) -> list[str]:
    ids = path_of(identity).with_suffix(suffix)
    first, last = 0, ids.stat().st_size // 16
    begins = path_of(identity).with_suffix(".rows")
    if begins.exists() and last:
        with (
            begins.open("rb") as file,
            mmap(file.fileno(), 0, access=ACCESS_READ) as data,
            memoryview(data).cast("Q") as places,
        ):
            first, last = max(0, bisect_right(places, start) - 1), bisect_left(places, stop)
    with ids.open("rb") as file:
        file.seek(16 * first)
        held = file.read(16 * (last - first)).hex()
    return [held[place : place + 32] for place in range(0, len(held), 32)]


@without_grant("for oversight's question and for a sealing, whose grants were required")
def exports_with(record: UUID) -> list[str]:
    """Return the ids of the exports that ever held a record: for oversight's questions."""
    return _with_id(record, ".ids")


@without_grant("for a sealing, whose grant was required")
def exports_telling_of(record: UUID) -> list[str]:
    """Return the ids of the exports that hold a record, or rows that tell of it, as a vehicle does of its keeper."""
    return sorted({*_with_id(record, ".ids"), *_with_id(record, ".told")})


def _with_id(record: UUID, suffix: str) -> list[str]:
    beside = path_of("x").parent.glob(f"*{suffix}")
    return [path.stem for path in beside if _stands_in(_bytes_of(path), record.bytes)]


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # removed since it was listed
        return b""


def _stands_in(ids: bytes, wanted: bytes) -> bool:
    place = ids.find(wanted)
    while place >= 0 and place % 16:
        place = ids.find(wanted, place + 1)
    return place >= 0


@without_grant("ends a file, and shows nothing")
def remove(identity: object) -> None:
    """Remove the file of an export, and whatever its making left beside it. Twice is harmless."""
    path = path_of(identity)
    for left in (path, *(path.with_suffix(suffix) for suffix in (".draft", ".made", ".rows", ".told"))):
        left.unlink(missing_ok=True)


@without_grant("names columns; reads nothing")
def columns_of(kind: str) -> list[str]:
    """Return the names of the columns of a kind of export."""
    return [item.name for item in fields(searched(kind).row)]


class ExportDraft:
    """Rows of an export on their way: one JSON object a line, in a file that nobody is handed."""

    def __init__(self, identity: UUID) -> None:
        """Open the draft of an export, empty."""
        self.path = path_of(identity).with_suffix(".draft")
        self.rows = 0
        self._ids, self._told = bytearray(), bytearray()
        self._file = os.fdopen(_private(self.path), "w")

    def add(self, kind: str, rows: Iterable[Any]) -> None:
        """Write rows of a kind, and beside them what they tell of other records."""
        tells_of = searched(kind).tells_of or (lambda _: None)
        for row in rows:
            self._file.write(json.dumps(asdict(row), cls=DjangoJSONEncoder) + "\n")
            self._ids += row.id.bytes
            self._told += (tells_of(row) or NOTHING).bytes
            self.rows += 1

    def close(self) -> None:
        """Finish writing."""
        self._file.close()

    def discard(self) -> None:
        """Throw the draft away. Twice is harmless."""
        self._file.close()
        for left in (self.path, self.path.with_suffix(".made")):
            left.unlink(missing_ok=True)

    def finish(self, kind: str, format_name: str, watermark: Mapping[str, str]) -> tuple[Path, str]:
        """Turn the draft into its format; return the finished file, still to the side, and its SHA-256."""
        self.close()
        done = self.path.with_suffix(".made")
        _write(self.path.with_suffix(".ids"), self._ids)
        _write(self.path.with_suffix(".told"), self._told)
        _MAKERS[format_name](self.path, done, kind, watermark)
        done.chmod(_OWN_ALONE)
        with done.open("rb") as file:
            return done, file_digest(file, "sha256").hexdigest()

    def take(self, data: bytes) -> tuple[Path, str]:
        """Take what was made elsewhere; return the file, still to the side, and its SHA-256."""
        self.close()
        done = self.path.with_suffix(".made")
        _write(done, data)
        return done, sha256(data).hexdigest()


@without_grant("the worker's duty: it shows nothing")
def remove_drafts() -> None:
    """Remove what killed workers were writing. To be called where nothing is being made."""
    for suffix in (".draft", ".made"):
        for left in path_of("x").parent.glob(f"*{suffix}"):
            left.unlink(missing_ok=True)


def _private(path: Path) -> int:
    # Whatever the umask: a killed worker leaves rows of records behind.
    path.unlink(missing_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OWN_ALONE)


def _write(path: Path, data: bytes | bytearray) -> None:
    with os.fdopen(_private(path), "wb") as file:
        file.write(data)


def _csv(draft: Path, done: Path, kind: str, _watermark: Mapping[str, str]) -> None:
    names, begins = columns_of(kind), array("Q")
    with draft.open() as rows, done.open("wb") as file:
        line = StringIO(newline="")
        writer = csv.writer(line)
        writer.writerow(names)
        for text in rows:
            file.write(_taken(line))
            begins.append(file.tell())
            row = json.loads(text)
            writer.writerow([cell_of(row[name]) for name in names])
        file.write(_taken(line))
    _write(draft.with_suffix(".rows"), begins.tobytes())


def _taken(line: StringIO) -> bytes:
    data = line.getvalue().encode()
    line.seek(0)
    line.truncate()
    return data


@without_grant("spells a value; reads nothing")
def cell_of(value: Any) -> Any:
    """Return a value as a cell of CSV: one that a spreadsheet would take for a formula is told to be text (CWE-1236)."""
    text = "; ".join(value) if isinstance(value, list) else value
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA) else text


def _parquet(draft: Path, done: Path, kind: str, watermark: Mapping[str, str]) -> None:
    import duckdb  # noqa: PLC0415 - heavy, and only exports to Parquet need it

    columns = {item.name: _type(item.type) for item in fields(searched(kind).row)}
    told = ", ".join(f'"{name}": {_quoted(value)}' for name, value in watermark.items())
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


def _pdf(draft: Path, done: Path, kind: str, watermark: Mapping[str, str]) -> None:
    import typst  # noqa: PLC0415 - heavy, and only exports to PDF need it

    names = columns_of(kind)[1:]
    rows = [[_told(json.loads(line)[name]) for name in names] for line in draft.read_text().splitlines()]
    facts = {"title": f"Export of {kind}", "names": names, "rows": rows, "watermark": watermark}
    done.write_bytes(
        typst.compile(_PAGE.encode(), sys_inputs={"facts": json.dumps(facts)}, pdf_standards=["ua-1"])
    )


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
  #text(size: 6pt)[#facts.watermark.pairs().map(p => p.at(0) + ": " + p.at(1)).join(" · ") · #counter(page).display("1 / 1", both: true)]
])
= #facts.title
#table(
  columns: facts.names.len(), stroke: 0.3pt + gray,
  table.header(..facts.names.map(n => strong(n.replace("_", " ")))),
  ..facts.rows.flatten().map(v => [#v])
)
"""
