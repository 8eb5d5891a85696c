"""Verbs that ask why a decision fell, and who could have seen what."""

import argparse
from dataclasses import asdict

from openclear.access import gate
from openclear.access.explanations import Explanation, Question
from openclear.access.explanations import explain as explain_decision
from openclear.cli.acting import HERE, actor, print_json
from openclear.oversight import could_see as oversight
from openclear.vocabulary.roles import Role


def explain(options: argparse.Namespace) -> int:
    """Say how an act of an officer would be decided, now or on a day that is past."""
    reader = actor(options, None, Role.INSPECTOR_GENERAL)
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
    grant = oversight.open_for(actor(options, None, Role.INSPECTOR_GENERAL), asked, address=HERE["address"])
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
