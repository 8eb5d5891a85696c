"""Verbs on records: import a file, relabel all records, seal a record."""

import argparse
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TextIO
from uuid import UUID

from django.conf import settings

from openclear.access import gate
from openclear.cli.acting import actor, print_json
from openclear.operations.start import label_and_say
from openclear.records.boundaries.commands import first_day_of, keep_boundaries
from openclear.records.labelling import is_labelled, undecided_offenses
from openclear.records.sealing import BEYOND
from openclear.records.sealing import seal as seal_record
from openclear.sources.boundaries.fetch import read_features
from openclear.sources.boundaries.parse import boundaries_of
from openclear.sources.crimes.mapping import columns_of
from openclear.sources.importing import import_crimes
from openclear.sources.outcome import ImportResult
from openclear.vocabulary.actions import Action
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.labels import Label, label_name
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.roles import Role

# The name of a file of boundaries on the command line, and the kind of boundary in it.
BOUNDARIES = {"beats": "beat", "community-areas": "community-area", "districts": "district", "wards": "ward"}


def maintenance_grant(handle: str, action: Action = Action.RECORDS_IMPORT) -> Grant:
    """Return a grant to keep records, for the importer's machine account. Raises Refused."""
    return gate.open_for(handle, action, purpose=Purpose.RECORDS_MAINTENANCE)


def import_records(options: argparse.Namespace) -> int:
    """Import a file and print what became of its rows; with --json the last line says so also where this fails."""
    handle = actor(options, None, "importer")
    if options.source in BOUNDARIES:
        return _bring_boundaries_in(options, handle)
    _check_source(options.source)
    result = ImportResult()
    try:
        import_file(maintenance_grant(handle), options.file, mapping=options.source, result=result)
    except NotPossible:
        _print_outcome(options, result)
        raise
    _print_outcome(options, result)
    return 0


def _print_outcome(options: argparse.Namespace, result: ImportResult) -> None:
    if options.json:
        if result.kept and result.reasons:
            print(result.rejects_told(), file=sys.stderr)
        print_undecided(result, file=sys.stderr)
        print_json(result.as_json())
    elif result.counts["read"]:
        print_result(result)


def _check_source(name: str) -> None:
    # Before the gate: a typing error is not an act.
    known = [*BOUNDARIES, *city().imports()]
    if name not in known:
        raise WrongUsage(f"'{name}' cannot be imported here; choose one of {', '.join(known)}.")
    columns_of(name)


def _bring_boundaries_in(options: argparse.Namespace, handle: str) -> int:
    kind, kept, since = BOUNDARIES[options.source], 0, None
    try:
        grant = maintenance_grant(handle, Action.BOUNDARY_KEEP)
        since = _day(options.valid_from) if options.valid_from else first_day_of(grant, kind=kind)
        rows = boundaries_of(read_features(options.file), kind=kind, valid_from=since, code=options.code)
        kept = keep_boundaries(grant, rows=rows)
    except NotPossible:
        if options.json:
            print_json({"kind": kind, "boundaries": 0, "valid_from": None})
        raise
    if options.json:
        print_json({"kind": kind, "boundaries": kept, "valid_from": str(since)})
    else:
        print(f"{kept} boundaries ({kind}), valid from {since}.")
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUsage(f"'{text}' is not a date; write it as 2012-12-18.") from None


_DONE = {"seal": "sealed", "expunge": "expunged"}


def seal(options: argparse.Namespace) -> int:
    """Seal or expunge one record, as a court ordered."""
    grant = maintenance_grant(actor(options, options.by, Role.RECORDS), Action.RECORD_SEAL)
    try:
        record = UUID(options.record)
    except ValueError:
        raise WrongUsage(
            f"'{options.record}' is not an id; it is at the end of the record's address."
        ) from None
    how = "expunge" if options.expunge else "seal"
    done = seal_record(grant, kind=options.kind, record=record, court_order=options.court_order, how=how)
    print(
        f"The {options.kind} is {_DONE[how]}. To withdraw editions that contain it: openclear edition refresh."
    )
    print(f"Answers under way: {done['answers_met']}, of which {done['answers_reset']} were reset.")
    for name in ("exports", "alerts", "links"):
        print(f"Ended, because they contained it: {done[name + '_ended']} {name}.")
    print("Not reached:")
    for sentence in BEYOND:
        print(f"- {sentence}")
    return 0


def labels(options: argparse.Namespace) -> int:
    """List the offenses that no table of handling labels decides, or relabel all records by the current tables."""
    grant = maintenance_grant(actor(options, options.by, Role.RECORDS))
    if options.what == "apply":
        gate.log_act(grant, details={"labels": "apply"})
        label_and_say()
        print("All records are labeled by the city's tables." if is_labelled() else "Not everything is done.")
        return 0 if is_labelled() else 1
    rows = grant.release(undecided_offenses(grant))
    if options.json:
        print_json([asdict(row) | {"labels": _names(row.labels)} for row in rows])
    for row in [] if options.json else rows:
        print(
            f"{row.iucr or '-':<5} {row.primary_type}: {row.description}  {row.offenses:,}  {' '.join(_names(row.labels))}"
        )
    return 0


def _names(labels: Label) -> list[str]:
    return [label_name(label) for label in labels]


def import_file(grant: Grant, path: Path, *, mapping: str, result: ImportResult) -> None:
    """Import one file of the city's crimes by one of its mappings of columns; rejected rows go to the police folder."""
    folder = settings.POLICE_FOLDER / "rejects"
    import_crimes(grant, mapping=mapping, path=path, rejects_folder=folder, result=result)


def print_result(result: ImportResult) -> None:
    """Print what became of the rows, for people."""
    for name in ("read", "inserted", "updated", "unchanged", "rejected", "skipped"):
        if name != "skipped" or result.counts[name]:
            print(f"{name:<10} {result.counts[name]:>10,}")
    for column in result.dropped:
        print(f"Column {column} was dropped: what is not stored cannot be shared.")
    for what, times in sorted(result.noted.items()):
        print(f"{what.capitalize()}: {times:,}.")
    if result.kept and result.reasons:
        print(result.rejects_told())
    if result.rejects_file:
        print(f"Rejected rows, each with its reason: {result.rejects_file}")
    print_undecided(result, file=sys.stdout)


def print_undecided(result: ImportResult, *, file: TextIO) -> None:
    """Print the offenses that no row of the city's tables decides."""
    for (code, kind, words), count in sorted(result.undecided.items()):
        print(
            f"{code or 'no code'} {kind}: {words} ({count:,} rows) is in no table of handling labels.",
            file=file,
        )
    if result.undecided:
        print(
            "These are handled as the most sensitive of their type until a person decides (openclear labels list).",
            file=file,
        )
