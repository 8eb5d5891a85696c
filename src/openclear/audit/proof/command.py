"""The verifier's command line: check an exported log with nothing but Python.

    python3 -I verify.py DIR [--agency us.dhs.ice] [--months] [--key LINE] [--checkpoint FILE...] [--require-outside] [--json]

Exit 0: nothing is wrong. Exit 1: something is. Exit 2: wrong usage.
"""

import argparse
import io
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from openclear.audit.proof.agency_lines import about, by_month
from openclear.audit.proof.checkpoints import size_of
from openclear.audit.proof.replay import replay
from openclear.audit.proof.verification import Verification

NOT_PROVED = (
    "that nothing was looked up beside the log: a copy of the database, a photograph of a screen",
    "that an officer of another agency did not ask for somebody of this one",
    "that a person's agencies were registered truly: the overseer checks that against the bodies",
    "what was public anyway, or released under the Freedom of Information Act or by a court",
    "that this is the only version of the log: compare root and size with other holders of a checkpoint",
)
NOTHING_OUTSIDE = (
    "that whoever holds the key did not write the log anew, or cut it short: give the checkpoints that you, or "
    "somebody else, kept with --checkpoint"
)
OLD_OUTSIDE = (
    "that whoever holds the key did not write the log anew from entry {} on, or cut it short there: give a checkpoint "
    "that was kept later with --checkpoint"
)
GIVEN, EXPORTED = (
    "given with --key",
    "the export's own log.vkey; compare it with the one that the city publishes",
)
# All that an export holds; each file but the last two is covered by signatures and hashes.
FILES = (
    "headers.jsonl", "leaves", "checkpoint", "checkpoints", "checkpoints.note", "log.vkey", "bodies.jsonl",
    "verify.py", "README.txt",
)  # fmt: skip


def verify_directory(
    directory: Path,
    key_line: str | None = None,
    outside: Sequence[Path] = (),
    *,
    require_outside: bool = False,
) -> Verification:
    """Return what is true of the export in `directory`, also against checkpoints that an outsider kept.

    Raises OSError where a file is missing or cannot be read.
    """
    own_key = _text(directory / "log.vkey")
    paths = sorted((directory / "checkpoints").iterdir())
    notes = {path.name: _text(path) for path in paths if path.is_file()}
    bodies, listing = directory / "bodies.jsonl", directory / "checkpoints.note"
    result = replay(
        _lines(directory / "headers.jsonl"),
        _leaves(directory / "leaves"),
        [*notes.values(), _text(directory / "checkpoint")],
        key_line or own_key,
        _lines(bodies) if bodies.exists() else None,
        listing=_text(listing) if listing.exists() else "",
        outside={str(path): _text(path) for path in outside},
    )
    _check_names(result, own_key, notes)
    for path in paths:
        if not path.is_file():
            result.fault(
                None, f"checkpoints/{path.name} is no file; a folder of checkpoints holds nothing else"
            )
    need_outside(result, len(outside), required=require_outside)
    result.key_from = GIVEN if key_line else EXPORTED
    result.unknown_files = sorted({path.name for path in directory.iterdir()} - set(FILES))
    return result


def need_outside(result: Verification, given: int, *, required: bool) -> None:
    """Make it a fault that nothing from outside was compared, where that is `required`."""
    if required and not given:
        result.fault(None, "no outside checkpoint was given (--checkpoint), and one is required")


def _check_names(result: Verification, own_key: str, notes: Mapping[str, str]) -> None:
    if own_key != result.key + "\n":
        result.lead(None, "log.vkey is another key than the one used")
    for name, note in notes.items():
        if name != f"{size_of(note):012d}":
            result.fault(None, f"checkpoints/{name} is not the checkpoint that its name says")


def as_json(result: Verification) -> dict[str, Any]:
    """Return the outcome for programs."""
    return {
        "ok": result.ok,
        "size": result.size,
        "root": result.root,
        "agencies": result.agencies(),
        "faults": result.faults,
        "key": result.key,
        "key_from": result.key_from,
        "checkpoints": result.checkpoints,
        "outside_checkpoints": result.outside,
        "outside_size": result.outside_size,
        "also_signed": sorted(result.also_signed),
        "not_compared": result.not_compared,
        "bodies_checked": result.bodies_checked,
        "heads": [{"entry": header["i"], **header["head"]} for header in result.heads],
    }


def report(result: Verification, agency: str | None, *, months: bool = False) -> Iterator[str]:
    """Yield the outcome for people, line by line; with `months` an agency's counts for each month too."""
    yield _verdict(result)
    yield f"key            {result.key}"
    yield f"key from       {result.key_from}"
    yield f"entries        {result.size}"
    yield f"root           {result.root}"
    yield f"bodies         {'checked' if result.bodies_checked else 'not in this export, so not checked'}"
    yield f"checkpoints    {result.checkpoints} signed" + (", each agreeing" if result.ok else "")
    yield f"outside        {_outside(result)}"
    for name in sorted(result.also_signed):
        yield f"also signed    by {name}, not checked"
    for what in result.not_compared:
        yield f"not compared   {what}"
    yield from _heads(result)
    for fault in result.faults:
        entry = "the log" if fault["entry"] is None else f"entry {fault['entry']}"
        yield f"FAULT          {entry}: {fault['problem']}"
    if result.more_faults:
        yield f"FAULT          and {result.more_faults} more"
    for name in result.unknown_files:
        yield f"not checked    {name}: no file of an export"
    if agency:
        yield from about(result, agency)
    if agency and months:
        yield from by_month(result, agency)
    yield from _limits(result)


def _verdict(result: Verification) -> str:
    if not result.ok:
        return f"NOT PROVED: {len(result.faults) + result.more_faults} faults"
    if not result.outside:
        return f"consistent with itself and signed by {result.key}"
    upto = "" if _is_covered(result) else f" up to entry {result.outside_size - 1},"
    return f"consistent with {result.outside} outside checkpoints{upto} and signed by {result.key}"


def _is_covered(result: Verification) -> bool:
    return bool(result.outside) and result.outside_size >= result.size


def _outside(result: Verification) -> str:
    if not result.outside:
        return "no checkpoint that somebody else kept was compared"
    size, more = result.outside_size, result.size - result.outside_size
    told = f"entries 0 to {size - 1} are those of outside checkpoint {result.outside_from} ({size})"
    return f"{told}; {more} entries behind it are vouched for by {result.key} alone" if more else told


def _limits(result: Verification) -> Iterator[str]:
    if result.ok:
        yield "holds          what was signed stands here unchanged, whole and in order; no allow stands behind an order"
    if not result.outside:
        yield f"not proved     {NOTHING_OUTSIDE}"
    elif not _is_covered(result):
        yield f"not proved     {OLD_OUTSIDE.format(result.outside_size)}"
    for limit in NOT_PROVED:
        yield f"not proved     {limit}"


def _heads(result: Verification) -> Iterator[str]:
    for header in result.heads:
        facts = header["head"]
        if facts["change"] == "begun":
            yield f"head           entry {header['i']}: until here nothing but its checkpoints vouches for the log"
            continue
        lost = f"of {facts['from_size']} entries, " if "from_size" in facts else ""
        first = f"; the first that differs from it: entry {facts['first']}" if "first" in facts else ""
        yield (
            f"RESTORED       entry {header['i']}: two people accepted the log of {facts['size']} entries before it "
            f"in the place of another ({lost}root {facts.get('from_root', 'unknown')}){first}"
        )


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for line in file:
            yield line[:-1] if line.endswith(b"\n") else line + b"(no end of line)"


def _leaves(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while leaf := file.read(32):
            yield leaf


def _text(path: Path) -> str:
    return path.read_bytes().decode(errors="replace")


def found_by_token(directory: Path, token: str) -> list[str]:
    """Return the line about the refusal or mistake whose asker holds `token`, its leaf hash; empty where there is none."""
    wanted = token.strip().lower()
    leaves = enumerate(_leaves(directory / "leaves"))
    place = next((number for number, leaf in leaves if leaf.hex() == wanted), None)
    if place is None:
        return []
    header = next(islice(_lines(directory / "headers.jsonl"), place, None), b"").decode(errors="replace")
    return [f"token          entry {place}: {header}"]


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
    """Let a command take the checkpoints that outsiders kept."""
    parser.add_argument(
        "--checkpoint", type=Path, nargs="+", action="extend", default=[], metavar="FILE",
        help="checkpoints that you, or somebody else, kept: the log must agree with each",
    )  # fmt: skip
    parser.add_argument(
        "--require-outside", action="store_true", help="exit 1 where no outside checkpoint is given"
    )


def _wrong_usage(directory: Path, outside: Sequence[Path]) -> str:
    """Return what is wrong with the names that were given, as a sentence; "" where nothing is."""
    if not directory.is_dir():
        return f"{directory} is no folder; name the one that holds the export."
    for path in outside:
        if not path.is_file():
            return f"{path} is no file; name a checkpoint that you kept."
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
