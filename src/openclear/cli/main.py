"""The program's verbs. Exit codes: 0 done, 1 refused or not proved, 2 wrong usage."""

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from openclear.audit.proof.command import add_outside
from openclear.cli import grammar
from openclear.cli.grammar import new_verb, question, with_json
from openclear.vocabulary.errors import OpenClearError, WrongUsage

if TYPE_CHECKING:
    from argparse import _SubParsersAction

# Verbs live in modules that are loaded only when one of their verbs is used: --help answers at once.
_CITY, _RECORDS, _LOG = (f"openclear.cli.{name}_verbs" for name in ("city", "records", "log"))


def main(arguments: Sequence[str], prepare: Callable[[], None]) -> int:
    """Run one verb and return its exit code. `prepare` loads settings and rooms."""
    options = parser().parse_args(arguments)
    try:
        prepare()
        return _run(options)
    except BrokenPipeError:
        # Whoever reads the output (head, less) had enough of it; what is left in the buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
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
        receipt = getattr(error, "receipt", None)  # of a refusal: main loads nothing that needs settings
        return f"{str(error).rstrip('.')} (token {receipt})." if receipt else str(error)
    if type(error).__name__ in {"OperationalError", "ProgrammingError"}:
        return "There is no city here, or its database does not answer; run ./run demo or openclear init."
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}. Name a file that this user may read or write."
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
    grammar.registry_verbs(verbs)
    grammar.order_verbs(verbs)
    grammar.asking_verbs(verbs)
    grammar.analysis_verbs(verbs)
    grammar.public_verbs(verbs)
    _log_verbs(verbs)
    return root


def _city_verbs(verbs: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    init = new_verb(
        verbs, "init", _CITY, "init", "Set up an empty city: keys, databases, log, administrators."
    )
    init.add_argument(
        "--demo", action="store_true", help="for demonstration: naming people is enough, for ever"
    )
    init.add_argument("--administrator", metavar="HANDLE=NAME", help="first access administrator")
    init.add_argument("--approver", metavar="HANDLE=NAME", help="first second person for orders")
    init.add_argument(
        "--origin", default="openclear.example/log", help="name of the log, without a plus or a space"
    )
    demo = new_verb(verbs, "demo", _CITY, "demo", "Build the invented city and serve it.")
    demo.add_argument("--port", type=int, help="port of the officer site")
    demo.add_argument("--public-port", type=int, help="port of the public site")
    demo.add_argument("--fresh", action="store_true", help="throw the demonstration city away first")
    demo.add_argument(
        "--crimes", type=Path, metavar="FILE", help="bring a file of the city's published crimes in too"
    )
    demo.add_argument("--people", type=int, help="size of the invented city (default 22,000)")
    demo.add_argument("--incidents", type=int, help="size of the invented city (default 62,000)")
    demo.add_argument("--no-serve", action="store_true", help="build only")
    serve = new_verb(verbs, "serve", _CITY, "serve", "Serve the officer site and the API.")
    serve.add_argument("--port", type=int)
    work = new_verb(
        verbs,
        "worker",
        "openclear.operations.worker",
        "worker",
        "Run exports, alerts and the daily review of accounts.",
    )
    work.add_argument("--once", action="store_true", help="work through what waits, then end")
    work.add_argument("--while-running", type=int, metavar="PROCESS", help=argparse.SUPPRESS)
    sequencer = new_verb(
        verbs, "sequencer", _CITY, "sequencer", "Run the log's one writer (started when needed)."
    )
    sequencer.add_argument("--stay", action="store_true", help="keep running when nobody is connected")


def _records_verbs(verbs: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    bring = new_verb(verbs, "import", _RECORDS, "import_records", "Bring a file of records in.")
    bring.add_argument("source", choices=["chicago-crimes", "beats", "community-areas", "districts", "wards"])
    bring.add_argument("file", type=Path)
    bring.add_argument("--valid-from", metavar="DAY", help="first day of these boundaries")
    bring.add_argument("--code", metavar="PROPERTY", help="property of the boundaries that holds their code")
    with_json(bring)
    seal = new_verb(verbs, "seal", _RECORDS, "seal", "Seal or expunge one record, as a court ordered.")
    seal.add_argument("kind", help="what it is: person, incident, arrest, vehicle, property or case")
    seal.add_argument("record", help="id of the record")
    seal.add_argument("--court-order", required=True, help="number and date of the court's order")
    seal.add_argument("--expunge", action="store_true", help="for nobody, not even records staff")
    seal.add_argument("--by", default=None, metavar="OFFICER", help="records clerk")
    labels = new_verb(
        verbs,
        "labels",
        _RECORDS,
        "labels",
        "List offenses that no table of handling labels decides; label what is here.",
    )
    labels.add_argument("what", choices=["list", "apply"])
    labels.add_argument("--by", default=None, metavar="OFFICER", help="records clerk")
    with_json(labels)
    cases = question(verbs, "cases", "rivera", "List open cases, dispatch events and warrants.")
    cases.add_argument("--open", action="store_true", help="open ones (the default, and all that is listed)")
    cases.add_argument("--by", default=None, metavar="OFFICER", help="whose view (demonstration)")
    cases.add_argument("--q", default=None, metavar="NUMBER", help="beginning of the number")
    cases.add_argument("--limit", default=None, help="how many (50 at most)")


def _log_verbs(verbs: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    log = verbs.add_parser(
        "log",
        help="Verify, find, export, erase, accept a restored one.",
        description="The tamper-evident log.",
    )
    acts = log.add_subparsers(metavar="ACT", required=True)
    verify = new_verb(acts, "verify", _LOG, "verify", "Replay the stored log and say what holds.")
    verify.add_argument("--keep", type=int, help=argparse.SUPPRESS)  # for the page that shows the progress
    verify.add_argument("--agency", help="print the counts of this agency")
    add_outside(verify)
    with_json(verify)
    find = new_verb(acts, "find", _LOG, "find", "Find the entry of a refusal or mistake by its token.")
    find.add_argument("log_token", metavar="TOKEN", help="as the refusal showed it")
    find.add_argument(
        "--published", action="store_true", help="only where it is published: for anyone with access"
    )
    find.add_argument("--by", default=None, metavar="OFFICER")
    with_json(find)
    export = new_verb(acts, "export", _LOG, "export", "Write the log and its verifier into an empty folder.")
    export.add_argument("directory", type=Path)
    export.add_argument(
        "--bodies", action="store_true", help="with the private bodies: for oversight, with a reason"
    )
    export.add_argument("--reason", default="", help="why the bodies are needed")
    export.add_argument("--by", default=None, metavar="OFFICER")
    erase = new_verb(acts, "erase", _LOG, "erase", "Destroy fields of one private body, as a court ordered.")
    erase.add_argument("entry", type=int)
    erase.add_argument("--field", action="append", required=True)
    erase.add_argument("--court-order", required=True)
    erase.add_argument("--by", required=True, metavar="OFFICER")
    accept = new_verb(
        acts,
        "accept-restore",
        _LOG,
        "accept_restore",
        "Go on with a restored log; its own entry says from what.",
    )
    accept.add_argument("--reason", required=True, help="why this log is not the one it was")
    accept.add_argument("--by", required=True, metavar="OFFICER")
    accept.add_argument("--approved-by", required=True, metavar="OFFICER", help="another person")
