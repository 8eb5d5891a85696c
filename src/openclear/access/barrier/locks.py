"""What the barrier needs of a lock that processes share, whether files or a database give it."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from openclear.access.errors import NotAnswered
from openclear.vocabulary.without_grant import without_grant

MET, RESET = "met", "reset"


class LocksLost(Exception):
    """What gave the locks is gone and has let go of all of them."""


class SharedLocks(Protocol):
    """The shared locks of one process: each link once, however many answers stand on it. Not safe for threads."""

    def take(self, links: Sequence[str]) -> bool:
        """Take the holds of `links`, all or none. False where somebody has or waits for one. Raises LocksLost."""

    def drop(self, links: Sequence[str]) -> None:
        """Let go of the holds of `links`. Raises LocksLost."""

    def wanted(self, links: Sequence[str]) -> set[str]:
        """Return those of `links` whose turn somebody has: an order or a change waits. Raises LocksLost."""

    def tell(self, link: str, word: str, answers: Sequence[str]) -> None:
        """Tell whoever has the turn of `link` which answers were met or reset. Raises LocksLost."""


class Turn(Protocol):
    """Locks that one act has exclusively: first the turns, with `wait` the holds too."""

    def wait(self) -> "Drained":
        """Wait until no answer stands on them; return what was met. Raises NotAnswered where that lasts too long."""

    def release(self) -> None:
        """Let go of all of it; once."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What an exclusive hold met: answers that were under way when a process learned of it, and those that it reset."""

    met: int
    reset: int

    @classmethod
    def of(cls, told: Sequence[tuple[str, str]]) -> "Drained":
        """Count what processes told: word and answer, the same answer at times for several places."""
        words = {word: {answer for said, answer in told if said == word} for word in (MET, RESET)}
        return cls(len(words[MET] | words[RESET]), len(words[RESET]))


class Taken:
    """A lock that is let go exactly once, by whoever is first."""

    def __init__(self, let_go: Callable[[], None]) -> None:
        """`let_go`: what frees the lock."""
        self._let_go: Callable[[], None] | None = let_go
        self._guard = threading.Lock()

    def release(self) -> None:
        """Free the lock. A second call does nothing."""
        with self._guard:
            let_go, self._let_go = self._let_go, None
        if let_go:
            let_go()


@without_grant("a lock, taken by the gate; reads nothing")
def too_long() -> NotAnswered:
    """Return the error of a wait that took too long."""
    return NotAnswered("An order or an answer of the same agency is under way; try again in a moment.")
