"""The arguments of the verbs on agreements with partner agencies."""

from pathlib import Path

from openclear.cli.verb import Verbs, new_verb, question
from openclear.vocabulary.agreements import AGREED_DATASETS, AGREED_PURPOSES
from openclear.vocabulary.roles import Role

_ACTS = "openclear.cli.agreements.acts"


def register(verbs: Verbs) -> None:
    """Add the verbs on agreements."""
    question(
        verbs, "agreements", Role.ACCESS_ADMINISTRATOR, "List all agreements, with a warning before they end."
    )
    verb = new_verb(
        verbs, "agreement", _ACTS, "agreement", "Sign, renew, end, show or check an agreement on access."
    )
    verb.add_argument("what", choices=["sign", "renew", "end", "approve", "show", "check"])
    verb.add_argument(
        "which",
        help="file that describes the agreement (sign), number of a proposal (approve), or of the agreement",
    )
    verb.add_argument(
        "--document",
        type=Path,
        metavar="FILE",
        help="the signed document: its name and SHA-256 are kept, not the file",
    )
    verb.add_argument("--ends", metavar="DAY", help="last day of the renewal")
    verb.add_argument(
        "--data-set", action="append", default=[], choices=[*map(str, AGREED_DATASETS)],
        help="renew for this data set only (repeatable)",
    )  # fmt: skip
    verb.add_argument(
        "--purpose", action="append", default=[], choices=[*map(str, AGREED_PURPOSES)],
        help="renew for this purpose only (repeatable)",
    )  # fmt: skip
    verb.add_argument("--reason", default="", help="why it ends")
    verb.add_argument(
        "--approved-by",
        metavar="OFFICER",
        help="second person: signs at once; without one, it waits for approval",
    )
    verb.add_argument("--by", required=True, metavar="OFFICER")
