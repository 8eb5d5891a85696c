"""One import from file to outcome: attempt in the log, whole batches, rejected rows with their reasons, outcome."""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tqdm import tqdm

from openclear.access import gate
from openclear.records.incidents.commands import upsert_incidents
from openclear.records.incidents.rows import IncidentFacts
from openclear.sources.crimes.fetch import OpenFile, open_crimes
from openclear.sources.crimes.mapping import Columns, columns_of
from openclear.sources.crimes.parse import parse_row
from openclear.sources.errors import BadValue
from openclear.vocabulary import clock
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.handling import handling_of

BATCH = 5000
HASH_CHUNK = 1 << 20


@dataclass
class ImportResult:
    """The outcome of every row that was read."""

    counts: Counter[str] = field(default_factory=Counter)
    rejects_file: str | None = None
    dropped: list[str] = field(default_factory=list)
    undecided: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """Return the numbers for programs."""
        names = ("read", "inserted", "updated", "unchanged", "rejected")
        return {name: self.counts[name] for name in names} | {"rejects_file": self.rejects_file}

    def note_offense(self, facts: IncidentFacts) -> None:
        """Count the offense (code, type, description) if no row of the city's tables decides it."""
        code, kind, words = (facts.offense[name] for name in ("iucr", "primary_type", "description"))
        if not handling_of(code, kind, words).decided:
            self.undecided[code, kind, words] += 1


class Rejects:
    """The file of rejected rows: line, column, reason, and the row itself."""

    def __init__(self, path: Path) -> None:
        """`path`: created when the first row is rejected."""
        self._path = path
        self._file: IO[str] | None = None
        self._writer: Any = None
        self.name: str | None = None

    def add(self, line: int, column: str, reason: str, row: list[str]) -> None:
        """Write down one rejected row."""
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", newline="", encoding="utf-8")
            self._writer, self.name = csv.writer(self._file), str(self._path)
            self._writer.writerow(["line", "column", "reason", "row"])
        self._writer.writerow([line, column, reason, *row])

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file:
            self._file.close()


def import_crimes(grant: Grant, *, mapping: str, path: Path, rejects_folder: Path) -> ImportResult:
    """Import a file of the city's crimes.

    `mapping`: which of the profile's mappings of columns describes it. Repeating it changes nothing; killed and
    repeated, it has the same result. Raises WrongFile if the file is not one, WrongUsage if the profile has no such
    mapping, and what the gate raises between batches.
    """
    result, columns = ImportResult(), columns_of(mapping)
    with open_crimes(path, columns) as opened:
        result.dropped = opened.dropped
        facts = {"file": path.name, "sha256": _digest(path), "dropped_columns": opened.dropped}
        attempt = gate.log_act(grant, kind="attempt", details=facts)
        try:
            _import_batches(grant, columns, opened, result, rejects_folder / _rejects_name(path))
        except Exception as error:
            facts = {**result.as_json(), "rejects_file": "", "error": type(error).__name__}
            gate.log_outcome(grant, attempt=attempt, details=facts, failed=True)
            raise
    facts = result.as_json() | {"rejects_file": "", "undecided_offenses": len(result.undecided)}
    gate.log_outcome(grant, attempt=attempt, details=facts)
    return result


def _import_batches(
    grant: Grant, columns: Columns, opened: OpenFile, result: ImportResult, path: Path
) -> None:
    with _rejects(path) as rejects:
        for batch in _batches(columns, opened, result, rejects):
            gate.recheck(grant)
            result.counts += upsert_incidents(grant, source=columns.source, batch=batch)
    result.rejects_file = rejects.name


def _rejects_name(path: Path) -> str:
    return f"{path.name}-{clock.now():%Y%m%dT%H%M%S}.rejects.csv"


def _batches(
    columns: Columns, opened: OpenFile, result: ImportResult, rejects: Rejects
) -> Iterator[list[IncidentFacts]]:
    batch: list[IncidentFacts] = []
    with tqdm(total=opened.position.total, unit="B", unit_scale=True, desc="crimes", disable=None) as bar:
        for line, row in opened.rows:
            result.counts["read"] += 1
            facts = _parsed(columns, opened, line, row, result, rejects)
            if facts:
                result.note_offense(facts)
                batch.append(facts)
            if len(batch) == BATCH:
                yield batch
                batch = []
                bar.update(opened.position.now() - bar.n)
        if batch:
            yield batch
        bar.update(opened.position.total - bar.n)


def _parsed(
    columns: Columns, opened: OpenFile, line: int, row: list[str], result: ImportResult, rejects: Rejects
) -> IncidentFacts | None:
    try:
        return parse_row(_named(opened, row), columns)
    except BadValue as error:
        result.counts["rejected"] += 1
        rejects.add(line, error.column, error.reason, _kept(columns, opened, row))
        return None


def _kept(columns: Columns, opened: OpenFile, row: list[str]) -> list[str]:
    # Only known columns, and none of a row whose values may have shifted: law 6 applies here too.
    if len(row) != len(opened.names):
        return []
    pairs = zip(opened.names, row, strict=True)
    return [value for name, value in pairs if name in columns.names and name not in opened.dropped]


def _named(opened: OpenFile, row: list[str]) -> dict[str, str]:
    if len(row) != len(opened.names):
        raise BadValue("", f"{len(row)} values, but the heading has {len(opened.names)}")
    pairs = zip(opened.names, row, strict=True)
    return {name: value for name, value in pairs if name not in opened.dropped}


@contextmanager
def _rejects(path: Path) -> Iterator[Rejects]:
    rejects = Rejects(path)
    try:
        yield rejects
    finally:
        rejects.close()


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(HASH_CHUNK):
            digest.update(data)
    return digest.hexdigest()
