"""Replaying the stored log: every byte of it, the columns made of bodies, and what stands beside the key where it may be read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from django.conf import settings

from openclear.audit import log, stored
from openclear.audit.columns import FIELD_OF_COLUMN, wrong_columns
from openclear.audit.comparing import Comparison
from openclear.audit.errors import BrokenLog, LogUnavailable
from openclear.audit.heads import HEAD, Beside, Head, look
from openclear.audit.models import Entry
from openclear.audit.proof.checkpoints import size_of
from openclear.audit.proof.merkle import Frontier
from openclear.audit.proof.notes import parse_checkpoint
from openclear.audit.proof.replay import replay
from openclear.audit.proof.verification import Verification

DATABASE = "audit"
OF_WRITER, OF_ENTRY_0 = "the log's writer", "entry 0 of the stored log, for the log's writer does not answer"


def verify(
    watched: Callable[[Iterator[bytes]], Iterator[bytes]] = iter, outside: Mapping[str, str] | None = None
) -> Verification:
    """Replay the stored log, bodies too, and return what holds. Needs no grant: it tells public facts only.

    `watched`: passes the headers on, so that whoever waits sees how far it is. `outside`: checkpoints that somebody else
    kept, by where they come from.
    """
    size, key, came_from = _newest()
    compared = _Compared(size, came_from)
    notes = [note for note in stored.checkpoints() if size_of(note) <= size]
    listing = stored.listing(max((size_of(note) for note in notes), default=0))
    result = replay(
        watched(stored.headers(size)), compared.leaves(size), notes, key, compared.bodies(size),
        listing=listing, outside=outside,
    )  # fmt: skip
    result.key_from = came_from
    compared.tell(result, notes)
    return result


def _newest() -> tuple[int, str, str]:
    try:
        return size_of(log.checkpoint()), log.key_line(), OF_WRITER
    except LogUnavailable:
        # A sequencer that refuses to start is itself a finding: replay all that is stored.
        size = Entry.objects.using(DATABASE).count()
        return max(size, 1), str(stored.genesis(settings.LOG_FOLDER)["key"]), OF_ENTRY_0


class _Compared:
    """What is compared besides the replay: entries and checkpoints with the files beside the key, columns with bodies."""

    def __init__(self, size: int, came_from: str) -> None:
        self._problem, self._comparison = "", None
        self._columns: list[tuple[int, str]] = []
        try:
            beside = look(settings.KEYS_FOLDER)
            self._problem = "" if beside else f"there is no {HEAD} beside the signing key, or it is damaged"
            if beside:
                self._comparison = Comparison(_until(size, beside) if came_from == OF_WRITER else beside)
        except BrokenLog as error:
            self._problem = str(error)
        except PermissionError:
            pass  # This user may not read the folder of keys; the log's writer compares at every start.

    def leaves(self, size: int) -> Iterator[bytes]:
        tree = Frontier()
        for leaf in stored.leaves(size):
            if self._comparison:
                tree.add(leaf)
                self._comparison.take(tree, leaf)
            yield leaf

    def bodies(self, size: int) -> Iterator[bytes]:
        for entry, line, fields, beside in stored.bodies(size, *FIELD_OF_COLUMN):
            columns = dict(zip(FIELD_OF_COLUMN, beside, strict=True))
            self._columns += [(entry, column) for column in wrong_columns(fields, columns)]
            yield line

    def tell(self, result: Verification, notes: Sequence[str]) -> None:
        for entry, column in self._columns:
            result.fault(entry, f"its column {column} is not what its body says")
        if self._problem:
            result.fault(None, self._problem)
        if self._comparison:
            self._tell_entries(result, self._comparison)
            for signed in self._comparison.beside.signed:
                if signed.note not in notes:
                    result.fault(
                        None,
                        f"the checkpoint over {signed.size} entries was removed from the audit database, or changed",
                    )

    def _tell_entries(self, result: Verification, comparison: Comparison) -> None:
        first, head = comparison.first(result.size), comparison.beside.head
        if first is not None:
            exactly = "is" if comparison.names_exactly(result.size) else "may be"
            problem = f"{exactly} the first that is not as the log's writer appended it"
            # Before all others: it is what a person looks for.
            result.faults.insert(0, {"entry": first, "problem": problem})
        elif result.size > head.size:
            result.fault(head.size, "stands behind the head beside the key: inserted, or never acknowledged")


def _until(size: int, beside: Beside) -> Beside:
    # Entries that came while the log is read are no part of what is checked.
    signed = [each for each in beside.signed if each.size <= size]
    if not signed or beside.head.size <= size:
        return replace(beside, signed=signed)
    newest = parse_checkpoint(signed[-1].note)
    return replace(beside, signed=signed, head=Head(newest.size, newest.root.hex(), signed[-1].note))
