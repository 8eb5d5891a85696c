"""The program's verbs. Exit codes: 0 done, 1 refused or not proved, 2 wrong usage."""

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from importlib import import_module

from openclear.cli import (
    agreements,
    analysis,
    cases,
    city,
    exports,
    log,
    orders,
    public,
    questions,
    records,
    registry,
    reports,
)
from openclear.vocabulary.errors import OpenClearError, WrongUsage
from openclear.vocabulary.handles import handle_of

# In the order of --help.
_REGISTERED = (
    city.register, records.register, cases.register, registry.register, agreements.register, cases.register_acts, orders.register,
    questions.register, exports.register, analysis.register, reports.register, public.register, log.register,
)  # fmt: skip
# The arguments that name people; their case does not matter.
_HANDLES = {"approved_by", "by", "by_officer", "end_tie", "officer", "person", "sponsor"}


def main(arguments: Sequence[str], prepare: Callable[[], None]) -> int:
    """Run one verb and return its exit code. `prepare` loads settings and rooms."""
    options = parser().parse_args(arguments)
    _lower_handles(options)
    if getattr(options, "city", None):
        os.environ["OPENCLEAR_CITY"] = str(options.city)  # settings are built from it
    # Closed when everything is printed, a mistake too.
    with ExitStack() as handing_over:
        return _code_of(options, prepare, handing_over)


def _code_of(options: argparse.Namespace, prepare: Callable[[], None], handing_over: ExitStack) -> int:
    try:
        prepare()
        return _run(options, handing_over)
    except BrokenPipeError:
        # The reader of the output (head, less) has closed it; what is left in the buffer is dropped.
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


def _lower_handles(options: argparse.Namespace) -> None:
    for name in _HANDLES & vars(options).keys():
        named = getattr(options, name)
        lowered = [handle_of(one) for one in named] if isinstance(named, list) else named and handle_of(named)
        setattr(options, name, lowered)


def _run(options: argparse.Namespace, handing_over: ExitStack) -> int:
    module, function = options.verb
    run: Callable[[argparse.Namespace], int] = getattr(import_module(module), function)
    from openclear.access import gate  # noqa: PLC0415 - needs the settings that prepare() loaded
    from openclear.operations.setup import refuse_other_city  # noqa: PLC0415 - as above
    from openclear.operations.steps import refuse_other_version  # noqa: PLC0415 - as above

    if not (options.fresh or options.tells_refusal):
        refuse_other_version()
        refuse_other_city()
    handing_over.enter_context(gate.handing_over())
    gate.begin_command()
    try:
        return run(options)
    except OpenClearError as error:
        gate.log_mistake_of_command(error)
        raise
    finally:
        sys.stdout.flush()


def _sentence(error: Exception) -> str:
    if isinstance(error, OpenClearError):
        receipt = getattr(error, "receipt", None)  # of a refusal: main loads nothing that needs settings
        return f"{str(error).rstrip('.')} (token {receipt})." if receipt else str(error)
    if type(error).__name__ in {"OperationalError", "ProgrammingError"}:
        return "There is no city here, or its database does not respond; run ./run demo or openclear init."
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}. Name a file that this user may read or write."
    return f"This failed unexpectedly ({type(error).__name__}); repeat it with --debug and report what it prints."


def parser() -> argparse.ArgumentParser:
    """Return the parser of every verb."""
    root = argparse.ArgumentParser(
        prog="openclear", description="Police records behind one gate and one log."
    )
    root.add_argument("--debug", action="store_true", help="print a traceback on an error")
    root.set_defaults(token=None, fresh=False, tells_refusal=False)
    verbs = root.add_subparsers(metavar="VERB", required=True)
    for register in _REGISTERED:
        register(verbs)
    return root
