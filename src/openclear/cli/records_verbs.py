"""Verbs on records: bring a file in, list open cases."""

import argparse
from dataclasses import asdict
from pathlib import Path

from django.conf import settings

from openclear.access import gate
from openclear.cli.acting import actor, print_json
from openclear.records.finding import open_cases
from openclear.sources.importing import ImportResult, import_chicago_crimes
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose


def import_grant(handle: str) -> Grant:
    """Return the grant of the machine account that brings records in. Raises Refused."""
    return gate.open_for(handle, Action.RECORDS_IMPORT, purpose=Purpose.RECORDS_MAINTENANCE)


def bring_in(options: argparse.Namespace) -> int:
    """Import a file and say what became of its rows."""
    grant = import_grant(actor(options, None, "importer"))
    result = import_file(grant, options.file)
    if options.json:
        print_json(result.as_json())
    else:
        print_result(result)
    return 0


def import_file(grant: Grant, path: Path) -> ImportResult:
    """Import one file of the city's crimes; rejects go to the police folder."""
    return import_chicago_crimes(grant, path=path, rejects_folder=settings.POLICE_FOLDER / "rejects")


def print_result(result: ImportResult) -> None:
    """Print what became of the rows, for people."""
    for name, number in result.as_json().items():
        if name != "rejects_file":
            print(f"{name:<10} {number:>10,}")
    for column in result.dropped:
        print(f"Column {column} was dropped: what is not stored cannot be shared.")
    if result.rejects_file:
        print(f"Rejected rows, each with its reason: {result.rejects_file}")


def cases(options: argparse.Namespace) -> int:
    """List open cases, newest first."""
    handle = actor(options, options.by, "rivera")
    grant = gate.open_for(handle, Action.CASE_LIST, purpose=Purpose.CRIMINAL_INVESTIGATION)
    rows = grant.release(open_cases(grant))
    if options.json:
        print_json([asdict(row) for row in rows])
    else:
        for row in rows:
            print(f"{row.number:<16} {row.kind:<9} {row.opened}  {row.title}")
    return 0
