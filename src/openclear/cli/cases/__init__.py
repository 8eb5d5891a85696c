"""The arguments of the verbs on cases: listing them, and acting on one."""

from openclear.cli.verb import Verbs, new_verb, question
from openclear.vocabulary.roles import Role

_ACTS = "openclear.cli.cases.acts"


def register(verbs: Verbs) -> None:
    """Add the verb that lists cases."""
    cases = question(verbs, "cases", Role.OFFICER, "List open cases, dispatch events and warrants.")
    cases.add_argument(
        "--open", action="store_true", help="open cases (the default, and the only ones listed)"
    )
    cases.add_argument("--by", default=None, metavar="OFFICER", help="in whose name (demonstration)")
    cases.add_argument("--q", default=None, metavar="NUMBER", help="first characters of the number")
    cases.add_argument("--whose", default=None, help="mine: of your own agency; shared: shared with it")
    cases.add_argument("--kind", default=None, help="case, dispatch, warrant or external")
    cases.add_argument("--since", default=None, metavar="DAY", help="opened on this day or later")
    cases.add_argument("--until", default=None, metavar="DAY", help="opened on this day or earlier")
    cases.add_argument("--limit", default=None, help="how many to list (50 at most)")
    cases.add_argument("--page", default=None, help="which page of so many")


def register_acts(verbs: Verbs) -> None:
    """Add the verb that shares, registers and confirms cases."""
    case = new_verb(verbs, "case", _ACTS, "case", "Share a case, register a partner's own, or confirm it.")
    case.add_argument(
        "what", choices=["share", "approve-share", "decline-share", "unshare", "register", "confirm"]
    )
    case.add_argument("case", help="number or id of the case; for register, its number at the partner agency")
    case.add_argument("--with", dest="agency", help="agency to share it with")
    case.add_argument(
        "--approved-by",
        metavar="OFFICER",
        help="share: second officer of the department; without it, the request waits for one",
    )
    case.add_argument("--offense", help="a code of the city or of NIBRS")
    case.add_argument("--sponsor", metavar="OFFICER", help="officer of this department who confirms it")
    case.add_argument("--by", required=True, metavar="OFFICER")
