"""The barrier's locks on one machine: two files for each link, locked with `flock`, which ends with the process.

A turn's file also carries what processes tell the one that has the turn; POSIX locks would not exclude threads of one process.
"""

import fcntl
import logging
import os
import re
import time
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

from django.conf import settings

from openclear.access.barrier.locks import Drained, too_long
from openclear.access.errors import NotAnswered

alarm = logging.getLogger("openclear.alarm")
_POLL_SECONDS = 0.001
_FILE_NAME = re.compile(r"@?[a-z0-9_-]+(\.[a-z0-9_-]+)*")
HOLD, TURN = "lock", "turn"


class FileLocks:
    """The shared locks of this process, a pair of descriptors for each link."""

    def __init__(self) -> None:
        """Begin with none."""
        self._files: dict[str, tuple[int, int]] = {}

    def take(self, links: Sequence[str]) -> bool:
        """Take the holds of `links`, all or none. Raises NotAnswered if no more files can be opened."""
        for place, link in enumerate(links):
            try:
                taken = self._take(link)
            except OSError:
                self.drop(links[:place])
                raise NotAnswered("Too many files are open; try again in a moment.") from None
            if not taken:
                self.drop(links[:place])
                return False
        return True

    def drop(self, links: Sequence[str]) -> None:
        """Let go of the holds of `links`."""
        for link in links:
            _close(*self._files.pop(link))

    def wanted(self, links: Sequence[str]) -> set[str]:
        """Return those of `links` whose turn somebody has."""
        return {link for link in links if not _is_free(self._files[link][0])}

    def tell(self, link: str, word: str, answers: Sequence[str]) -> None:
        """Append to the turn's file, a line for each answer."""
        try:
            os.write(self._files[link][0], "".join(f"{word} {answer}\n" for answer in answers).encode())
        except OSError as error:
            # A full disk: the answers are still reset, but the receipt will count too few.
            alarm.critical(
                "%s answers of %s were %s and could not be told: %s", len(answers), link, word, error
            )

    def _take(self, link: str) -> bool:
        turn = _open(link, TURN)
        try:
            hold = _open(link, HOLD)
        except OSError:
            _close(turn)
            raise
        if _is_free(turn) and _lock(hold, fcntl.LOCK_SH):
            self._files[link] = (turn, hold)
            return True
        _close(turn, hold)
        return False


class FileTurn:
    """The turn of each link, taken exclusively: no process begins a hold there until it is released."""

    def __init__(self, links: Sequence[str], deadline: float) -> None:
        """Take every turn. Raises NotAnswered beyond `deadline`, which is also that of `wait`."""
        self._deadline = deadline
        self._turns, self._holds = (
            [_open(link, TURN) for link in links],
            [_open(link, HOLD) for link in links],
        )
        try:
            # First every turn, so that everything that must end does so in the same 500 ms.
            self._told_before = [_wait_for(turn, deadline) for turn in self._turns]
        except BaseException:
            _close(*self._turns, *self._holds)
            raise

    def wait(self) -> Drained:
        """Take every hold too; return what was told meanwhile. Raises NotAnswered beyond the deadline."""
        for hold in self._holds:
            _wait_for(hold, self._deadline)
        sizes = zip(self._turns, self._told_before, strict=True)
        return Drained.of([line for turn, size in sizes for line in _lines(turn, size)])

    def release(self) -> None:
        """Let go of all of it."""
        for turn in self._turns:
            os.ftruncate(turn, 0)
        _close(*self._holds, *self._turns)


def _lines(turn: int, first: int) -> list[tuple[str, str]]:
    text = os.pread(turn, os.fstat(turn).st_size, first).decode()
    return [(word, answer) for word, _, answer in (line.partition(" ") for line in text.splitlines())]


def _wait_for(descriptor: int, deadline: float) -> int:
    while True:
        # Read before the lock is taken: what this taker is told comes after this size.
        size = os.fstat(descriptor).st_size
        if _lock(descriptor, fcntl.LOCK_EX):
            return size
        if time.monotonic() > deadline:
            raise too_long()
        time.sleep(_POLL_SECONDS)


def _is_free(turn: int) -> bool:
    if not _lock(turn, fcntl.LOCK_SH):
        return False
    fcntl.flock(turn, fcntl.LOCK_UN)
    return True


def _lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open(link: str, kind: str) -> int:
    folder: Path = settings.BARRIER_FOLDER
    # For any name that a caller gives, the file is in this folder.
    name = (
        link
        if _FILE_NAME.fullmatch(link)
        else blake2b(link.encode(errors="replace"), digest_size=16).hexdigest()
    )
    return os.open(folder / f"{name}.{kind}", os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
