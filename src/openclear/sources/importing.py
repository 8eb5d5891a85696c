"""One import from file to outcome: attempt in the log, whole batches, rejected rows with their reasons, outcome."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tqdm import tqdm

from openclear.access import gate
from openclear.records.incidents.commands import upsert_incidents
from openclear.records.incidents.rows import IncidentFacts
from openclear.sources.crimes.delimited import Row
from openclear.sources.crimes.fetch import OpenFile, open_crimes
from openclear.sources.crimes.mapping import Columns, columns_of
from openclear.sources.crimes.parse import parse_row
from openclear.sources.errors import BadValue, BrokenOff, WrongFile
from openclear.sources.outcome import ImportResult, Rejects
from openclear.vocabulary import clock
from openclear.vocabulary.grants import Grant

BATCH = 5000
HASH_CHUNK = 1 << 20


def import_crimes(
    grant: Grant, *, mapping: str, path: Path, rejects_folder: Path, result: ImportResult
) -> None:
    """Import a file of the city's crimes, and write what became of its rows into `result`, also if this raises.

    `mapping`: which of the profile's mappings of columns describes it. Repeating it changes nothing; killed and
    repeated, it has the same result. Raises WrongFile if the file is not one, ends in the middle or has no row that can
    be imported, WrongUsage if the profile has no such mapping, and what the gate raises between batches.
    """
    columns = columns_of(mapping)
    with open_crimes(path, columns) as opened:
        result.dropped = opened.dropped
        facts: dict[str, Any] = {
            "file": path.name,
            "sha256": _digest(path),
            "dropped_columns": opened.dropped,
        }
        attempt = gate.log_act(grant, kind="attempt", details=facts)
        try:
            _import_batches(grant, columns, opened, result, rejects_folder / _rejects_name(path))
        except Exception as error:
            result.broken_off = True
            facts = _told(result) | {"error": type(error).__name__}
            gate.log_outcome(grant, attempt=attempt, details=facts, failed=True)
            if isinstance(error, BrokenOff):
                raise _broken_off(path, error, result) from None
            raise
    facts = _told(result) | {"undecided_offenses": len(result.undecided)}
    gate.log_outcome(grant, attempt=attempt, details=facts)
    if not result.kept:
        raise _nothing(path, result)


def _told(result: ImportResult) -> dict[str, Any]:
    names = ("read", "inserted", "updated", "unchanged", "rejected", "skipped")
    return {name: result.counts[name] for name in names} | {"rejects_file": ""}


def _broken_off(path: Path, error: BrokenOff, result: ImportResult) -> WrongFile:
    kept = f"{result.kept:,} rows before that are imported" if result.kept else "nothing of it was imported"
    rejected = f", {result.counts['rejected']:,} were rejected" if result.counts["rejected"] else ""
    return WrongFile(
        f"{path} is damaged after line {error.line} ({error.why}): {kept}{rejected}, and everything after that was not "
        "read; download the file again and repeat the import."
    )


def _nothing(path: Path, result: ImportResult) -> WrongFile:
    if not result.counts["read"]:
        return WrongFile(f"{path} has a heading and no rows, so nothing was imported; download it again.")
    return WrongFile(
        f"Nothing was imported from {path}: {result.rejects_told().rstrip('.')}; correct the file, or the mapping of its columns."
    )


def _import_batches(
    grant: Grant, columns: Columns, opened: OpenFile, result: ImportResult, path: Path
) -> None:
    with _rejects(path, result) as rejects:
        for batch in _batches(columns, opened, result, rejects):
            gate.recheck(grant)
            result.counts += upsert_incidents(grant, source=columns.source, batch=batch)


def _rejects_name(path: Path) -> str:
    return f"{path.name}-{clock.now():%Y%m%dT%H%M%S}.rejects.csv"


def _batches(
    columns: Columns, opened: OpenFile, result: ImportResult, rejects: Rejects
) -> Iterator[list[IncidentFacts]]:
    batch: list[IncidentFacts] = []
    broken_off: BrokenOff | None = None
    with tqdm(total=opened.position.total, unit="B", unit_scale=True, desc="crimes", disable=None) as bar:
        try:
            for row in opened.rows:
                facts = _parsed(columns, opened, row, result, rejects)
                if facts:
                    batch.append(facts)
                if len(batch) == BATCH:
                    yield batch
                    batch = []
                    bar.update(opened.position.now() - bar.n)
        except BrokenOff as error:
            broken_off = error
        if batch:
            yield batch
        bar.update(opened.position.total - bar.n)
    result.counts["skipped"] = opened.lines.blank if opened.lines else 0
    if broken_off:
        raise broken_off


def _parsed(
    columns: Columns, opened: OpenFile, row: Row, result: ImportResult, rejects: Rejects
) -> IncidentFacts | None:
    result.counts["read"] += 1
    try:
        facts = parse_row(_named(opened, row), columns, result.noted)
    except BadValue as error:
        kept = _kept(columns, opened, row)
        result.note_reject(row.line, error.column, error.reason, kept.get(error.column, ""))
        rejects.add(row.line, error.column, error.reason, list(kept.values()))
        return None
    result.note_offense(facts)
    return facts


def _kept(columns: Columns, opened: OpenFile, row: Row) -> dict[str, str]:
    # Only known columns, and none of a row whose values may have shifted: law 6 applies here too.
    if len(row.values) != len(opened.names):
        return {}
    pairs = zip(opened.names, row.values, strict=True)
    return {name: value for name, value in pairs if name in columns.names and name not in opened.dropped}


def _named(opened: OpenFile, row: Row) -> dict[str, str]:
    if row.fault:
        raise BadValue("", row.fault)
    if len(row.values) != len(opened.names):
        raise BadValue("", f"{len(row.values)} values, but the heading has {len(opened.names)}")
    pairs = zip(opened.names, row.values, strict=True)
    return {name: value for name, value in pairs if name not in opened.dropped}


@contextmanager
def _rejects(path: Path, result: ImportResult) -> Iterator[Rejects]:
    rejects = Rejects(path)
    try:
        yield rejects
    finally:
        rejects.close()
        result.rejects_file = rejects.name


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(HASH_CHUNK):
            digest.update(data)
    return digest.hexdigest()
