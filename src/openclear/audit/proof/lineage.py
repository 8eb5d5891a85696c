"""Identifying agencies. Paths change when agencies are moved, merged or split; counts follow these changes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from openclear.audit.proof.headers import Header

ADDED, SPLIT, RENAMED = "added", "split", "renamed"


@dataclass(frozen=True)
class Move:
    """One change of the tree: its entry, what happened, from which path to which."""

    entry: int
    change: str
    old: str
    new: str


class Lineage:
    """The changes of the tree in the headers so far. An *era* is the number of changes up to some moment."""

    def __init__(self) -> None:
        """Start with no changes."""
        self.moves: list[Move] = []
        self._void: set[int] = set()
        self._born: dict[str, int] = {}

    @property
    def era(self) -> int:
        """The number of changes so far."""
        return len(self.moves)

    def apply(self, header: Header) -> None:
        """Process the next header: a change of the tree, or the outcome that one failed."""
        if header["kind"] == "outcome" and header["decision"] == "error":
            self._void.add(header.get("attempt", -1))
        facts = header["registry"] if header["kind"] == "registry" else {}
        if "from" in facts:
            self.moves.append(Move(header["i"], facts["change"], facts["from"], facts["agency"]))
        elif facts.get("change") == RENAMED:
            self.moves.append(Move(header["i"], RENAMED, facts["agency"], facts["agency"]))
        if facts.get("change") in (ADDED, SPLIT):
            self._born[facts["agency"]] = self.era

    def later(self, path: str, era: int) -> str:
        """Return the final path of the agency that had `path` in an era."""
        return self._forward(path, era, self.era)

    def at(self, path: str, era: int) -> str:
        """Return the path that the agency of `path`, a path of any era, had in `era`. No path is ever reused."""
        first, since = self._beginning(path)
        return self._forward(first, since, era)

    def places(self, path: str) -> set[str]:
        """Return all final paths of what belongs to an agency, including what left it.

        Like the paths that an order on it follows, except for paths that were left: an agency created there later is
        a different one.
        """
        first, since = self._beginning(path)
        found = {first}
        for move in self._real(since):
            reached = any(_is_within(move.old, place) for place in found)
            found = {self._stepped(place, move) for place in found} | ({move.new} if reached else set())
        return found

    def split_off(self, path: str, era: int) -> set[str]:
        """Return the paths of the agencies that were made, after `era`, from parts of the agency that had `path` then.

        Nobody can know whose people asked before the split, so what the whole agency asked counts for each part.
        """
        waiting: list[tuple[str, int]] = [(path, era)]
        found: set[str] = set()
        while waiting:
            place, since = waiting.pop()
            for number, move in enumerate(self.moves[since:], since):
                if move.entry in self._void:
                    continue
                if move.change == SPLIT and move.old == place:
                    waiting.append((move.new, number + 1))
                    found.add(self.later(move.new, number + 1))
                place = self._stepped(place, move)
        return found

    def along(self, path: str) -> set[str]:
        """Return every path that the agency of `path` ever had."""
        path, since = self._beginning(path)
        found = {path}
        for move in self._real(since):
            path = self._stepped(path, move)
            found.add(path)
        return found

    def told(self, path: str) -> list[dict[str, Any]]:
        """Return the changes that affected an agency: its own, of agencies above it, and of what came to it or left it."""
        own = self.along(path) | self.places(path)
        return [
            {"entry": move.entry, "change": move.change, "from": move.old, "to": move.new}
            for move in self._real()
            if any(_touch(move.old, place) or _touch(move.new, place) for place in own)
        ]

    def _beginning(self, path: str) -> tuple[str, int]:
        # Back along the changes, but not before the entry that registered the agency under the path reached so far.
        for number in range(self.era - 1, -1, -1):
            if self._born.get(path, -1) > number:
                return path, number + 1
            move = self.moves[number]
            if move.entry not in self._void and move.change not in (SPLIT, RENAMED):
                path = carried(path, move.new, move.old)
        return path, 0

    def _forward(self, path: str, begin: int, end: int) -> str:
        for move in self.moves[begin:end]:
            if move.entry not in self._void:
                path = self._stepped(path, move)
        return path

    def _stepped(self, path: str, move: Move) -> str:
        return path if move.change in (SPLIT, RENAMED) else carried(path, move.old, move.new)

    def _real(self, since: int = 0) -> Iterator[Move]:
        return (move for move in self.moves[since:] if move.entry not in self._void)


def carried(path: str, old: str, new: str) -> str:
    """Return where `path` is once `old`, and everything below it, became `new`."""
    return new + path[len(old) :] if _is_within(path, old) else path


def links(paths: Iterable[str]) -> frozenset[str]:
    """Return the paths, and all above them."""
    found: set[str] = set()
    for path in paths:
        parts = path.split(".")
        found |= {".".join(parts[: depth + 1]) for depth in range(len(parts))}
    return frozenset(found)


def _is_within(path: str, ancestor: str) -> bool:
    return path == ancestor or path.startswith(ancestor + ".")


def _touch(one: str, other: str) -> bool:
    return _is_within(one, other) or _is_within(other, one)
