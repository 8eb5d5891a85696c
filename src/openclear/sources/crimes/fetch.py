"""Reading a city's file of crimes row by row, in any of its formats, without loading it into memory."""

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from openclear.sources.crimes.delimited import Lines, Row, rows_of
from openclear.sources.crimes.heading import read_heading, separator_of
from openclear.sources.crimes.mapping import Columns
from openclear.sources.crimes.opening import text_of
from openclear.sources.errors import BrokenOff, WrongFile

PARQUET_MAGIC = b"PAR1"
PARQUET_BATCH = 5000
# The first line of a file for Excel may name the separator.
_NAMED = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_DAMAGED = (EOFError, UnicodeError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, OSError)


@dataclass(frozen=True)
class OpenFile:
    """An opened file: column names, columns dropped by law 6, rows, progress; of text also its lines."""

    names: list[str]
    dropped: list[str]
    rows: Iterator[Row]
    position: "Position"
    lines: Lines | None = None


@dataclass
class Position:
    """The number of bytes read of the file on disk (compressed or not); for Parquet, the number of rows."""

    file: IO[bytes] | None
    total: int
    count: int = 0

    def now(self) -> int:
        """Return the progress, in the unit of `total`."""
        return self.file.tell() if self.file else self.count


@contextmanager
def open_crimes(path: Path, columns: Columns) -> Iterator[OpenFile]:
    """Open a file of the city's crimes, with the columns of the mapping.

    Raises WrongFile if it is not one, or not readable. Its rows raise BrokenOff behind the last one that can be read.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        message = (
            f"The file {path} cannot be read ({error.strerror or error}); check its name and who may read it."
        )
        raise WrongFile(message) from None
    with file:
        magic = file.read(len(PARQUET_MAGIC))
        file.seek(0)
        yield _parquet(path, columns) if magic == PARQUET_MAGIC else _text(file, path, columns)


def _text(file: IO[bytes], path: Path, columns: Columns) -> OpenFile:
    try:
        lines = Lines(text_of(file, path))
        line = _heading(lines)
        named = _NAMED.fullmatch(line)
        line = _heading(lines) if named else line
    except _DAMAGED as error:
        message = (
            f"{path} is damaged at its beginning ({_why(error)}), so nothing was imported; download it again."
        )
        raise WrongFile(message) from None
    if not line:
        raise WrongFile(f"{path} is empty; choose {columns.title}.")
    separator = named[1] if named else separator_of(line, columns)
    lines.give_back([line])
    heading = next(rows_of(lines, separator, 0))
    if heading.fault:
        raise WrongFile(f"The heading of {path} cannot be read: {heading.fault}; correct its first line.")
    names, dropped = read_heading(heading.values, columns)
    rows = _until_damaged(rows_of(lines, separator, len(names)), lines)
    return OpenFile(names, dropped, rows, Position(file, path.stat().st_size), lines)


def _heading(lines: Lines) -> str:
    while (line := lines.next()) is not None:
        if line.strip():
            return line
    return ""


def _until_damaged(rows: Iterator[Row], lines: Lines) -> Iterator[Row]:
    try:
        yield from rows
    except _DAMAGED as error:
        raise BrokenOff(lines.number, _why(error)) from None


def _why(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "its text is not in the encoding that it begins with"
    return "the packed data end in the middle" if isinstance(error, EOFError) else str(error).rstrip(".")


def _parquet(path: Path, columns: Columns) -> OpenFile:
    import duckdb  # noqa: PLC0415 - heavy, and only Parquet needs it

    engine = duckdb.connect()
    try:
        engine.execute("SET TimeZone = 'UTC'")
        described = engine.execute("SELECT * FROM read_parquet(?) LIMIT 0", [str(path)]).description or []
        headings = [column[0] for column in described]
        # As text, which the engine writes: a moment with its zone would need one more library here.
        listed = ", ".join(f"CAST({_quoted(name)} AS VARCHAR)" for name in headings)
        total = engine.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchone()
        result = engine.execute(f"SELECT {listed} FROM read_parquet(?)", [str(path)])  # noqa: S608 - quoted names of columns
    except duckdb.Error:
        message = f"{path} is not a readable Parquet file; export it again."
        raise WrongFile(message) from None
    names, dropped = read_heading(headings, columns)
    position = Position(None, total[0] if total else 0)
    return OpenFile(names, dropped, _parquet_rows(result, position, duckdb.Error), position)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _parquet_rows(result: Any, position: Position, damaged: type[Exception]) -> Iterator[Row]:
    try:
        while batch := result.fetchmany(PARQUET_BATCH):
            for row in batch:
                position.count += 1
                yield Row(position.count, ["" if value is None else value for value in row])
    except damaged:
        raise BrokenOff(position.count, "the rest of the Parquet file is damaged") from None
