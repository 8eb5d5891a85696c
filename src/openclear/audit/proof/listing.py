"""The list of all checkpoints, signed with each of them: it shows if a checkpoint was removed.

A note of the log's key: `ORIGIN/checkpoints`, how many there are, and base64 of SHA-256 over a line `SIZE ROOT` for
each of them in order, the root in base64. A checkpoint itself has no room for it.
"""

import base64
import hashlib
from collections.abc import Iterable

from openclear.audit.proof.notes import Checkpoint, NoteError, VerifierKey, open_note

SUFFIX = "/checkpoints"


class Listing:
    """Takes checkpoints in order, and has their number and hash."""

    def __init__(self, checkpoints: Iterable[Checkpoint] = ()) -> None:
        """Take the existing checkpoints."""
        self.count = 0
        self._hash = hashlib.sha256()
        for checkpoint in checkpoints:
            self.add(checkpoint)

    def add(self, checkpoint: Checkpoint) -> None:
        """Take the next checkpoint."""
        self.count += 1
        root = base64.b64encode(checkpoint.root).decode()
        self._hash.update(f"{checkpoint.size} {root}\n".encode())

    def text(self, origin: str) -> str:
        """Return the lines that are signed."""
        digest = base64.b64encode(self._hash.copy().digest()).decode()
        return f"{origin}{SUFFIX}\n{self.count}\n{digest}\n"


def check_listing(note: str, key: VerifierKey, checkpoints: Iterable[Checkpoint]) -> None:
    """Raise NoteError unless `note` is the signed list of exactly these checkpoints, oldest first."""
    signed = open_note(note, key)
    here = Listing(checkpoints)
    if signed == here.text(key.name):
        return
    lines = signed.split("\n")
    if lines[0] != key.name + SUFFIX or len(lines) != 4:
        raise NoteError("it is not a list of checkpoints")
    if lines[1] != str(here.count):
        raise NoteError(f"it names {lines[1]}, and {here.count} are here: missing or removed")
    raise NoteError("it names others than are here")
