"""Verbs that ask why, who could have seen what, and for exports."""

import argparse
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

from openclear.access import gate
from openclear.access.explanations import Explanation, Question
from openclear.access.explanations import explain as explain_decision
from openclear.cli.acting import HERE, actor, print_json
from openclear.delivery import exports
from openclear.delivery.rules import PART
from openclear.oversight import could_see as oversight
from openclear.records.kinds import searched
from openclear.vocabulary.actions import Action
from openclear.vocabulary.asked import search_facts
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose, purpose_of


def explain(options: argparse.Namespace) -> int:
    """Say how an act of an officer would be decided, now or on a day that is past."""
    reader = actor(options, None, "okafor")
    asked = Question(options.officer, options.action, options.purpose, options.case or "", options.on or "")
    grant = gate.open_for(
        reader, asked.act_of(reader), purpose=asked.reason_of(reader), details={**asked.facts(), **HERE}
    )
    explanation = grant.release(explain_decision(grant, question=asked))
    if options.json:
        print_json(asdict(explanation))
    else:
        _print(options.officer, explanation)
    return 0


def could_see(options: argparse.Namespace) -> int:
    """Say whether an agency could have seen a record on a day, and whether the log shows that it did."""
    asked = oversight.Question(options.agency, options.record, options.on or "")
    grant = oversight.open_for(actor(options, None, "okafor"), asked, address=HERE["address"])
    seen = oversight.could_see(grant, question=asked)
    grant.release(seen, shown=[seen.record])
    could, shown = seen.could, [row.number for row in seen.entries]
    if options.json:
        print_json({**asdict(could), "record": str(seen.record), "entries_that_showed_it": shown})
        return 0
    print(f"{options.agency} on {could.on}: {'could' if could.could else 'could not'} have seen the record.")
    for purpose, against in could.purposes.items():
        print(f"  {purpose:<24} {'yes' if not against else ', '.join(against)}")
    print(f"Entries of that day that showed it to the agency: {', '.join(map(str, shown)) or 'none'}.")
    print("Labels are those of now; the rules are those of this version.")
    return 0


def export(options: argparse.Namespace) -> int:
    """Ask for an export, list one's own, or fetch one in ranges."""
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
            file.write(gate.release_together(data, [(grant, ()), (keeping, ())]))
            gate.let_go()
    draft.replace(options.to)
    print(f"{row.rows:,} rows are in {options.to}." if row.rows else f"Written: {options.to}.")
    return 0


def _keeping(handle: str, **facts: str) -> Grant:
    return gate.open_for(handle, Action.EXPORT_KEEP, purpose=Purpose.OWN_ACCOUNT, details={**facts, **HERE})


def _print(officer: str, explanation: Explanation) -> None:
    verdict = "allowed" if explanation.allowed else "refused"
    print(f"{officer} ({' + '.join(explanation.agencies)}) on {explanation.on}: {verdict}")
    for rule in explanation.rules:
        print(f"  {rule['id']}: {rule['because']} [{rule['source']}]")
    for tie in explanation.affiliations:
        print(f"  tied to {tie['agency']} as {tie['kind']} since {tie['since']} (entry {tie['entry']})")
    for item in explanation.hidden:
        print(f"  hidden in {item.dataset}: {item.what}, by {', '.join(item.rules)}")
    if not explanation.rules_of_the_day:
        print(
            "  The rules are those of this version; on that day others were served, or this city was not here yet."
        )
