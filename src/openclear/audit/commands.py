"""Exporting the log so that anyone can check it, and erasure by court order."""

import ast
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from openclear.audit import log, queries
from openclear.audit.proof.checkpoints import size_of
from openclear.audit.rows import NewEntry
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Grant, Receipt
from openclear.vocabulary.without_grant import without_grant

PARTS = (
    "canonical", "merkle", "ed25519", "notes", "listing", "commitments", "headers", "orders", "lineage", "counting",
    "verification", "checkpoints", "replay", "agency_lines", "folder", "report", "command",
)  # fmt: skip
_INTRODUCTION = '''#!/usr/bin/env python3
"""Check an exported OpenCLEAR log. Needs Python 3.11 or later and nothing else.

    python3 -I verify.py DIR [--agency us.dhs.ice] [--months] [--key LINE] [--checkpoint FILE...] [--require-outside]

This file is the modules of openclear.audit.proof, joined: the same rules that the server itself runs.
"""
'''
_READ_ME = """This is an OpenCLEAR log. Check it with:

    python3 -I verify.py . --agency us.dhs.ice

headers.jsonl  one line per entry, public: what was decided, for which agencies, by which rules
leaves         32 bytes per entry: the RFC 6962 leaf hashes
checkpoint     the newest signed tree head: keep it, and give it to --checkpoint when you check a later export
checkpoints/   every earlier one; checkpoints.note signs the list of all
log.vkey       the log's key; compare it with the one that the city publishes
bodies.jsonl   only in exports for oversight: who, when and what, with salts
"""


def export_log(grant: Grant, *, directory: Path, checkpoint: str | None = None) -> int:
    """Write headers, leaves, checkpoints and the verifier into an empty `directory`; return the entries written.

    `checkpoint`: where the export ends, by default the newest one. With a grant for bodies, these are written too.
    Raises NotPossible if the directory is not empty.
    """
    grant.require(Action.LOG_EXPORT, Action.LOG_EXPORT_BODIES)
    _make_empty(directory)
    note = checkpoint or log.checkpoint()
    size = size_of(note)
    _write_lines(directory / "headers.jsonl", queries.headers(size))
    with (directory / "leaves").open("wb") as file:
        file.writelines(queries.leaves(size))
    for earlier in queries.checkpoints():
        if size_of(earlier) < size:
            (directory / "checkpoints" / f"{size_of(earlier):012d}").write_text(earlier)
    if listing := queries.listing(size):
        (directory / "checkpoints.note").write_text(listing)
    if grant.action is Action.LOG_EXPORT_BODIES:
        _write_lines(directory / "bodies.jsonl", queries.bodies(grant, size=size))
    (directory / "checkpoint").write_text(note)
    (directory / "log.vkey").write_text(log.key_line() + "\n")
    (directory / "verify.py").write_text(verifier_source())
    (directory / "README.txt").write_text(_READ_ME)
    return size


def erase(grant: Grant, *, entry: int, fields: list[str], court_order: str) -> Receipt:
    """Destroy fields of one private body, as a court ordered; the log records this and still proves the rest.

    Raises NotPossible if the entry has no such field.
    """
    grant.require(Action.LOG_ERASE)
    _check_fields(entry, fields)
    return log.append(
        NewEntry(
            kind="erase",
            decision="none",
            agencies=grant.agencies,
            action=grant.action,
            purpose=grant.purpose,
            epoch=grant.epoch,
            extra={"erase": {"entry": entry, "fields": sorted(fields)}},
            officer=grant.officer,
            details={"court_order": court_order},
        )
    )


def words_in(grant: Grant, *, entry: int, fields: Sequence[str]) -> tuple[str, list[str]]:
    """Return the entry's requester and the words in these fields, so that an erasure finds copies elsewhere.

    Raises NotPossible if the entry has no such field.
    """
    grant.require(Action.LOG_ERASE)
    _check_fields(entry, fields)
    body = queries.body_of(entry)
    words: list[str] = []
    for name in fields:
        _collect(body.get(name), words)
    return str(body.get("officer", "")), words


def other_entries(grant: Grant, *, entry: int, words: Sequence[str], most: int = 100) -> list[int]:
    """Return the numbers of other entries with one of these words in a private field: an erasure covers one entry."""
    grant.require(Action.LOG_ERASE)
    found = {number for word in words for number in queries.entries_saying(word, most=most)}
    return sorted(found - {entry})[:most]


def _check_fields(entry: int, fields: Sequence[str]) -> None:
    found = queries.field_names(entry)
    if missing := [name for name in fields if name not in found]:
        message = (
            f"Entry {entry} has no field {', '.join(missing)}; its fields are {', '.join(sorted(found))}."
        )
        raise NotPossible(message)


def _collect(value: Any, words: list[str]) -> None:
    # A filter is a mapping, the rows shown are a list; numbers and booleans are not words.
    if isinstance(value, str) and value:
        words.append(value)
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _collect(part, words)


@without_grant("public: the program that verifies")
def verifier_source() -> str:
    """Return the one-file verifier: the proof modules joined in order, without their imports of each other."""
    modules = [resources.files("openclear.audit.proof").joinpath(f"{part}.py").read_text() for part in PARTS]
    imports, parts = set(), []
    for source in modules:
        own, rest = _split_imports(source)
        imports |= own
        parts.append(rest)
    ending = 'if __name__ == "__main__":\n    sys.exit(main(sys.argv[1:]))\n'
    return "\n".join([_INTRODUCTION, *sorted(imports), "", *parts, "", ending])


def _split_imports(source: str) -> tuple[set[str], str]:
    lines = source.splitlines()
    imports: set[str] = set()
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.ImportFrom | ast.Import):
            text = ast.unparse(statement)
            imports |= set() if "openclear" in text else {text}
            for number in range(statement.lineno - 1, statement.end_lineno or statement.lineno):
                lines[number] = ""
    return imports, "\n".join(lines).strip() + "\n"


def _make_empty(directory: Path) -> None:
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        message = f"{directory} is not an empty folder; name a new one."
        raise NotPossible(message)
    try:
        (directory / "checkpoints").mkdir(parents=True)
    except OSError as error:
        message = f"The folder {directory} cannot be written ({error.strerror}); name another."
        raise NotPossible(message) from None


def _write_lines(path: Path, lines: Iterable[bytes]) -> None:
    with path.open("wb") as file:
        for line in lines:
            file.write(line + b"\n")
