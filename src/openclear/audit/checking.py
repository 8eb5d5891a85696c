"""Replaying the stored log: every byte of it, the columns derived from bodies, and the files next to the key if readable."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from django.conf import settings

from openclear.audit import beginning, log, stored
from openclear.audit.columns import COLUMNS, wrong_columns
from openclear.audit.comparing import Comparison
from openclear.audit.errors import BrokenLog, LogUnavailable
from openclear.audit.heads import HEAD, Beside, Head, look
from openclear.audit.models import Entry
from openclear.audit.proof.checkpoints import size_of
from openclear.audit.proof.merkle import EMPTY_ROOT, Frontier
from openclear.audit.proof.notes import parse_checkpoint
from openclear.audit.proof.replay import replay
from openclear.audit.proof.verification import Verification
from openclear.vocabulary.without_grant import without_grant

DATABASE = "audit"
OF_WRITER, OF_POLICE = "the log's writer", "the police database, because the log's writer does not respond"
NOT_BESIDE = "with the files next to the key: this user may not read the folder of keys"


@without_grant("the log is under the gate: it takes entries and gives none of their private part")
def verify(
    watched: Callable[[Iterator[bytes]], Iterator[bytes]] = iter,
    outside: Mapping[str, str] | None = None,
    *,
    seen: tuple[int, str] | None = None,
) -> Verification:
    """Replay the stored log, bodies too, and return what was found. Needs no grant: it returns only public facts.

    `watched`: passes the headers on, so that a caller can show the progress. `outside`: checkpoints that somebody
    else kept, by their origin. `seen`: size and root of the newest checkpoint that the police database knew
    beforehand.
    """
    size, key, problem = _newest()
    came_from = OF_POLICE if problem else OF_WRITER
    compared = _Compared(size, came_from, seen)
    notes = [note for note in stored.checkpoints() if size_of(note) <= size]
    listing = stored.listing(max((size_of(note) for note in notes), default=0))
    result = replay(
        watched(stored.headers(size)), compared.leaves(size), notes, key, compared.bodies(size),
        listing=listing, outside=outside,
    )  # fmt: skip
    result.key_from = came_from
    # A replay with a wrong key finds a fault in every checkpoint; that must not hide what is compared here.
    result.make_room()
    compared.tell(result, notes)
    if problem:
        result.lead(None, problem)
    compared.tell_first(result)
    return result


def _newest() -> tuple[int, str, str]:
    # The size and the key, never from the log itself; and what is wrong with them, or "".
    known = beginning.known()
    try:
        size, key = size_of(log.checkpoint()), log.key_line()
    except LogUnavailable as error:
        # A writer that refuses is itself a finding: replay everything that is stored.
        size = Entry.objects.using(DATABASE).count()
        return max(size, 1), known.key if known else "", f"the log's writer does not respond: {error}"
    if known and known.key != key:
        return size, known.key, f"the log's writer has another key ({key}) than the police database knows"
    return size, key, ""


class _Compared:
    """Checks besides the replay: entries against the files next to the key and the police database, columns against bodies."""

    def __init__(self, size: int, came_from: str, seen: tuple[int, str] | None) -> None:
        self._problem, self._comparison, self._is_beside = "", None, True
        self._seen, self._root_seen = seen or (0, EMPTY_ROOT.hex()), EMPTY_ROOT.hex()
        self._columns: list[tuple[int, str]] = []
        try:
            beside = look(settings.KEYS_FOLDER)
            self._problem = "" if beside else f"there is no {HEAD} next to the signing key, or it is damaged"
            if beside:
                self._comparison = Comparison(_until(size, beside) if came_from == OF_WRITER else beside)
        except BrokenLog as error:
            self._problem = str(error)
        except PermissionError:
            self._is_beside = False  # The log's writer compares at every start.

    def leaves(self, size: int) -> Iterator[bytes]:
        tree = Frontier()
        for leaf in stored.leaves(size):
            tree.add(leaf)
            if self._comparison:
                self._comparison.take(tree, leaf)
            if tree.size == self._seen[0]:
                self._root_seen = tree.root().hex()
            yield leaf

    def bodies(self, size: int) -> Iterator[bytes]:
        for entry, line, fields, beside in stored.bodies(size, *COLUMNS):
            columns = dict(zip(COLUMNS, beside, strict=True))
            self._columns += [(entry, column) for column in wrong_columns(fields, columns)]
            yield line

    def tell(self, result: Verification, notes: Sequence[str]) -> None:
        for entry, column in self._columns:
            result.fault(entry, f"its column {column} is not what its body says")
        if self._problem:
            result.lead(None, self._problem)
        if not self._is_beside:
            result.not_compared.append(NOT_BESIDE)
        self._tell_seen(result, *self._seen)
        for signed in self._comparison.beside.signed if self._comparison else ():
            if signed.note not in notes:
                result.fault(
                    None,
                    f"the checkpoint over {signed.size} entries was removed from the audit database, or changed",
                )

    def tell_first(self, result: Verification) -> None:
        """Report the first entry that differs before all other faults: it is what a person looks for."""
        if self._comparison:
            self._tell_entries(result, self._comparison)

    def _tell_seen(self, result: Verification, size: int, root: str) -> None:
        if result.size < size:
            result.lead(result.size, f"removed: the police database saw {size} entries of this log")
        elif self._root_seen != root:
            result.lead(None, f"the first {size} entries are not those that the police database saw")

    def _tell_entries(self, result: Verification, comparison: Comparison) -> None:
        first, head = comparison.first(result.size), comparison.beside.head
        if first is not None:
            exactly = "is" if comparison.names_exactly(result.size) else "may be"
            problem = f"{exactly} the first that is not as the log's writer appended it"
            result.lead(first, problem)
        elif result.size > head.size:
            result.fault(head.size, "is after the head next to the key: inserted, or never acknowledged")


def _until(size: int, beside: Beside) -> Beside:
    # Entries appended while the log is read are not checked.
    signed = [each for each in beside.signed if each.size <= size]
    if not signed or beside.head.size <= size:
        return replace(beside, signed=signed)
    newest = parse_checkpoint(signed[-1].note)
    return replace(beside, signed=signed, head=Head(newest.size, newest.root.hex(), signed[-1].note))
