"""Gunicorn's gthread worker with threads that only work: slow senders and slow readers keep none of them.

The loop that accepts connections reads a whole request before a thread gets it, and sends the whole answer after a
thread has made it (`Stage`). Slow headers and bodies, readers that take a little at a time, clients that linger: each
costs a place in that loop and has a time limit. Gunicorn's own worker gives each of them a thread, and blocks for
some.
"""

import errno
import resource
import time
from concurrent.futures import Future
from functools import partial
from typing import Any

from openclear.config.room import (
    CROWDED_SECONDS,
    SPARE_CONNECTIONS,
    UNHELD_SECONDS,
    can_make_room,
    who_makes_room,
    who_takes_too_much,
)
from openclear.config.stages import HEAD_SECONDS, StagedWorker
from openclear.config.visits import ServedLine, Stage, Visit

# While no order waits: 100 kB at 200 kbit/s take 4 s, an answer of a megabyte over 300 kbit/s takes 28.
ARRIVAL_SECONDS = 30.0
# How often connections are checked for arrival of the answer; slow ones less often.
TICK_SECONDS, PATIENT_SECONDS = 0.01, 0.1
OPEN_FILES = 16_384


class OfficerWorker(StagedWorker):
    """gthread with a loop that reads and sends, so that its threads only work."""

    def init_process(self) -> None:
        """Start with no connections, then run."""
        self._ticked = self._looked = 0.0
        self.cfg.set("sendfile", False)  # noqa: FBT003 - gunicorn's signature
        # The reader that ours is compared with (`tests/config/test_requests.py`).
        self.cfg.set("http_parser", "python")
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        allowed = OPEN_FILES if most == resource.RLIM_INFINITY else min(most, OPEN_FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
        super().init_process()

    def accept(self, listener: Any) -> None:
        """Start reading a new connection."""
        try:
            connection, client = listener.accept()
        except OSError as error:
            # Taken by another process, or closed again; or too many files are open, and room must be made.
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                self._make_room(1)
            return
        visit = Visit(self.cfg, ServedLine(connection), client, listener.getsockname())
        visit.line.reset_by(partial(self.method_queue.defer, self._cut, visit))
        self.nr_conns += 1
        self._visits[visit] = None
        self._read(visit, HEAD_SECONDS)

    def handle(self, conn: Visit) -> Any:
        """Handle a request in a thread, and send immediately what the kernel accepts immediately."""
        kept = super().handle(conn)
        conn.line.push()
        return kept

    def finish_request(self, conn: Visit, fs: "Future[Any]") -> None:
        """Start sending what a thread has made."""
        failed = fs.cancelled() or fs.exception() is not None
        conn.is_kept = not failed and bool(fs.result()) and conn.has_read_whole()
        conn.line.incoming.next()
        conn.enter(Stage.SENDING, ARRIVAL_SECONDS if conn.line.is_carrying else UNHELD_SECONDS)
        self._sent[conn] = None
        self._stir(conn)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait for events (briefly while answers are on their way or places are few), then handle late connections."""
        is_short = self._sent or self._too_many() > 0
        super().wait_for_and_dispatch_events(min(timeout, TICK_SECONDS) if is_short else timeout)
        now = time.monotonic()
        if now - self._ticked >= TICK_SECONDS:
            self._ticked = now
            self._look_for_arrivals(now)
            self._save_memory()
            self._make_room(self._too_many())
        if now - self._looked >= PATIENT_SECONDS:
            self._looked = now
            self._end_late(now)

    def murder_keepalived(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 - gunicorn's signature
        """Close every connection when the process ends; before that the tick does so."""
        for visit in list(self._visits) if force else ():
            self._reset(visit)

    def _cap_keepalive(self, deadline: float) -> None:
        for visit in self._visits:
            if visit.stage is Stage.READING:
                visit.deadline = min(visit.deadline, deadline)

    # --- late connections, and too many

    def _look_for_arrivals(self, now: float) -> None:
        is_patient = now - self._looked >= PATIENT_SECONDS
        for visit in list(self._sent):
            if (is_patient or now - visit.began < PATIENT_SECONDS) and visit.line.has_arrived():
                self._arrived(visit)

    def _end_late(self, now: float) -> None:
        if self.nr_conns > self.worker_connections // 2:
            for visit in self._sent:
                if not visit.line.is_carrying:
                    visit.deadline = min(visit.deadline, visit.began + CROWDED_SECONDS)
        for visit in list(self._visits):
            if visit.stage is not Stage.WORKING and now > visit.deadline:
                self._too_late(visit)

    def _save_memory(self) -> None:
        while visit := who_takes_too_much(self._visits):
            self._reset(visit)

    def _too_many(self) -> int:
        return int(self.nr_conns - (self.worker_connections - SPARE_CONNECTIONS))

    def _make_room(self, count: int) -> None:
        """Close `count` connections, or as many as may be closed."""
        if count <= 0:
            return
        now, most = time.monotonic(), self.nr_conns - count
        for visit in who_makes_room(self._visits, now):
            # Data received meanwhile is read first.
            self._stir(visit)
            if can_make_room(visit, now):
                self._make_way(visit)
            if self.nr_conns <= most:
                return

    def _make_way(self, visit: Visit) -> None:
        if visit.stage is Stage.SENDING:
            self._reset(visit)
        else:
            self._end(visit)
