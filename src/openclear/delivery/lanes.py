"""Deliveries beside the worker: one lane per receiver and owner, so nobody waits for another's slow receiver."""

import logging
import time
from collections import deque
from collections.abc import Callable, Hashable
from threading import Condition, Thread

from django.db import connections

from openclear.access import gate
from openclear.audit import log

alarm = logging.getLogger("openclear.alarm")
# The most lanes at a time to one receiver, for one owner, and in all.
MOST_TO_A_RECEIVER, MOST_OF_AN_OWNER, MOST_LANES = 8, 4, 64
Act = Callable[[], object]


class Lanes:
    """Threads that do the work handed to them; work without a free lane is handed over again later."""

    def __init__(self) -> None:
        """Start with none; each ends when its queue is empty."""
        self._guard = Condition()
        self._lanes: dict[tuple[str, str], deque[tuple[Hashable, Act]]] = {}
        self._under_way: set[Hashable] = set()

    def hand(self, act: Act, *, key: Hashable, receiver: str, owner: str) -> bool:
        """Run `act` in the lane of this receiver and owner. False if `key` is already running, or too much else is."""
        with self._guard:
            if key in self._under_way or not self._has_place(receiver, owner):
                return False
            self._lanes[receiver, owner].append((key, act))
            self._under_way.add(key)
        return True

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is running; say whether this happened within `seconds`."""
        deadline = time.monotonic() + seconds
        with self._guard:
            while self._lanes:
                if not self._guard.wait(max(0.0, deadline - time.monotonic())):
                    return False
        return True

    def _has_place(self, receiver: str, owner: str) -> bool:
        if (receiver, owner) in self._lanes:
            return True
        to_receiver = sum(other == receiver for other, _ in self._lanes)
        of_owner = sum(other == owner for _, other in self._lanes)
        if (
            to_receiver >= MOST_TO_A_RECEIVER
            or of_owner >= MOST_OF_AN_OWNER
            or len(self._lanes) >= MOST_LANES
        ):
            return False
        # It starts with the first act: until then this thread has the lock.
        Thread(target=self._run, args=(receiver, owner), daemon=True, name="delivery").start()
        self._lanes[receiver, owner] = deque()
        return True

    def _run(self, receiver: str, owner: str) -> None:
        while taken := self._next(receiver, owner):
            key, act = taken
            try:
                # All holds belong to this thread, which ends when its lane is empty.
                with gate.handing_over():
                    act()
            except Exception as error:  # noqa: BLE001 - an error in one delivery must not stop the others
                alarm.error("a delivery failed: %s", type(error).__name__)
            finally:
                connections.close_all()
                log.hang_up()
                with self._guard:
                    self._under_way.discard(key)

    def _next(self, receiver: str, owner: str) -> tuple[Hashable, Act] | None:
        with self._guard:
            lane = self._lanes[receiver, owner]
            if lane:
                return lane.popleft()
            del self._lanes[receiver, owner]
            self._guard.notify_all()
            return None
