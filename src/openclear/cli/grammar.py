"""The words of the verbs on access: registry, orders, questions. Loads nothing, so that --help answers at once."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from openclear.vocabulary.agencies import AgencyKind

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_REGISTRY, _CASES, _ORDERS, _ASKING, _ANALYSIS, _PUBLIC = (
    f"openclear.cli.{name}_verbs" for name in ("registry", "case", "order", "asking", "analysis", "public")
)
_REPORT = "openclear.cli.report"
_AGENCY_KINDS = [str(kind) for kind in AgencyKind]


def new_verb(
    verbs: "_SubParsersAction[argparse.ArgumentParser]", name: str, module: str, function: str, text: str
) -> argparse.ArgumentParser:
    """Add a verb: the function that runs it stands in a module that is loaded only then."""
    new: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text)
    new.set_defaults(verb=(module, function))
    new.add_argument("--as", dest="token", metavar="TOKEN", help="act as the holder of this token")
    new.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return new


def with_json(verb: argparse.ArgumentParser) -> None:
    """Let a verb print one JSON object."""
    verb.add_argument("--json", action="store_true", help="print one JSON object")


def question(
    verbs: "_SubParsersAction[argparse.ArgumentParser]", name: str, reader: str, text: str, *texts: str
) -> argparse.ArgumentParser:
    """Add the verb of an endpoint. `reader`: who asks in a demonstration; `texts`: its parameters that need no help."""
    verb = new_verb(verbs, name, "openclear.cli.endpoint", "answer", text)
    verb.set_defaults(endpoint=name, reader=reader)
    for parameter in texts:
        verb.add_argument(f"--{parameter}")
    with_json(verb)
    return verb


def registry_verbs(verbs: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verbs on agencies, accounts, tokens and cases."""
    question(verbs, "agencies", "novak", "List the agency tree.")
    officers = question(verbs, "officers", "novak", "List everyone who is registered.")
    officers.add_argument("--q", metavar="TEXT", help="a part of the handle, the name or the work")
    add = new_verb(
        verbs, "add-agency", _REGISTRY, "add_agency", "Register an agency below one that is registered."
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
        tie = new_verb(verbs, name, _REGISTRY, name.replace("-", "_"), text)
        tie.add_argument("officer")
        tie.add_argument("agency")
        tie.add_argument("--kind", default="task-force")
        tie.add_argument(
            "--approved-by", metavar="OFFICER", help="second person, where an order touches the agency"
        )
        tie.add_argument("--by", required=True, metavar="OFFICER")
    release = new_verb(
        verbs, "release", _REGISTRY, "release", "Release an account that five failures locked."
    )
    release.add_argument("officer")
    release.add_argument("--by", required=True, metavar="OFFICER")
    token = new_verb(
        verbs, "token", _REGISTRY, "token", "Make a token for a person, printed once, alone; or end all."
    )
    token.add_argument("what", choices=["create", "revoke"])
    token.add_argument(
        "--approved-by", metavar="OFFICER", help="second person, for keepers, oversight, machines"
    )
    token.add_argument("--officer", required=True)
    token.add_argument("--by", default=None, metavar="OFFICER")
    _case_verb(verbs)


def _case_verb(verbs: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    case = new_verb(verbs, "case", _CASES, "case", "Share a case, register a partner's own, or confirm it.")
    case.add_argument(
        "what", choices=["share", "approve-share", "decline-share", "unshare", "register", "confirm"]
    )
    case.add_argument("case", help="id of a case; for register, its number at the partner agency")
    case.add_argument("--with", dest="agency", help="agency to share it with")
    case.add_argument(
        "--approved-by",
        metavar="OFFICER",
        help="share: second officer of the department; without it they are asked",
    )
    case.add_argument("--offense", help="IUCR or NIBRS code")
    case.add_argument("--sponsor", metavar="OFFICER", help="officer of this department who confirms it")
    case.add_argument("--by", required=True, metavar="OFFICER")


def _agency_verbs(verbs: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    agency = new_verb(
        verbs, "agency", _REGISTRY, "agency", "Move, rename, merge or split an agency; orders go along."
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
        verbs, "account", _REGISTRY, "account", "Certify, disable, reinstate an account, or review all."
    )
    account.add_argument("what", choices=["certify", "disable", "reinstate", "review", "approve"])
    account.add_argument("officer", nargs="?")
    account.add_argument("--until", help="day until which it is certified, a year away at most")
    account.add_argument("--reason", help="why it is disabled")
    account.add_argument(
        "--approved-by", metavar="OFFICER", help="second person: to disable, to reinstate, under orders"
    )
    account.add_argument("--by", required=True, metavar="OFFICER")


def order_verbs(verbs: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verbs on orders."""
    cut = _cut_off_verb(verbs)
    restore = new_verb(
        verbs, "restore", _ORDERS, "restore", "Lift an order: by its id, or all on one agency."
    )
    restore.add_argument("order", help="id of an order, or agency path")
    restore.add_argument("--ground", default="Lifted by decision of the department")
    order = _order_verb(verbs)
    for verb in (cut, order):
        verb.add_argument(
            "--scope", action="append", default=[], metavar="DATASET", help="only this data set (repeatable)"
        )
        verb.add_argument(
            "--purpose", action="append", default=[], metavar="PURPOSE", help="only this purpose (repeatable)"
        )
    for verb in (cut, restore, order):
        verb.add_argument("--by", required=verb is not order, metavar="OFFICER", help="who orders it")
        verb.add_argument("--approved-by", metavar="OFFICER", help="another person")
        with_json(verb)
    question(verbs, "orders", "novak", "List every state of every order.")


def _cut_off_verb(verbs: "_SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    cut = new_verb(
        verbs, "cut-off", _ORDERS, "cut_off", "Cut an agency, and all below it, off: at once, everywhere."
    )
    cut.add_argument("agency", help="agency path, such as us.dhs.ice")
    cut.add_argument(
        "--ground", default="", help="the legal basis, as it will be shown to those who are refused"
    )
    cut.add_argument(
        "--public-basis",
        default="",
        metavar="TEXT",
        help="its legal basis in words for the public page, where --ground is never shown",
    )
    cut.add_argument("--plan", action="store_true", help="show who would lose what, and change nothing")
    cut.add_argument(
        "--notice",
        metavar="TEXT",
        help="tell the partner agencies that keep their access, and change nothing",
    )
    cut.add_argument(
        "--provisional",
        action="store_true",
        help="in an emergency: by one person, to be confirmed in 24 hours",
    )
    cut.add_argument(
        "--end-tie", action="append", default=[], metavar="OFFICER",
        help="a person of the city whose tie to the agency ends in the same act, so that they keep their access (repeatable)",
    )  # fmt: skip
    return cut


def _order_verb(verbs: "_SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    order = new_verb(
        verbs, "order", _ORDERS, "change", "Confirm, suspend, resume or narrow an order, or write its packet."
    )
    order.add_argument("what", choices=["confirm", "suspend", "resume", "narrow", "packet"])
    order.add_argument("order", help="id of the order")
    order.add_argument("--ground", default="", help="why it is changed")
    order.add_argument("--document", default="", help="the court's document, with number and date")
    order.add_argument("--to", type=Path, metavar="FOLDER", help="where the packet is written")
    return order


def asking_verbs(verbs: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verbs that ask why, who could have seen what, and for exports."""
    explain = question(
        verbs, "explain", "okafor", "Say how an act would be decided, now or on a day, and by which rules."
    )
    explain.add_argument("--officer", required=True)
    explain.add_argument("--action", required=True, help="such as person.search")
    explain.add_argument("--purpose", required=True)
    explain.add_argument("--case")
    explain.add_argument(
        "--on", metavar="DAY", help="as of the end of a day that is past, such as 2019-07-12"
    )
    could = question(verbs, "could-see", "okafor", "Say whether an agency could have seen a record on a day.")
    could.add_argument("--agency", required=True)
    could.add_argument("--record", required=True, help="id of the record")
    could.add_argument("--on", metavar="DAY", help="a day that is past; today where it is not said")
    export = new_verb(
        verbs, "export", _ASKING, "export", "Ask for an export of a search, list one's own, or fetch one."
    )
    export.add_argument("what", choices=["request", "list", "fetch"])
    export.add_argument("export", nargs="?", help="id of an export")
    export.add_argument("--kind", help="data set, such as people or incidents")
    export.add_argument("--text", default="", help="what is searched for")
    export.add_argument("--purpose")
    export.add_argument("--case")
    export.add_argument("--format", default="csv", help="csv, parquet or pdf")
    export.add_argument("--to", type=Path, metavar="FILE", help="where the file is written")
    export.add_argument("--by", required=True, metavar="OFFICER")
    with_json(export)


def analysis_verbs(verbs: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verbs on figures."""
    snapshot = new_verb(
        verbs, "snapshot", _ANALYSIS, "snapshot", "Make the snapshots of the months that changed."
    )
    figures = new_verb(verbs, "figures", _ANALYSIS, "figures", "Count incidents by one thing.")
    figures.add_argument(
        "--by", default="month", help="month, primary_type, district, hour, weekday, year ..."
    )
    check = new_verb(
        verbs, "boundaries", _ANALYSIS, "check_boundaries", "Compare recorded beats with those of the points."
    )
    check.add_argument(
        "kind", nargs="?", default="beat", choices=["beat", "community-area", "district", "ward"]
    )
    report = new_verb(verbs, "report", _REPORT, "report", "Make a report, now or as a job.")
    report.add_argument("kind", help="which one, such as book")
    report.add_argument("given", nargs="*", metavar="NAME=VALUE", help="what it is of, such as district=011")
    book = new_verb(
        verbs, "book", _REPORT, "book", "Make the PDF book of a district and a month, now or as a job."
    )
    book.add_argument("district", help="its number, such as 011")
    book.add_argument("month", help="such as 2026-06; it must be over")
    for verb in (report, book):
        verb.add_argument(
            "--to", type=Path, metavar="FILE", help="where it is written; without it a job makes it"
        )
    for verb in (figures, check):
        verb.add_argument("--since", metavar="DAY")
        verb.add_argument("--until", metavar="DAY", help="the last day itself")
        verb.add_argument("--offense", metavar="TYPE", help="primary type, such as THEFT")
        verb.add_argument("--district")
        verb.add_argument("--community-area", type=int)
    for verb in (snapshot, figures, check, report, book):
        verb.add_argument("--officer", dest="by_officer", metavar="OFFICER", help="analyst who asks")
        with_json(verb)


def public_verbs(verbs: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verbs on what is public."""
    edition = new_verb(
        verbs, "edition", _PUBLIC, "edition", "Make the public editions that are due, withdraw one, list all."
    )
    edition.add_argument("what", choices=["refresh", "withdraw", "list"])
    edition.add_argument("edition", nargs="?", help="such as 2026-05.1")
    edition.add_argument(
        "--reason", default="Withdrawn by the department.", help="as the public will read it"
    )
    statement = new_verb(
        verbs, "statement", _PUBLIC, "statement", "Publish the public part of the log and its figures."
    )
    for verb in (edition, statement):
        verb.add_argument("--by", default=None, metavar="ACCOUNT")
        with_json(verb)
    site = new_verb(verbs, "public-site", _PUBLIC, "public_site", "Serve the public site.")
    site.add_argument("--port", type=int)
    site.add_argument("--while-running", type=int, help=argparse.SUPPRESS)
