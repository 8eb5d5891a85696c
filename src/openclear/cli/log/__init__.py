"""The arguments of the verbs on the log."""

import argparse
from pathlib import Path

from openclear.audit.proof.command import add_outside
from openclear.cli.verb import Verbs, new_verb, with_json

_ACTS = "openclear.cli.log.acts"


def register(verbs: Verbs) -> None:
    """Add the verbs on the log, each an act of `log`."""
    log = verbs.add_parser(
        "log",
        help="Verify, find, export, erase, accept a restored log.",
        description="The tamper-evident log.",
    )
    acts = log.add_subparsers(metavar="ACT", required=True)
    verify = new_verb(acts, "verify", _ACTS, "verify", "Replay the stored log and report what was found.")
    verify.add_argument("--keep", type=int, help=argparse.SUPPRESS)  # for the page that shows progress
    verify.add_argument("--agency", help="print the counts of this agency")
    add_outside(verify)
    with_json(verify)
    find = new_verb(acts, "find", _ACTS, "find", "Find the entry of a refusal or mistake by its token.")
    find.add_argument("log_token", metavar="TOKEN", help="as shown with the refusal")
    find.add_argument(
        "--published", action="store_true", help="only published entries: for anyone with access"
    )
    find.add_argument("--by", default=None, metavar="OFFICER")
    with_json(find)
    export = new_verb(acts, "export", _ACTS, "export", "Write the log and its verifier into an empty folder.")
    export.add_argument("directory", type=Path)
    export.add_argument(
        "--bodies", action="store_true", help="include the private bodies: for oversight, with a reason"
    )
    export.add_argument("--reason", default="", help="why the bodies are needed")
    export.add_argument("--by", default=None, metavar="OFFICER")
    erase = new_verb(acts, "erase", _ACTS, "erase", "Destroy fields of one private body, as a court ordered.")
    erase.add_argument("entry", type=int)
    erase.add_argument("--field", action="append", required=True)
    erase.add_argument("--court-order", required=True)
    erase.add_argument("--by", required=True, metavar="OFFICER")
    accept = new_verb(
        acts,
        "accept-restore",
        _ACTS,
        "accept_restore",
        "Continue with a restored log; an entry records what it replaces.",
    )
    accept.add_argument("--reason", required=True, help="why this log differs from the one before")
    accept.add_argument("--by", required=True, metavar="OFFICER")
    accept.add_argument("--approved-by", required=True, metavar="OFFICER", help="another person")
