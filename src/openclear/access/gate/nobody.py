"""Refusals of requests without sign-in: the first of each second has its own entry, the others share one.

So a flood of such requests costs the log two entries a second in each process, and officers keep
theirs. The others carry the receipt of the first; the shared entry names it, and says how many they were, from which
addresses, and when the first of them came. It is written within a second, also if the process ends in order.
"""

import atexit
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from openclear.access.gate.standing import read_standing
from openclear.audit import log
from openclear.audit.errors import LogUnavailable
from openclear.audit.rows import NewEntry
from openclear.vocabulary import clock
from openclear.vocabulary.grants import Receipt

alarm = logging.getLogger("openclear.alarm")
WINDOW_SECONDS = 1.0
# The first addresses by name, the rest as a number: an entry stays small in any flood.
ADDRESSES = 50


class Window:
    """One second of refusals that share an entry."""

    def __init__(self, first: Receipt, new_entry: NewEntry) -> None:
        """`first`: receipt of the refusal that opened it. `new_entry`: its entry."""
        self.first, self.new_entry = first, new_entry
        self.ends = time.monotonic() + WINDOW_SECONDS
        self.since = ""
        self.count = 0
        self.addresses: Counter[str] = Counter()

    def add(self, details: Mapping[str, Any]) -> None:
        """Count one more."""
        self.since = self.since or clock.stamp(clock.now())
        self.count += 1
        address = str(details.get("address", ""))
        # The log takes no other names: an entry that it never takes would hold up all that follow.
        kept = address.isascii() and (len(self.addresses) < ADDRESSES or address in self.addresses)
        self.addresses[address if kept else "others"] += 1

    def entry(self) -> NewEntry:
        """Return the entry that the counted refusals share."""
        details = {"shared": self.count, "since": self.since, "addresses": dict(self.addresses)}
        return NewEntry(
            self.new_entry.kind, self.new_entry.decision, rules=self.new_entry.rules, epoch=read_standing().epoch,
            attempt=self.first.entry, details=details,
        )  # fmt: skip


class Doorkeeper:
    """Gives each such refusal its receipt, and writes the shared entry when the second is over."""

    def __init__(self) -> None:
        """Begin without a window."""
        self._guard = threading.Lock()
        self._windows: dict[tuple[str, ...], Window] = {}
        self._news = threading.Event()
        self._thread: threading.Thread | None = None

    def refuse_anonymous(self, new_entry: NewEntry) -> Receipt:
        """Return the receipt for one refusal: of its own entry, or of the first of its second. Raises LogUnavailable.

        `new_entry`: its entry, in whose details `address` says where it came from.
        """
        key = (new_entry.kind, new_entry.decision, *new_entry.rules)
        with self._guard:
            window = self._windows.get(key)
            if window is None or time.monotonic() > window.ends:
                self._write(key)
                window = self._windows[key] = Window(log.append(new_entry), new_entry)
            else:
                window.add(new_entry.details)
                self._wake()
            return window.first

    def write_all(self) -> None:
        """Write every shared entry that is due by now or later. Raises LogUnavailable."""
        with self._guard:
            for key in list(self._windows):
                self._write(key)

    def _write(self, key: tuple[str, ...]) -> None:
        window = self._windows.get(key)
        if window and window.count:
            log.append(window.entry())
        self._windows.pop(key, None)

    def _wake(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, daemon=True, name="nobody")
            self._thread.start()
        self._news.set()

    def _run(self) -> None:
        while True:
            self._news.wait()
            self._news.clear()
            time.sleep(WINDOW_SECONDS)
            _try(self.write_all)


def _try(write: Callable[[], None]) -> None:
    try:
        write()
    except LogUnavailable as error:
        # What was counted stays counted, and is written with the next second.
        alarm.error("refusals of nobody are not in the log yet: %s", error)


doorkeeper = Doorkeeper()
atexit.register(_try, doorkeeper.write_all)
