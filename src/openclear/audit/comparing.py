"""The stored log compared with the files next to the key, entry by entry: the same, one batch ahead, or refused."""

from openclear.audit.errors import BrokenLog
from openclear.audit.heads import FINGERPRINT, Beside
from openclear.audit.proof.merkle import Frontier
from openclear.audit.proof.notes import NoteError, parse_checkpoint

_UNKNOWN = bytes(FINGERPRINT)
_WAY_OUT = "Restore the audit database; or have two people accept it as it is (openclear log accept-restore)."


class Comparison:
    """Takes the stored entries in order and remembers the first that differs from the one appended."""

    def __init__(self, beside: Beside) -> None:
        """Compare with `beside`.

        Raises BrokenLog if its checkpoints are damaged. `is_incomplete`: whether fingerprints are lost or damaged,
        and must be stored again.
        """
        self.beside = beside
        try:
            known = [parse_checkpoint(each.note) for each in beside.signed]
        except NoteError:
            raise BrokenLog(
                "The list of checkpoints next to the key is damaged; restore that folder."
            ) from None
        self._roots = {note.size: note.root.hex() for note in known} | {beside.head.size: beside.head.root}
        self._agreed = 0
        self._broken: int | None = None
        self._suspect: int | None = None
        self._unnamed = self.is_incomplete = False

    def take(self, tree: Frontier, leaf: bytes) -> None:
        """Compare the entry that `tree` has just added."""
        if self._broken is not None:
            return
        start = (tree.size - 1) * FINGERPRINT
        kept = self.beside.fingerprints[start : start + FINGERPRINT]
        if len(kept) < FINGERPRINT or kept == _UNKNOWN:
            self._unnamed = self.is_incomplete = True
        elif self._suspect is None and kept != leaf[:FINGERPRINT]:
            self._suspect = tree.size - 1
        if tree.size not in self._roots:
            return
        if tree.root().hex() != self._roots[tree.size]:
            self._broken = tree.size
        else:
            # A matching root overrides a damaged fingerprint.
            self.is_incomplete |= self._suspect is not None
            self._agreed, self._suspect, self._unnamed = tree.size, None, False

    def first(self, size: int) -> int | None:
        """Return the first entry that differs in a stored log of `size` entries; None if there is none.

        If it cannot be determined exactly: the first that may differ.
        """
        if self._broken is None and size >= self.beside.head.size:
            return None
        if self._suspect is not None:
            return self._suspect
        return size if self._broken is None and not self._unnamed else self._agreed

    def names_exactly(self, size: int) -> bool:
        """Say whether `first` is certainly the first, not the first of a range."""
        return self._suspect is not None or self.first(size) == size

    def problem(self, size: int, *, is_own_batch: bool) -> str | None:
        """Return one sentence on what is wrong with a stored log of `size` entries, or None.

        `is_own_batch`: the entries after the head are the one batch that was not acknowledged because of a crash.
        """
        first, head = self.first(size), self.beside.head
        if first is not None and first == size:
            return f"The log ends before entry {first}, the first that is missing; {head.size} were appended. {_WAY_OUT}"
        if first is not None and self.names_exactly(size):
            return f"Entry {first} of the log is not the one that was appended. {_WAY_OUT}"
        if first is not None:
            last = (self._broken or head.size) - 1
            return f"An entry of the log from {first} to {last} is not the one that was appended. {_WAY_OUT}"
        if size > head.size and not is_own_batch:
            return f"Entry {head.size} is in the audit database but was never appended by the log's writer. {_WAY_OUT}"
        return None
