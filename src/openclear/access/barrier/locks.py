"""What the barrier needs of a lock that processes share, from files or from a database."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from openclear.access.errors import NotAnswered
from openclear.vocabulary.without_grant import without_grant

MET, RESET = "met", "reset"


class LocksLost(Exception):
    """The provider of the locks is gone and has released all of them."""


class SharedLocks(Protocol):
    """The shared locks of one process: each link once for all its answers. Not thread-safe."""

    def take(self, links: Sequence[str]) -> bool:
        """Take the holds of `links`, all or none. False if somebody has or waits for one. Raises LocksLost."""

    def drop(self, links: Sequence[str]) -> None:
        """Let go of the holds of `links`. Raises LocksLost."""

    def wanted(self, links: Sequence[str]) -> set[str]:
        """Return those of `links` whose turn somebody has: an order or a change waits. Raises LocksLost."""

    def tell(self, link: str, word: str, answers: Sequence[str]) -> None:
        """Tell the one that has the turn of `link` which answers were met or reset. Raises LocksLost."""


class Turn(Protocol):
    """Locks that one act has exclusively: first the turns, with `wait` the holds too."""

    def wait(self) -> "Drained":
        """Wait until no answer relies on them; return the answers met. Raises NotAnswered if that takes too long."""

    def release(self) -> None:
        """Release all of it, once."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What an exclusive hold met: answers that were under way when a process learned of it, and those that it reset."""

    met: int
    reset: int

    @classmethod
    def of(cls, told: Sequence[tuple[str, str]]) -> "Drained":
        """Count what processes told: word and answer, sometimes the same answer for several places."""
        words = {word: {answer for said, answer in told if said == word} for word in (MET, RESET)}
        return cls(len(words[MET] | words[RESET]), len(words[RESET]))


class Taken:
    """A lock that is released exactly once, by the first to do so."""

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
    return NotAnswered("An order or an answer for the same agency is in progress; try again in a moment.")
