"""The program's verbs. Exit codes: 0 done, 1 refused or not proved, 2 wrong usage."""

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from openclear.vocabulary.errors import OpenClearError, WrongUsage

if TYPE_CHECKING:
    from argparse import _SubParsersAction

# Verbs live in modules that are loaded only when one of their verbs is used: --help answers at once.
_CITY, _RECORDS, _ACCESS, _LOG = (
    f"openclear.cli.{name}_verbs" for name in ("city", "records", "access", "log")
)


def main(arguments: Sequence[str], prepare: Callable[[], None]) -> int:
    """Run one verb and return its exit code. `prepare` loads settings and rooms."""
    options = parser().parse_args(arguments)
    try:
        prepare()
        return _run(options)
    except Exception as error:  # noqa: BLE001 - the one place where any error becomes a sentence
        if options.debug:
            traceback.print_exc()
        print(_sentence(error), file=sys.stderr)
        return 2 if isinstance(error, WrongUsage) else 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    module, function = options.verb
    run: Callable[[argparse.Namespace], int] = getattr(import_module(module), function)
    from openclear.access import gate  # noqa: PLC0415 - needs the settings that prepare() loaded

    try:
        return run(options)
    finally:
        sys.stdout.flush()
        gate.let_go()


def _sentence(error: Exception) -> str:
    if isinstance(error, OpenClearError):
        return str(error)
    if type(error).__name__ in {"OperationalError", "ProgrammingError"}:
        return "There is no city here, or its database does not answer; run ./run demo or openclear init."
    return f"This failed unexpectedly ({type(error).__name__}); repeat it with --debug and report what it prints."


def parser() -> argparse.ArgumentParser:
    """Return the parser of every verb."""
    root = argparse.ArgumentParser(
        prog="openclear", description="Police records behind one gate and one log."
    )
    root.add_argument("--debug", action="store_true", help="print a traceback when something fails")
    root.set_defaults(token=None)
    verbs = root.add_subparsers(metavar="VERB", required=True)
    _city_verbs(verbs)
    _records_verbs(verbs)
    _registry_verbs(verbs)
    _order_verbs(verbs)
    _log_verbs(verbs)
    return root


def _verb(
    verbs: "_SubParsersAction[argparse.ArgumentParser]", name: str, module: str, function: str, text: str
) -> argparse.ArgumentParser:
    new: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text)
    new.set_defaults(verb=(module, function))
    new.add_argument("--as", dest="token", metavar="TOKEN", help="act as the holder of this token")
    new.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return new


def _json(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help="print one JSON object")


def _city_verbs(verbs: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    init = _verb(verbs, "init", _CITY, "init", "Set up an empty city: keys, databases, log, administrators.")
    init.add_argument(
        "--demo", action="store_true", help="for demonstration: naming people is enough, for ever"
    )
    init.add_argument("--administrator", metavar="HANDLE=NAME", help="first access administrator")
    init.add_argument("--approver", metavar="HANDLE=NAME", help="first second person for orders")
    init.add_argument(
        "--origin", default="openclear.example/log", help="name of the log, without a plus or a space"
    )
    demo = _verb(verbs, "demo", _CITY, "demo", "Build the invented city and serve it.")
    demo.add_argument("--port", type=int, help="port of the officer site")
    demo.add_argument("--public-port", type=int, help="port of the public site (not built yet)")
    demo.add_argument("--fresh", action="store_true", help="throw the demonstration city away first")
    demo.add_argument(
        "--crimes", type=Path, metavar="FILE", help="bring a file of the city's published crimes in too"
    )
    demo.add_argument("--people", type=int, help="size of the invented city (default 22,000)")
    demo.add_argument("--incidents", type=int, help="size of the invented city (default 62,000)")
    demo.add_argument("--no-serve", action="store_true", help="build only")
    serve = _verb(verbs, "serve", _CITY, "serve", "Serve the officer site and the API.")
    serve.add_argument("--port", type=int)
    sequencer = _verb(
        verbs, "sequencer", _CITY, "sequencer", "Run the log's one writer (started when needed)."
    )
    sequencer.add_argument("--stay", action="store_true", help="keep running when nobody is connected")


def _records_verbs(verbs: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    bring = _verb(verbs, "import", _RECORDS, "bring_in", "Bring a file of records in.")
    bring.add_argument("source", choices=["chicago-crimes"])
    bring.add_argument("file", type=Path)
    _json(bring)
    cases = _verb(verbs, "cases", _RECORDS, "cases", "List open cases, dispatch events and warrants.")
    cases.add_argument("--open", action="store_true", help="open ones (the default, and all that is listed)")
    cases.add_argument("--by", default=None, metavar="OFFICER", help="whose view (demonstration)")
    _json(cases)


def _registry_verbs(verbs: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    _json(_verb(verbs, "agencies", _ACCESS, "agencies", "List the agency tree."))
    _json(_verb(verbs, "officers", _ACCESS, "officers", "List everyone who is registered."))
    add = _verb(
        verbs, "add-agency", _ACCESS, "add_agency", "Register an agency below one that is registered."
    )
    add.add_argument("path")
    add.add_argument("name")
    add.add_argument(
        "--kind", default="federal", choices=["city", "county", "state", "federal", "task-force", "vendor"]
    )
    add.add_argument("--by", required=True, metavar="OFFICER")
    for name, text in (
        ("affiliate", "Tie a person to one more agency."),
        ("end-affiliation", "End such a tie."),
    ):
        tie = _verb(verbs, name, _ACCESS, name.replace("-", "_"), text)
        tie.add_argument("officer")
        tie.add_argument("agency")
        tie.add_argument("--kind", default="task-force")
        tie.add_argument("--by", required=True, metavar="OFFICER")
    release = _verb(verbs, "release", _ACCESS, "release", "Release an account that five failures locked.")
    release.add_argument("officer")
    release.add_argument("--by", required=True, metavar="OFFICER")
    token = _verb(
        verbs, "token", _ACCESS, "token", "Make a token for a person, printed once, alone; or end all."
    )
    token.add_argument("what", choices=["create", "revoke"])
    token.add_argument(
        "--approved-by", metavar="OFFICER", help="second person, for keepers, oversight, machines"
    )
    token.add_argument("--officer", required=True)
    token.add_argument("--by", default=None, metavar="OFFICER")


def _order_verbs(verbs: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    cut = _verb(
        verbs, "cut-off", _ACCESS, "cut_off", "Cut an agency, and all below it, off: at once, everywhere."
    )
    cut.add_argument("agency", help="agency path, such as us.dhs.ice")
    cut.add_argument(
        "--ground", default="", help="the legal ground, as it will be shown to those who are refused"
    )
    cut.add_argument("--plan", action="store_true", help="show who would lose what, and change nothing")
    cut.add_argument(
        "--scope", action="append", default=[], metavar="DATASET", help="only this data set (repeatable)"
    )
    cut.add_argument(
        "--purpose", action="append", default=[], metavar="PURPOSE", help="only this purpose (repeatable)"
    )
    restore = _verb(verbs, "restore", _ACCESS, "restore", "Lift an order: by its id, or all on one agency.")
    restore.add_argument("order", help="id of an order, or agency path")
    restore.add_argument("--ground", default="Lifted by decision of the department")
    for order in (cut, restore):
        order.add_argument("--by", required=True, metavar="OFFICER", help="who orders it")
        order.add_argument(
            "--approved-by", required=order is restore, metavar="OFFICER", help="another person"
        )
        _json(order)
    _json(_verb(verbs, "orders", _ACCESS, "orders", "List every state of every order."))
    explain = _verb(
        verbs, "explain", _ACCESS, "explain", "Say how an act would be decided, and by which rules."
    )
    explain.add_argument("--officer", required=True)
    explain.add_argument("--action", required=True, help="such as person.search")
    explain.add_argument("--purpose", required=True)
    explain.add_argument("--case")
    _json(explain)


def _log_verbs(verbs: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    log = verbs.add_parser("log", help="Verify, export, erase.", description="The tamper-evident log.")
    acts = log.add_subparsers(metavar="ACT", required=True)
    verify = _verb(acts, "verify", _LOG, "verify", "Replay the stored log and say what holds.")
    verify.add_argument("--keep", type=int, help=argparse.SUPPRESS)  # for the page that shows the progress
    verify.add_argument("--agency", help="print the counts of this agency")
    _json(verify)
    export = _verb(acts, "export", _LOG, "export", "Write the log and its verifier into an empty folder.")
    export.add_argument("directory", type=Path)
    export.add_argument(
        "--bodies", action="store_true", help="with the private bodies: for oversight, with a reason"
    )
    export.add_argument("--reason", default="", help="why the bodies are needed")
    export.add_argument("--by", default=None, metavar="OFFICER")
    erase = _verb(acts, "erase", _LOG, "erase", "Destroy fields of one private body, as a court ordered.")
    erase.add_argument("entry", type=int)
    erase.add_argument("--field", action="append", required=True)
    erase.add_argument("--court-order", required=True)
    erase.add_argument("--by", required=True, metavar="OFFICER")
