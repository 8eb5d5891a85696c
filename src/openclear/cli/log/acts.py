"""Verbs on the log: verify, export, erase, accept a restored one."""

import argparse

from openclear.access import gate
from openclear.access.orders.seen import accept_log, newest_seen
from openclear.audit import commands, queries, reading, verifying
from openclear.audit.proof.folder import need_outside
from openclear.audit.proof.report import as_json, report
from openclear.cli.acting import HERE, actor, administration, approver, print_json
from openclear.oversight import erasing
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.roles import Role


def verify(options: argparse.Namespace) -> int:
    """Replay the stored log."""
    seen = newest_seen()
    if options.keep is not None:
        return 0 if verifying.keep_result(options.keep, seen=seen) else 1
    outside = {str(path): path.read_bytes().decode(errors="replace") for path in options.checkpoint}
    result = queries.verify(outside=outside, seen=seen)
    need_outside(result, len(outside), required=options.require_outside)
    if options.json:
        print_json(as_json(result))
    else:
        print("\n".join(report(result, options.agency)))
    return 0 if result.ok else 1


def find(options: argparse.Namespace) -> int:
    """Print the entry of a refusal by its token: oversight may see any, others published ones."""
    handle = actor(options, options.by, Role.INSPECTOR_GENERAL)
    action, purpose = (
        (Action.LOG_VIEW, Purpose.OWN_ACCOUNT)
        if options.published
        else (Action.LOG_VIEW_ALL, Purpose.OVERSIGHT_REVIEW)
    )
    grant = gate.open_for(handle, action, purpose=purpose, details={"token": options.log_token, **HERE})
    number = reading.number_of_token(grant, token=options.log_token)
    row = grant.release(reading.entry(grant, number=number) if number is not None else None)
    if row is None:
        raise NotPossible("No entry that you may see has this token.")
    if options.json:
        print_json({"entry": row.number, "leaf": row.leaf, "header": row.header, "body": row.body})
    else:
        print(
            f"Entry {row.number}: {row.header['kind']}, {', '.join(row.header['rules']) or row.header['decision']}"
        )
    return 0


def export(options: argparse.Namespace) -> int:
    """Write the log and its verifier."""
    if options.bodies and not options.reason.strip():
        message = "An export with the private bodies needs a reason; write it with --reason."
        raise WrongUsage(message)
    handle = actor(options, options.by, Role.INSPECTOR_GENERAL if options.bodies else "publisher")
    action = Action.LOG_EXPORT_BODIES if options.bodies else Action.LOG_EXPORT
    purpose = Purpose.PUBLIC_RELEASE if handle == "publisher" else Purpose.OVERSIGHT_REVIEW
    grant = gate.open_for(handle, action, purpose=purpose, details={"reason": options.reason})
    gate.log_act(grant, details={"directory": str(options.directory)})
    size = commands.export_log(grant, directory=options.directory)
    print(f"{size} entries are in {options.directory}. Anyone can check them:")
    print(f"  python3 -I {options.directory}/verify.py {options.directory} --agency us.dhs.ice")
    return 0


def erase(options: argparse.Namespace) -> int:
    """Destroy fields of one body."""
    handle = actor(options, options.by, options.by)
    grant = gate.open_for(handle, Action.LOG_ERASE, purpose=Purpose.OVERSIGHT_REVIEW)
    done = erasing.erase(grant, entry=options.entry, fields=options.field, court_order=options.court_order)
    print(f"Erased: {', '.join(options.field)} of entry {options.entry}. Entry {done.receipt.entry} says so.")
    for name, number in done.ended.items():
        print(f"Ended, with their words removed: {number} {name}.")
    for name in done.destroyed:
        print(f"The write-ahead log of {name} is empty.")
    print("Not reached:")
    for sentence in done.beyond:
        print(f"- {sentence}")
    return 1 if done.left else 0


def accept_restore(options: argparse.Namespace) -> int:
    """Continue with a restored log, as two people decided."""
    first, second = actor(options, options.by, options.by), approver(options.approved_by)
    grant, approval = (administration(handle, Action.LOG_RESTORE) for handle in (first, second))
    print("\n".join(accept_log(grant, approval=approval, reason=options.reason)))
    return 0
