"""The arguments of the verbs on what is public."""

import argparse

from openclear.cli.verb import Verbs, new_verb, with_json

_ACTS = "openclear.cli.public.acts"


def register(verbs: Verbs) -> None:
    """Add the verbs on what is public."""
    edition = new_verb(
        verbs,
        "edition",
        _ACTS,
        "edition",
        "Make the public editions that are due, withdraw one, or list all.",
    )
    edition.add_argument("what", choices=["refresh", "withdraw", "list"])
    edition.add_argument("edition", nargs="?", help="such as 2026-05.1")
    edition.add_argument(
        "--reason", default="Withdrawn by the department.", help="the reason, as the public will read it"
    )
    statement = new_verb(
        verbs, "statement", _ACTS, "statement", "Publish the public part of the log and its figures."
    )
    for verb in (edition, statement):
        verb.add_argument("--by", default=None, metavar="ACCOUNT")
        with_json(verb)
    site = new_verb(verbs, "public-site", _ACTS, "public_site", "Serve the public site.")
    site.add_argument("--port", type=int)
    site.add_argument("--while-running", type=int, help=argparse.SUPPRESS)
