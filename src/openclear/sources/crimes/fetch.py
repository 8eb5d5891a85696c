"""Reading a city's file of crimes row by row, in any of its formats, without loading it into memory."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from openclear.sources.crimes.mapping import Columns
from openclear.sources.crimes.parse import read_heading
from openclear.sources.errors import WrongFile

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

GZIP_MAGIC, PARQUET_MAGIC = b"\x1f\x8b", b"PAR1"
PARQUET_BATCH = 5000
Rows = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True)
class OpenFile:
    """An opened file: column names, columns dropped by law 6, rows with line numbers, and progress."""

    names: list[str]
    dropped: list[str]
    rows: Rows
    position: "Position"


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

    Raises WrongFile if it is not one, or not readable.
    """
    try:
        with path.open("rb") as file, ExitStack() as opened:
            magic = file.read(4)
            file.seek(0)
            if magic == PARQUET_MAGIC:
                yield _parquet(path, columns)
            else:
                stream = gzip.GzipFile(fileobj=file) if magic.startswith(GZIP_MAGIC) else file
                text = opened.enter_context(io.TextIOWrapper(stream, encoding="utf-8-sig", newline=""))
                yield _csv(text, file, path, columns)
    except OSError as error:
        message = f"The file {path} cannot be read ({error.strerror or error}); check its name, or download it again."
        raise WrongFile(message) from None


def _csv(text: IO[str], file: IO[bytes], path: Path, columns: Columns) -> OpenFile:
    reader = csv.reader(text)
    rows = _numbered(reader, path)
    _, heading = next(rows, (0, []))
    if not heading:
        message = f"{path} is empty; choose {columns.title}."
        raise WrongFile(message)
    names, dropped = read_heading(heading, columns)
    return OpenFile(names, dropped, rows, Position(file, path.stat().st_size))


def _numbered(reader: "CsvReader", path: Path) -> Rows:
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except (EOFError, UnicodeDecodeError, csv.Error, zlib.error, gzip.BadGzipFile) as error:
            message = (
                f"{path} is damaged after line {reader.line_num} ({error}); earlier lines were imported. "
                "Download the file again and repeat the import."
            )
            raise WrongFile(message) from None
        if row:
            yield reader.line_num, row


def _parquet(path: Path, columns: Columns) -> OpenFile:
    import duckdb  # noqa: PLC0415 - heavy, and only Parquet needs it

    try:
        result = duckdb.connect().execute("SELECT * FROM read_parquet(?)", [str(path)])
    except duckdb.Error:
        message = f"{path} is not a readable Parquet file; export it again."
        raise WrongFile(message) from None
    names, dropped = read_heading([column[0] for column in result.description or []], columns)
    total = duckdb.connect().execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchone()
    position = Position(None, total[0] if total else 0)
    return OpenFile(names, dropped, _parquet_rows(result, position), position)


def _parquet_rows(result: "object", position: Position) -> Rows:
    while batch := result.fetchmany(PARQUET_BATCH):  # type: ignore[attr-defined] # duckdb is imported late
        for row in batch:
            position.count += 1
            yield position.count, ["" if value is None else str(value) for value in row]
