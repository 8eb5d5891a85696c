"""The arguments of the verbs on the registry: agencies, accounts, ties, tokens."""

from openclear.cli.verb import Verbs, new_verb, question
from openclear.vocabulary.agencies import AgencyKind
from openclear.vocabulary.roles import Role

_ACTS = "openclear.cli.registry.acts"
_AGENCY_KINDS = tuple(str(kind) for kind in AgencyKind)


def register(verbs: Verbs) -> None:
    """Add the verbs on agencies, accounts and tokens."""
    question(verbs, "agencies", Role.ACCESS_ADMINISTRATOR, "List the agency tree.")
    officers = question(verbs, "officers", Role.ACCESS_ADMINISTRATOR, "List all registered accounts.")
    officers.add_argument("--q", metavar="TEXT", help="part of the handle, the name or the title")
    add = new_verb(verbs, "add-agency", _ACTS, "add_agency", "Register an agency below a registered one.")
    add.add_argument("path")
    add.add_argument("name")
    add.add_argument("--kind", default=str(AgencyKind.FEDERAL), choices=_AGENCY_KINDS)
    add.add_argument("--ori", action="append", default=[], help="originating agency identifier (repeatable)")
    add.add_argument("--by", required=True, metavar="OFFICER")
    _agency_verbs(verbs)
    for name, text in (
        ("affiliate", "Tie a person to one more agency."),
        ("end-affiliation", "End a person's tie to an agency."),
    ):
        tie = new_verb(verbs, name, _ACTS, name.replace("-", "_"), text)
        tie.add_argument("officer")
        tie.add_argument("agency")
        tie.add_argument("--kind", default="task-force")
        tie.add_argument(
            "--approved-by", metavar="OFFICER", help="second person, if an order touches the agency"
        )
        tie.add_argument("--by", required=True, metavar="OFFICER")
    release = new_verb(
        verbs, "release", _ACTS, "release", "Release an account that was locked after five failures."
    )
    release.add_argument("officer")
    release.add_argument("--by", required=True, metavar="OFFICER")
    token = new_verb(
        verbs,
        "token",
        _ACTS,
        "token",
        "Make a token for a person, printed once, with no other output; or end all tokens.",
    )
    token.add_argument("what", choices=["create", "revoke"])
    token.add_argument(
        "--approved-by", metavar="OFFICER", help="second person, for keepers, oversight and machine accounts"
    )
    token.add_argument("--officer", required=True)
    token.add_argument("--by", default=None, metavar="OFFICER")


def _agency_verbs(verbs: Verbs) -> None:
    agency = new_verb(
        verbs, "agency", _ACTS, "agency", "Move, rename, merge or split an agency; orders follow it."
    )
    agency.add_argument("what", choices=["move", "rename", "merge", "split"])
    agency.add_argument("path")
    agency.add_argument("--to", help="new path (move), agency to merge into, or path of the new part (split)")
    agency.add_argument("--name", help="new name, or name of the new part (split)")
    agency.add_argument("--approved-by", metavar="OFFICER", help="second person, if it touches an order")
    agency.add_argument("--kind", default=str(AgencyKind.FEDERAL), choices=_AGENCY_KINDS)
    agency.add_argument(
        "--person", action="append", default=[], help="person who moves to the new part (repeatable)"
    )
    agency.add_argument("--by", required=True, metavar="OFFICER")
    account = new_verb(
        verbs,
        "account",
        _ACTS,
        "account",
        "Certify, disable, reinstate an account, put it on or off patrol, or review all.",
    )
    account.add_argument(
        "what", choices=["certify", "disable", "reinstate", "review", "approve", "on-patrol", "off-patrol"]
    )
    account.add_argument("officer", nargs="?")
    account.add_argument("--until", help="last day of the certification, a year away at most")
    account.add_argument("--reason", help="reason for disabling it")
    account.add_argument(
        "--approved-by", metavar="OFFICER", help="second person: to disable, to reinstate, under orders"
    )
    account.add_argument("--by", required=True, metavar="OFFICER")
