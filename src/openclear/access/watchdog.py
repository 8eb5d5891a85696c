"""No reader may keep an order waiting: a hold that is not let go in 500 ms has its socket shut, then is freed."""

import socket
import threading
import time
from collections import deque

from openclear.access.barrier import Hold

DRAIN_SECONDS = 0.5
_Watched = tuple[float, Hold, socket.socket | None]


class Watchdog:
    """One thread that looks after every hold of this process."""

    def __init__(self) -> None:
        """Begin with nothing to watch; the thread starts with the first hold."""
        self._watched: deque[_Watched] = deque()
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None

    def watch(self, hold: Hold, connection: socket.socket | None) -> None:
        """Cut `connection` and free `hold` unless it is let go within 500 ms."""
        with self._news:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, daemon=True, name="barrier-watchdog")
                self._thread.start()
            item = (time.monotonic() + DRAIN_SECONDS, hold, connection)
            self._watched.append(item)  # deadlines only grow, so the first is always the next due
            if len(self._watched) == 1:
                self._news.notify()

    def _run(self) -> None:
        while True:
            with self._news:
                while not self._watched:
                    self._news.wait()
                due = self._watched[0][0] - time.monotonic()
                if due > 0:
                    self._news.wait(due)
                    continue
                _, hold, connection = self._watched.popleft()
            hold.cut(connection)


watchdog = Watchdog()
