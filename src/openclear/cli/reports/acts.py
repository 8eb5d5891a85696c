"""The verbs on reports: into a file, or as a job whose file is kept with the officer's exports."""

import argparse
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from openclear.access import gate
from openclear.cli.acting import HERE, actor, print_json
from openclear.delivery.exports.commands import request_report
from openclear.reporting.declared import DeclaredReport
from openclear.reporting.reports import report_of
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.roles import Role


def report(options: argparse.Namespace) -> int:
    """Make a report with the parameters `NAME=VALUE`."""
    given = dict(part.partition("=")[::2] for part in options.given)
    return _answer(options, report_of(options.kind), given)


def book(options: argparse.Namespace) -> int:
    """Make the book of a district and a month."""
    return _answer(options, report_of("book"), {"district": options.district, "month": options.month})


def _answer(options: argparse.Namespace, made: DeclaredReport, given: Mapping[str, str]) -> int:
    handle, names = actor(options, options.by_officer, Role.ANALYST), made.params.__slots__
    details = {**made.inquiry(given, to=str(options.to or "")), **HERE}
    grant = gate.open_for(handle, made.action, purpose=made.purpose, details=details)
    if set(given) - set(names):
        raise WrongUsage(f"A {made.kind} takes {', '.join(f'{name}=VALUE' for name in names)}.")
    return (_queued if options.to is None else _written)(options, made, grant, given)


def _written(
    options: argparse.Namespace, made: DeclaredReport, grant: Grant, given: Mapping[str, str]
) -> int:
    watermark = {"made for": grant.officer, "purpose": str(grant.purpose)}
    data = grant.release(made.make(grant, given, watermark)[0])
    draft = Path(f"{options.to}.part")
    draft.write_bytes(data)
    draft.replace(options.to)
    told = {"file": str(options.to), "bytes": len(data), "sha256": sha256(data).hexdigest()}
    print_json(told) if options.json else print(f"Written: {options.to}, {len(data):,} bytes.")
    return 0


def _queued(options: argparse.Namespace, made: DeclaredReport, grant: Grant, given: Mapping[str, str]) -> int:
    queued = grant.release(request_report(grant, kind=made.kind, asked=given))
    told = {"export": str(queued.id), "state": queued.state}
    way = f"Queued as export {queued.id}; see openclear export list --by {grant.officer}."
    print_json(told) if options.json else print(way)
    return 0
