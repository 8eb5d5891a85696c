"""The words of the verbs on the registry: agencies, accounts, ties, tokens."""

from openclear.cli.verb import Verbs, new_verb, with_json
from openclear.vocabulary.agencies import AgencyKind

_ACTS = "openclear.cli.registry.acts"
_AGENCY_KINDS = tuple(str(kind) for kind in AgencyKind)


def register(verbs: Verbs) -> None:
    """Add the verbs on agencies, accounts and tokens."""
    with_json(new_verb(verbs, "agencies", _ACTS, "agencies", "List the agency tree."))
    with_json(new_verb(verbs, "officers", _ACTS, "officers", "List everyone who is registered."))
    add = new_verb(
        verbs, "add-agency", _ACTS, "add_agency", "Register an agency below one that is registered."
    )
    add.add_argument("path")
    add.add_argument("name")
    add.add_argument("--kind", default=str(AgencyKind.FEDERAL), choices=_AGENCY_KINDS)
    add.add_argument("--ori", action="append", default=[], help="originating agency identifier (repeatable)")
    add.add_argument("--by", required=True, metavar="OFFICER")
    _agency_verbs(verbs)
    for name, text in (
        ("affiliate", "Tie a person to one more agency."),
        ("end-affiliation", "End such a tie."),
    ):
        tie = new_verb(verbs, name, _ACTS, name.replace("-", "_"), text)
        tie.add_argument("officer")
        tie.add_argument("agency")
        tie.add_argument("--kind", default="task-force")
        tie.add_argument(
            "--approved-by", metavar="OFFICER", help="second person, where an order touches the agency"
        )
        tie.add_argument("--by", required=True, metavar="OFFICER")
    release = new_verb(verbs, "release", _ACTS, "release", "Release an account that five failures locked.")
    release.add_argument("officer")
    release.add_argument("--by", required=True, metavar="OFFICER")
    token = new_verb(
        verbs, "token", _ACTS, "token", "Make a token for a person, printed once, alone; or end all."
    )
    token.add_argument("what", choices=["create", "revoke"])
    token.add_argument(
        "--approved-by", metavar="OFFICER", help="second person, for keepers, oversight, machines"
    )
    token.add_argument("--officer", required=True)
    token.add_argument("--by", default=None, metavar="OFFICER")


def _agency_verbs(verbs: Verbs) -> None:
    agency = new_verb(
        verbs, "agency", _ACTS, "agency", "Move, rename, merge or split an agency; orders go along."
    )
    agency.add_argument("what", choices=["move", "rename", "merge", "split"])
    agency.add_argument("path")
    agency.add_argument(
        "--to", help="new path (move), agency to merge into, or path of the part that is split off"
    )
    agency.add_argument("--name", help="new name, or name of the part that is split off")
    agency.add_argument("--approved-by", metavar="OFFICER", help="second person, where it touches an order")
    agency.add_argument("--kind", default=str(AgencyKind.FEDERAL), choices=_AGENCY_KINDS)
    agency.add_argument(
        "--person", action="append", default=[], help="who goes over to the new part (repeatable)"
    )
    agency.add_argument("--by", required=True, metavar="OFFICER")
    account = new_verb(
        verbs, "account", _ACTS, "account", "Certify, disable, reinstate an account, or review all."
    )
    account.add_argument("what", choices=["certify", "disable", "reinstate", "review", "approve"])
    account.add_argument("officer", nargs="?")
    account.add_argument("--until", help="day until which it is certified, a year away at most")
    account.add_argument("--reason", help="why it is disabled")
    account.add_argument(
        "--approved-by", metavar="OFFICER", help="second person: to disable, to reinstate, under orders"
    )
    account.add_argument("--by", required=True, metavar="OFFICER")
