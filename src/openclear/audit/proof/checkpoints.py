"""Checking checkpoints against the tree: the log's own, and those that an outsider kept."""

from collections.abc import Mapping, Sequence

from openclear.audit.proof.listing import check_listing
from openclear.audit.proof.notes import Checkpoint, NoteError, open_checkpoint, other_names, parse_key
from openclear.audit.proof.verification import Verification

Roots = Mapping[int, bytes]


def open_own(note: str, key_line: str) -> Checkpoint:
    """Return the checkpoint of a note that this log's key signed for this log. Raises NoteError."""
    key = parse_key(key_line)
    checkpoint = open_checkpoint(note, key)
    if checkpoint.origin != key.name:
        raise NoteError(f"it is not one of {key.name}")
    return checkpoint


def size_of(note: str) -> int:
    """Return the size that a note states, unchecked; 0 if it states none."""
    line = [*note.split("\n"), "", ""][1]
    return int(line) if line.isascii() and line.isdigit() and len(line) < 17 else 0


def open_checkpoints(result: Verification, notes: Sequence[str], key_line: str) -> list[Checkpoint]:
    """Return the log's own checkpoints, oldest first; invalid ones are faults, and so is having none."""
    opened = []
    for note in notes:
        try:
            opened.append(open_own(note, key_line))
        except NoteError as error:
            result.fault(None, f"checkpoint: {error}")
        else:
            result.also_signed |= other_names(note, parse_key(key_line))
    if not notes:
        result.fault(None, "checkpoint: there is none, so nothing binds the entries")
    result.checkpoints = len(opened)
    return sorted(opened, key=lambda note: note.size)


def open_outside(result: Verification, notes: Mapping[str, str], key_line: str) -> dict[str, Checkpoint]:
    """Return the checkpoints that outsiders kept, by their origin; invalid ones are faults."""
    opened = {}
    for name, note in notes.items():
        try:
            opened[name] = open_own(note, key_line)
        except NoteError as error:
            result.fault(None, f"outside checkpoint {name}: {error}")
    return opened


def compare_checkpoints(result: Verification, notes: Sequence[Checkpoint], roots: Roots) -> None:
    """Report each of the log's own checkpoints that does not match the tree, and entries after the newest."""
    agreed = {0}
    for note in notes:
        if note.size not in roots:
            result.fault(result.size, f"removed: the checkpoint signs {note.size} entries")
        elif roots[note.size] != note.root:
            first = max(size for size in agreed if size <= note.size)
            result.fault(
                first,
                f"the first that differs lies from here to entry {note.size - 1}: one is not the one that was signed",
            )
        else:
            agreed.add(note.size)
    if notes and notes[-1].size < result.size:
        result.fault(notes[-1].size, "is after the newest checkpoint: inserted, or not yet signed")


def compare_outside(result: Verification, kept: Mapping[str, Checkpoint], roots: Roots) -> None:
    """Count the outside checkpoints that match the tree, and report the others."""
    # What matches an outside checkpoint has not changed; the log's own checkpoints cannot show that.
    agreed = {note.size for note in kept.values() if roots.get(note.size) == note.root}
    for name, note in kept.items():
        if note.size not in roots:
            problem = f"removed, or this log is older: outside checkpoint {name} signs {note.size} entries"
            result.fault(result.size, problem)
        elif roots[note.size] != note.root:
            first = max((size for size in agreed if size < note.size), default=0)
            problem = f"the first that differs lies from here to entry {note.size - 1}: outside checkpoint {name} signs others"
            result.fault(first, problem)
        elif note.size >= result.outside_size:
            result.outside_size, result.outside_from = note.size, name
    # The same checkpoint given twice counts once.
    result.outside = len(agreed)


def compare_listing(result: Verification, listing: str, notes: Sequence[Checkpoint], key_line: str) -> None:
    """Report checkpoints that are in the newest one's signed list and missing."""
    if not listing and not result.lists_checkpoints:
        return  # of a log, or part of one, older than such lists
    try:
        check_listing(listing, parse_key(key_line), {note.size: note for note in notes}.values())
    except NoteError as error:
        result.fault(None, f"list of checkpoints: {error}")
