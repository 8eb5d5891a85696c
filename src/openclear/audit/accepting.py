"""Continuing with a log that differs from the head next to the key: a restored one, or one whose head is lost.

Removing a file cannot do this: it takes an entry in the log, which says what replaced what.
"""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings

from openclear.audit import log
from openclear.audit.comparing import Comparison
from openclear.audit.errors import BrokenLog
from openclear.audit.heads import Beside, Head, HeadFile, Signed, look
from openclear.audit.keys import read_key
from openclear.audit.ledger import Ledger
from openclear.audit.models import SignedCheckpoint
from openclear.audit.opening import DATABASE, KEY_FILE, open_ledger, read_stored
from openclear.audit.proof.checkpoints import open_own
from openclear.audit.proof.merkle import EMPTY_ROOT
from openclear.audit.proof.notes import NoteError
from openclear.audit.rows import NewEntry
from openclear.audit.sequencer import hold_lock
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.without_grant import without_grant

# The time that a writer may take to sign and end after it was told to stop.
ENDING_SECONDS = 5.0


@without_grant("before the log continues there is no gate; the command asks two people")
def accept(
    folder: Path, *, said: NewEntry, seen: tuple[int, str] | None, needed: bool
) -> tuple[int, list[int]]:
    """Continue with the stored log as it is; return the number of the entry that says so, and which rows were left out.

    Rows of the table of checkpoints that the key did not sign are left out; they are returned by the size that they
    claim. `said`: who accepts it, and why. `seen`: size and root of the newest checkpoint that the other database
    knows. `needed`: whether that database lacks anything in the log. Raises NotPossible if everything agrees,
    BrokenLog if the stored log is not even consistent with itself.
    """
    with _alone():
        return _accept(folder, said, seen, needed=needed)


def _accept(
    folder: Path, said: NewEntry, seen: tuple[int, str] | None, *, needed: bool
) -> tuple[int, list[int]]:
    beside = _refused(folder, seen, needed=needed)
    comparison = Comparison(beside) if beside else None
    ledger = _read_by_itself(folder, comparison)
    _, foreign = _own_checkpoints(ledger.key.line)
    if foreign:
        said = replace(said, details={**said.details, "checkpoints_left_out": foreign})
    facts: dict[str, Any] = {"change": "restored"}
    if comparison and beside:
        facts |= {"from_size": beside.head.size, "from_root": beside.head.root}
        first = comparison.first(ledger.tree.size)
        first = beside.head.size if first is None and ledger.tree.size > beside.head.size else first
        facts |= {} if first is None else {"first": first}
    elif seen:
        facts |= {"from_size": seen[0], "from_root": seen[1]}
    return _append(ledger, said, facts), foreign


def _refused(folder: Path, seen: tuple[int, str] | None, *, needed: bool) -> Beside | None:
    # How the stored log differs from what it should be; None if only the other database, or nothing, contradicts it.
    beside = look(folder)
    try:
        ledger = open_ledger(folder)
    except BrokenLog:
        return beside
    if not needed and (seen is None or ledger.root_at(seen[0]) == seen[1]):
        raise NotPossible("The log is the one that was appended; there is nothing to accept.")
    return None


def _read_by_itself(folder: Path, comparison: Comparison | None) -> Ledger:
    key = read_key(folder / KEY_FILE)
    signed, _ = _own_checkpoints(key.line)
    heads = HeadFile(folder, key)
    ledger = Ledger(key, heads)
    itself = Comparison(Beside(Head(0, EMPTY_ROOT.hex()), signed, b""))
    read_stored(ledger, [itself, comparison] if comparison else [itself])
    if itself.first(ledger.tree.size) is not None or any(each.size > ledger.tree.size for each in signed):
        raise BrokenLog(
            "The stored log does not agree with its own checkpoints; restore a backup of the audit database."
        )
    ledger.go_on_from(signed)
    heads.renew(signed)
    return ledger


def _own_checkpoints(key_line: str) -> tuple[list[Signed], list[int]]:
    # What the key signed, and the numbers of rows that are not its checkpoints.
    signed, foreign = [], []
    for row in SignedCheckpoint.objects.using(DATABASE).order_by("size"):
        try:
            is_own = open_own(row.note, key_line).size == row.size
        except NoteError:
            is_own = False
        if is_own:
            signed.append(Signed(row.note, row.listing))
        else:
            foreign.append(row.size)
    return signed, foreign


def _append(ledger: Ledger, said: NewEntry, facts: Mapping[str, Any]) -> int:
    before = {"size": ledger.tree.size, "root": ledger.tree.root().hex()}
    new_entry = log.question_of(replace(said, extra={"head": {**facts, **before}}))
    # A crash before the head is written leaves the entry after the old head, or without one: the next start still
    # refuses, and accepting the log again adds another.
    reply = ledger.append([new_entry])[0]
    if "entry" not in reply:
        raise BrokenLog(f"The log did not accept the entry ({reply}).")
    ledger.sign()
    return int(reply["entry"])


@contextmanager
def _alone() -> Iterator[None]:
    log.stop()
    deadline = time.monotonic() + ENDING_SECONDS
    while (lock := hold_lock(settings.LOG_FOLDER)) is None and time.monotonic() < deadline:
        time.sleep(0.02)
    if lock is None:
        raise NotPossible("The log's writer is running; stop its service first.")
    try:
        yield
    finally:
        os.close(lock)
