"""Requesting an export of a search, listing one's own, fetching one in ranges."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

from openclear.access import gate
from openclear.cli.acting import HERE, actor, print_json
from openclear.delivery import exports
from openclear.delivery.rules import PART
from openclear.records.kinds import searched
from openclear.search.find import find
from openclear.vocabulary.actions import Action
from openclear.vocabulary.asked import search_facts
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose, purpose_of


def export(options: argparse.Namespace) -> int:
    """Request an export, list one's own, or fetch one in ranges."""
    acts = {"request": _request, "list": _list, "fetch": _fetch}
    return acts[options.what](options, actor(options, options.by, options.by))


def _request(options: argparse.Namespace, handle: str) -> int:
    action = searched(options.kind or "").list_action
    asked = search_facts(options.text, format=options.format)
    grant = gate.open_for(
        handle,
        action,
        purpose=purpose_of(options.purpose or ""),
        case=options.case,
        filters=asked.pop("filters"),
        details=asked | HERE,
    )
    row = exports.request_export(
        grant, kind=options.kind, text=options.text, filters={}, format_name=options.format
    )
    print(row.id)
    unrecorded = grant.release(
        find(grant, kind=searched(options.kind), text=options.text, limit=0).unrecorded
    )
    for column, count in unrecorded.items():
        print(
            f"Not in it: {count:,} more match otherwise, but have no {column.replace('_', ' ')} recorded.",
            file=sys.stderr,
        )
    return 0


def _list(options: argparse.Namespace, handle: str) -> int:
    grant = _keeping(handle)
    rows = grant.release(exports.own_exports(grant))
    if options.json:
        print_json([asdict(row) for row in rows])
    else:
        for row in rows:
            print(
                f"{row.id}  {row.kind:<10} {row.format:<8} {row.state:<8} {row.rows:>9,} rows  {row.problem}"
            )
    return 0


def _fetch(options: argparse.Namespace, handle: str) -> int:
    if not options.export or not options.to:
        raise WrongUsage("Name the export and, with --to, the file to write.")
    keeping = _keeping(handle, export=options.export)
    row = exports.own_export(keeping, export=UUID(options.export))
    draft = Path(f"{options.to}.part")
    with draft.open("wb") as file:
        for start in range(0, max(row.size, 1), PART):
            grant, data = exports.open_part(
                keeping, export=row.id, start=start, stop=start + PART, address=HERE["address"]
            )
            with gate.handing_over():
                file.write(gate.release_together(data, [(grant, ()), (keeping, ())]))
                file.flush()
    draft.replace(options.to)
    print(f"{row.rows:,} rows are in {options.to}." if row.rows else f"Written: {options.to}.")
    return 0


def _keeping(handle: str, **facts: str) -> Grant:
    return gate.open_for(handle, Action.EXPORT_KEEP, purpose=Purpose.OWN_ACCOUNT, details={**facts, **HERE})
