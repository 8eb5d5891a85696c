"""One keeper in each process: counts the answers that rely on each lock, and ends them when an order comes."""

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from openclear.access.barrier.locks import MET, RESET, LocksLost, SharedLocks
from openclear.access.errors import NotAnswered

LOOK_SECONDS = 0.02
# While somebody waits for answers to end, which must be noticed early.
HURRIED_SECONDS = 0.005
DRAIN_SECONDS = 0.5
# How often a waiter looks again; a lock that was not free is tried again as often, for all who wait for it.
_WAIT_SECONDS = 0.01


class Hold:
    """What one answer holds until it has arrived; released exactly once, by the first to do so."""

    def __init__(self, links: Sequence[str], number: int, returned: "deque[Hold]") -> None:
        """`links`: agencies and people. `number`: of this answer, within its process. `returned`: where it is returned to."""
        self.links, self.answer = tuple(links), f"{os.getpid()}-{number}"
        self.due: float | None = None
        self.was_reset = False
        self._returned: deque[Hold] | None = returned
        self._guard = threading.Lock()
        self._cut = False
        self._cutter: Callable[[], None] | None = None

    def release(self, *, reset: bool = False) -> None:
        """Let go; never waits. `reset`: the connection was reset before everything had arrived. A second call does nothing."""
        with self._guard:
            returned, self._returned = self._returned, None
            if returned is not None:
                self.was_reset = reset
                returned.append(self)

    def response_closed(self) -> None:
        """Let go, unless a connection carries the answer and lets go when it has arrived."""
        if self._cutter is None:
            self.release()

    def carried_by(self, cutter: Callable[[], None]) -> None:
        """Leave the release to a connection. `cutter`: resets it; called at once if the answer has been cut already."""
        with self._guard:
            self._cutter = cutter
            cut = self._cut
        if cut:
            cutter()

    def cut(self) -> None:
        """Have the connection reset, unless the answer has arrived. Without a connection, the answer is waited for."""
        with self._guard:
            if self._cut or self._returned is None:
                return
            self._cut, cutter = True, self._cutter
        if cutter:
            cutter()


class Keeper:
    """Takes each lock once for all answers of this process, and lets go when none relies on it."""

    def __init__(self, locks: SharedLocks, too_long: Callable[[], NotAnswered]) -> None:
        """Begin with nothing held; the thread starts with the first hold. `too_long`: the error of a reader that waited."""
        self._locks, self._too_long = locks, too_long
        self._guard = threading.Condition()
        self._counts: dict[str, int] = {}
        self._live: set[Hold] = set()
        self._wanted: set[str] = set()
        self._not_before: dict[tuple[str, ...], float] = {}
        self._returned: deque[Hold] = deque()
        self._looked = time.monotonic()
        self._given = 0
        self._thread: threading.Thread | None = None

    def hold(self, links: Sequence[str], deadline: float) -> Hold:
        """Return a hold on `links`. Raises NotAnswered if an order or a change keeps one beyond `deadline`."""
        while True:
            with self._guard:
                if self._admitted(links):
                    return self._begun(links)
            if time.monotonic() > deadline:
                raise self._too_long()
            time.sleep(_WAIT_SECONDS)

    def tell_reset(self, hold: Hold) -> None:
        """Tell those who wait for `hold` that its answer did not arrive, and keep the lock: for a process that ends now."""
        with self._guard, contextlib.suppress(LocksLost):
            for link in self._wanted.intersection(hold.links):
                self._locks.tell(link, RESET, [hold.answer])

    def _admitted(self, links: Sequence[str]) -> bool:
        if not self._wanted.isdisjoint(links):
            return False
        missing = [link for link in links if link not in self._counts]
        if missing and not self._took(missing):
            return False
        self._counts |= dict.fromkeys(missing, 0)
        return True

    def _took(self, missing: Sequence[str]) -> bool:
        # Forty who wait for one order ask for its lock once, not forty times: it costs a file or database call. Keyed by
        # everything that they need, so that nobody waits for a neighbor who shares a part of it.
        now, key = time.monotonic(), tuple(missing)
        if self._not_before.get(key, 0.0) > now:
            return False
        try:
            taken = self._locks.take(missing)
        except LocksLost:
            self._lose_all()
            raise NotAnswered("The barrier does not answer; try again.") from None
        self._not_before = {} if taken else self._not_before | {key: now + _WAIT_SECONDS}
        return taken

    def _begun(self, links: Sequence[str]) -> Hold:
        for link in links:
            self._counts[link] += 1
        self._given += 1
        hold = Hold(links, self._given, self._returned)
        self._live.add(hold)
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, daemon=True, name="barrier-keeper")
            self._thread.start()
        self._guard.notify()
        return hold

    def _run(self) -> None:
        while True:
            with self._guard:
                while not self._counts:
                    self._guard.wait()
                    self._looked = time.monotonic()
                in_a_hurry = bool(self._wanted)
            time.sleep(HURRIED_SECONDS if in_a_hurry else LOOK_SECONDS)
            with self._guard:
                try:
                    self._look()
                except LocksLost:
                    self._lose_all()
                now = time.monotonic()
                due = [hold for hold in self._live if hold.due is not None and hold.due <= now]
            for hold in due:
                hold.cut()

    def _look(self) -> None:
        before, self._looked = self._looked, time.monotonic()
        self._take_back()
        unused = [link for link, count in self._counts.items() if count == 0]
        if unused:
            self._locks.drop(unused)
            for link in unused:
                del self._counts[link]
        wanted = self._locks.wanted(list(self._counts)) if self._counts else set()
        # Nobody wanted it at the previous look: a process that looks late gives no answer more than its 500 ms, but
        # after a standstill of the machine each still has half of them.
        came = max(before, self._looked - DRAIN_SECONDS / 2)
        for link in wanted - self._wanted:
            self._hurry(link, came + DRAIN_SECONDS)
        if self._wanted - wanted:
            # An act was refused, or done without waiting for the end: answers hurried for it may take their time again.
            for hold in self._live:
                hold.due = hold.due if wanted.intersection(hold.links) else None
        self._wanted = wanted

    def _hurry(self, link: str, due: float) -> None:
        met = [hold for hold in self._live if link in hold.links]
        self._locks.tell(link, MET, [hold.answer for hold in met])
        for hold in met:
            hold.due = hold.due or due

    def _take_back(self) -> None:
        while self._returned:
            hold = self._returned.popleft()
            if hold not in self._live:
                continue  # it relied on locks that were lost
            self._live.remove(hold)
            for link in hold.links:
                self._counts[link] -= 1
                if hold.was_reset and link in self._wanted:
                    # Told before the lock is released, so those who wait for it know.
                    self._locks.tell(link, RESET, [hold.answer])

    def _lose_all(self) -> None:
        # The locks are gone, so an order may be done by now: nothing that relied on them may arrive.
        lost, self._live = self._live, set()
        self._counts.clear()
        self._wanted.clear()
        for hold in lost:
            hold.cut()
