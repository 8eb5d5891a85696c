"""What a replay found: faults, counts, orders, checkpoints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openclear.audit.proof.counting import COUNTED, PHASES, Tally
from openclear.audit.proof.headers import Header
from openclear.audit.proof.orders import OrderBook

MOST_FAULTS = 50


@dataclass
class Verification:
    """What a replay found.

    `faults`: the first ones found, at most `most_faults`; `more_faults`: how many more there are; `key`: the verifier
    key used for signatures, from `key_from`; `outside`: how many different outside checkpoints match, the newest over
    `outside_size` entries, from `outside_from`; `also_signed`: names of other signatures, not checked;
    `not_compared`: what this replay could not check; `heads`: entries that begin a head file or accept a restored
    log.
    """

    size: int = 0
    root: str = ""
    key: str = ""
    key_from: str = ""
    faults: list[dict[str, Any]] = field(default_factory=list)
    more_faults: int = 0
    most_faults: int = MOST_FAULTS
    tally: Tally = field(default_factory=Tally)
    book: OrderBook = field(default_factory=OrderBook)
    erased: set[tuple[int, str]] = field(default_factory=set)
    commitments: list[str] = field(default_factory=list)
    heads: list[Header] = field(default_factory=list)
    lists_checkpoints: bool = False
    checkpoints: int = 0
    outside: int = 0
    outside_size: int = 0
    outside_from: str = ""
    also_signed: set[str] = field(default_factory=set)
    not_compared: list[str] = field(default_factory=list)
    bodies_checked: bool = False
    unknown_files: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether no fault was found."""
        return not self.faults

    def fault(self, entry: int | None, problem: str) -> None:
        """Record a fault, with the number of the entry if it is known."""
        if len(self.faults) < self.most_faults:
            self.faults.append({"entry": entry, "problem": problem})
        else:
            self.more_faults += 1

    def lead(self, entry: int | None, problem: str) -> None:
        """Put the fault that a person looks for before all others, however many there are: it is their cause."""
        self.faults.insert(0, {"entry": entry, "problem": problem})
        self.most_faults += 1

    def make_room(self) -> None:
        """Make sure that the next fault is listed, however many were found before."""
        self.most_faults = len(self.faults) + MOST_FAULTS

    def agencies(self) -> dict[str, dict[str, Any]]:
        """Return the counts of every agency that appears, and of every agency above one."""
        return self._agencies(self.tally.paths())

    def agency(self, path: str) -> dict[str, Any]:
        """Return the counts of one agency and everything that belongs to it, before, under and after orders on it, under any of its paths.

        What it asked before and after a move, a merger or a split is counted too, and `moves` lists these.
        """
        return self._agencies([path])[path]

    def _agencies(self, paths: Sequence[str]) -> dict[str, dict[str, Any]]:
        return {path: self._told(path, counts) for path, counts in self.tally.counts(paths).items()}

    def _told(self, path: str, counts: Mapping[tuple[str, str], int]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for word in COUNTED.values():
            parts = {phase: counts[word, phase] for phase in PHASES}
            result[word] = sum(parts.values())
            result |= {f"{word}_{phase}_order": count for phase, count in parts.items()}
        lineage = self.tally.lineage
        covering = {order for each in lineage.along(path) for order in self.book.covering(each)}
        result["orders"] = [order for order in self.book.orders if order in covering]
        result["moves"] = lineage.told(path)
        return result


def months_of(result: Verification, path: str) -> dict[str, dict[str, int]]:
    """Return for each month the allowed, refused and failed requests of one agency and everything that belongs to it."""
    counts = result.tally.months([path])
    months = sorted({month for _, month, _ in counts})
    return {month: {word: counts[path, month, word] for word in COUNTED.values()} for month in months}
