"""The verifier's command line: check an exported log with nothing but Python.

    python3 -I verify.py DIR [--agency us.dhs.ice] [--months] [--key LINE] [--checkpoint FILE...] [--require-outside] [--json]

Exit 0: nothing is wrong. Exit 1: something is. Exit 2: wrong usage.
"""

import argparse
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from openclear.audit.proof.folder import found_by_token, verify_directory
from openclear.audit.proof.report import as_json, report


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Check an exported OpenCLEAR log.")
    parser.add_argument("directory", type=Path, help="the folder that `openclear log export` wrote")
    parser.add_argument("--agency", help="an agency path, such as us.dhs.ice: print its counts")
    parser.add_argument("--months", action="store_true", help="print the agency's counts for each month")
    parser.add_argument(
        "--key", help="the log's verifier key from a source you trust (default: DIR/log.vkey)"
    )
    add_outside(parser)
    parser.add_argument("--find", metavar="TOKEN", help="the token of a refusal: print its entry")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def add_outside(parser: argparse.ArgumentParser) -> None:
    """Add the options for checkpoints that outsiders kept."""
    parser.add_argument(
        "--checkpoint", type=Path, nargs="+", action="extend", default=[], metavar="FILE",
        help="checkpoints that you, or somebody else, kept: the log must agree with each",
    )  # fmt: skip
    parser.add_argument(
        "--require-outside", action="store_true", help="exit 1 if no outside checkpoint is given"
    )


def _wrong_usage(directory: Path, outside: Sequence[Path]) -> str:
    """Return what is wrong with the given names, as a sentence; "" if nothing is."""
    if not directory.is_dir():
        return f"{directory} is not a folder; name the folder of the export."
    for path in outside:
        if not path.is_file():
            return f"{path} is not a file; name a checkpoint that you kept."
        if directory.resolve() in path.resolve().parents:
            return f"{path} is part of the export itself; name a checkpoint that you kept elsewhere."
    return ""


def main(arguments: list[str]) -> int:
    """Run the verifier and return its exit code."""
    options = _parser().parse_args(arguments)
    if problem := _wrong_usage(options.directory, options.checkpoint):
        print(problem, file=sys.stderr)
        return 2
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        result = verify_directory(
            options.directory, options.key, options.checkpoint, require_outside=options.require_outside
        )
        found = found_by_token(options.directory, options.find) if options.find else []
    except OSError as error:
        print(
            f"NOT PROVED: this is not a whole export: {error.strerror} ({error.filename}).", file=sys.stderr
        )
        return 1
    if options.json:
        print(json.dumps(as_json(result), sort_keys=True))
    else:
        print("\n".join([*found, *report(result, options.agency, months=options.months)]))
    if options.find and not found:
        print("No entry of this export has this token.", file=sys.stderr)
    return 0 if result.ok and (found or not options.find) else 1
