"""The verifier's command line: check an exported log with nothing but Python.

    python3 -I verify.py DIR [--agency us.dhs.ice] [--months] [--key LINE] [--json]

Exit 0: everything holds. Exit 1: something does not. Exit 2: wrong usage.
"""

import argparse
import io
import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from openclear.audit.proof.replay import Verification, months_of, replay

NOT_PROVED = (
    "that nothing was looked up beside the log: a copy of the database, a photograph of a screen",
    "that an officer of another agency did not ask for somebody of this one",
    "that a person's agencies were registered truly: the overseer checks that against the bodies",
    "what was public anyway, or released under the Freedom of Information Act or by a court",
    "that this is the only version of the log: compare root and size with other holders of a checkpoint",
)


def verify_directory(directory: Path, key_line: str | None = None) -> Verification:
    """Return what is true of the export in `directory`. Raises OSError where a file is missing."""
    key = key_line or (directory / "log.vkey").read_bytes().decode(errors="replace")
    notes = [*sorted((directory / "checkpoints").iterdir()), directory / "checkpoint"]
    bodies = directory / "bodies.jsonl"
    return replay(
        _lines(directory / "headers.jsonl"),
        _leaves(directory / "leaves"),
        [note.read_bytes().decode(errors="replace") for note in notes],
        key,
        _lines(bodies) if bodies.exists() else None,
    )


def as_json(result: Verification) -> dict[str, Any]:
    """Return the outcome for programs."""
    return {
        "ok": result.ok,
        "size": result.size,
        "root": result.root,
        "agencies": result.agencies(),
        "faults": result.faults,
    }


def report(result: Verification, agency: str | None, *, months: bool = False) -> Iterator[str]:
    """Yield the outcome for people, line by line; with `months` an agency's counts for each month too."""
    yield f"entries        {result.size}"
    yield f"root           {result.root}"
    checked = "checked" if result.bodies_checked else "not in this export, so not checked"
    yield f"bodies         {checked}"
    yield f"checkpoints    {result.checkpoints} signed, each agreeing" if result.ok else "NOT PROVED"
    for fault in result.faults:
        entry = "the log" if fault["entry"] is None else f"entry {fault['entry']}"
        yield f"FAULT          {entry}: {fault['problem']}"
    if result.more_faults:
        yield f"FAULT          and {result.more_faults} more"
    if agency:
        yield from _about(result, agency)
    if agency and months:
        yield from _by_month(result, agency)
    if result.ok:
        yield "PROVED         no entry was changed, removed, reordered or inserted; no allow stands behind an order"
    for limit in NOT_PROVED:
        yield f"not proved     {limit}"


def _about(result: Verification, agency: str) -> Iterator[str]:
    counts = result.agency(agency)
    yield f"agency         {agency} and everything below it"
    for order in counts["orders"]:
        state = result.book.orders[order]["state"]
        yield f"order          {order}, entry {result.book.entries[order]}, now {state}"
    if not counts["orders"]:
        yield "order          no order in this log covers this agency"
    for phase, words in (
        ("before", "before an order"),
        ("under", "under an order"),
        ("after", "after the lifting"),
    ):
        allowed, refused = counts[f"allowed_{phase}_order"], counts[f"refused_{phase}_order"]
        yield f"{words:<18}  allowed {allowed:>6}   refused {refused:>6}"


def _by_month(result: Verification, agency: str) -> Iterator[str]:
    for month, counts in months_of(result, agency).items():
        yield f"{month:<18}  allowed {counts['allowed']:>6}   refused {counts['refused']:>6}"


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for line in file:
            yield line[:-1] if line.endswith(b"\n") else line + b"(no end of line)"


def _leaves(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while leaf := file.read(32):
            yield leaf


def found_by_token(directory: Path, token: str) -> list[str]:
    """Return the line about the refusal or mistake whose asker holds `token`, its leaf hash; empty where there is none."""
    wanted = token.strip().lower()
    leaves = enumerate(_leaves(directory / "leaves"))
    place = next((number for number, leaf in leaves if leaf.hex() == wanted), None)
    if place is None:
        return []
    header = next(islice(_lines(directory / "headers.jsonl"), place, None), b"").decode(errors="replace")
    return [f"token          entry {place}: {header}"]


def main(arguments: list[str]) -> int:
    """Run the verifier and return its exit code."""
    parser = argparse.ArgumentParser(description="Check an exported OpenCLEAR log.")
    parser.add_argument("directory", type=Path, help="the folder that `openclear log export` wrote")
    parser.add_argument("--agency", help="an agency path, such as us.dhs.ice: print its counts")
    parser.add_argument("--months", action="store_true", help="print the agency's counts for each month")
    parser.add_argument(
        "--key", help="the log's verifier key from a source you trust (default: DIR/log.vkey)"
    )
    parser.add_argument("--find", metavar="TOKEN", help="the token of a refusal: print its entry")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    if not options.directory.is_dir():
        print(f"{options.directory} is no folder; name the one that holds the export.", file=sys.stderr)
        return 2
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        result = verify_directory(options.directory, options.key)
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
