"""Gunicorn's gthread worker in which threads only work: who is slow to ask or slow to read keeps none of them.

The loop that accepts connections reads a request whole before a thread gets it, and sends an answer whole after a
thread has made it (`Stage`). Slow headers and bodies, readers that sip, clients that linger: each costs a place in that
loop and has a time after which it is closed. Gunicorn's own worker gives each of them a thread, and pauses for some.
"""

import errno
import resource
import selectors
import time
from concurrent.futures import Future
from functools import partial
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from openclear.access.keeper import Hold
from openclear.config.requests import Incoming
from openclear.config.visits import ServedLine, Stage, Visit

HEAD_SECONDS = 10.0
BODY_SECONDS = 60.0
# While no order waits: 100 kB at 200 kbit/s take 4 s, an answer of a megabyte over 300 kbit/s takes 28.
ARRIVAL_SECONDS = 30.0
# What holds nobody's agencies, such as a style sheet, keeps no order waiting either.
UNHELD_SECONDS = 300.0
LINGER_SECONDS = 2.0
# How often connections are asked whether an answer has arrived; of slow ones less often.
TICK_SECONDS, PATIENT_SECONDS = 0.01, 0.1
# What all slow readers together may keep in memory; beyond it the one that is slow the longest is reset.
LARGEST_WAITING = 256 * 1024 * 1024
# At this distance from the most connections, whoever has not finished asking makes room.
SPARE_CONNECTIONS = 50
OPEN_FILES = 16_384
_CLOSED = b"Content-Type: text/plain\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\n" + _CLOSED
_TOO_LARGE = b"HTTP/1.1 413 Content Too Large\r\n" + _CLOSED


class OfficerWorker(ThreadWorker):  # type: ignore[misc] # gunicorn is not typed
    """gthread whose loop reads and sends, so that its threads only work."""

    def init_process(self) -> None:
        """Begin with no connection, then run."""
        self._visits: dict[Visit, None] = {}
        self._sent: dict[Visit, None] = {}
        self._ticked = self._looked = 0.0
        self.cfg.set("sendfile", False)  # noqa: FBT003 - as gunicorn is told
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        allowed = OPEN_FILES if most == resource.RLIM_INFINITY else min(most, OPEN_FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
        super().init_process()

    def accept(self, listener: Any) -> None:
        """Begin to read a new connection."""
        try:
            connection, client = listener.accept()
        except OSError as error:
            # Taken by another process, or gone again; or too many files are open, and somebody must make room.
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                self._make_room()
            return
        visit = Visit(self.cfg, ServedLine(connection), client, listener.getsockname())
        visit.line.reset_by(partial(self.method_queue.defer, self._cut, visit))
        self.nr_conns += 1
        self._visits[visit] = None
        self._read(visit, HEAD_SECONDS)
        if self.nr_conns > self.worker_connections - SPARE_CONNECTIONS:
            self._make_room()

    def handle(self, conn: Visit) -> Any:
        """Work on a request in a thread, and send at once what the kernel takes at once."""
        kept = super().handle(conn)
        conn.line.push()
        return kept

    def finish_request(self, conn: Visit, fs: "Future[Any]") -> None:
        """Begin to send what a thread has made."""
        failed = fs.cancelled() or fs.exception() is not None
        # What gunicorn read beyond the request is another's request on a proxy's connection: never guess.
        beyond = conn.parser is not None and conn.parser.unreader.buf.getvalue()
        conn.is_kept = not failed and bool(fs.result()) and not beyond
        conn.line.incoming.next()
        conn.enter(Stage.SENDING, ARRIVAL_SECONDS if conn.line.is_carrying else UNHELD_SECONDS)
        self._sent[conn] = None
        self._stir(conn)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait for events, shortly while answers are on their way, and look after what is late."""
        super().wait_for_and_dispatch_events(min(timeout, TICK_SECONDS) if self._sent else timeout)
        now = time.monotonic()
        if now - self._ticked >= TICK_SECONDS:
            self._ticked = now
            self._look_for_arrivals(now)
        if now - self._looked >= PATIENT_SECONDS:
            self._looked = now
            self._end_late(now)

    def murder_keepalived(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 - as gunicorn calls it
        """End every connection when the process ends; before that the tick looks after them."""
        for visit in list(self._visits) if force else ():
            self._reset(visit)

    def _cap_keepalive(self, deadline: float) -> None:
        for visit in self._visits:
            if visit.stage is Stage.READING:
                visit.deadline = min(visit.deadline, deadline)

    # --- the stages

    def _read(self, visit: Visit, seconds: float) -> None:
        visit.enter(Stage.READING, seconds)
        self._reading(visit)

    def _stir(self, visit: Visit, _connection: Any = None) -> None:
        try:
            if visit.stage is Stage.READING:
                self._received(visit)
            elif visit.stage is Stage.SENDING:
                self._sending(visit)
            elif visit.stage is Stage.LINGERING:
                self._lingering(visit)
        except Exception:
            self.log.exception("A connection failed")
            self._reset(visit)

    def _received(self, visit: Visit) -> None:
        incoming = visit.line.incoming
        was_empty, had_head = incoming.is_empty, incoming.has_head
        visit.line.receive()
        if visit.line.is_finished and not incoming.is_complete:
            self._end(visit)
            return
        if was_empty and not incoming.is_empty:
            visit.deadline = time.monotonic() + HEAD_SECONDS
        if incoming.has_head and not had_head:
            visit.deadline = time.monotonic() + BODY_SECONDS
            if incoming.expects_continue and not incoming.is_complete:
                visit.line.interim()
        self._reading(visit)

    def _reading(self, visit: Visit) -> None:
        if visit.line.incoming.is_too_large:
            self._refuse(visit, _TOO_LARGE)
        elif visit.line.incoming.is_complete:
            self._listen(visit, 0)
            visit.enter(Stage.WORKING, 0)
            self.enqueue_req(visit)
        else:
            self._listen(visit, selectors.EVENT_READ)

    def _sending(self, visit: Visit) -> None:
        line = visit.line
        line.push()
        if not line.has_arrived():
            # The next request brings the acknowledgement of this answer along; more than one is not read ahead.
            may_read = not (line.is_finished or line.incoming.is_complete or line.incoming.is_too_large)
            if may_read:
                line.receive()
            reads = selectors.EVENT_READ if may_read and not line.is_finished else 0
            self._listen(visit, reads | (selectors.EVENT_WRITE if line.waiting else 0))
        if line.has_arrived():
            self._arrived(visit)

    def _arrived(self, visit: Visit) -> None:
        del self._sent[visit]
        visit.line.let_go()
        if visit.line.is_gone or visit.line.is_finished:
            self._end(visit)
        elif visit.is_kept:
            self._read(visit, self.cfg.keepalive if visit.line.incoming.is_empty else HEAD_SECONDS)
        else:
            self._linger(visit)

    def _linger(self, visit: Visit) -> None:
        # Never closed at once: a request that is on its way then would be met by a reset instead of an end.
        visit.line.end()
        visit.enter(Stage.LINGERING, LINGER_SECONDS)
        self._listen(visit, selectors.EVENT_READ)

    def _lingering(self, visit: Visit) -> None:
        visit.line.receive()
        visit.line.incoming = Incoming()
        if visit.line.is_finished:
            self._end(visit)

    def _refuse(self, visit: Visit, answer: bytes) -> None:
        visit.is_kept = False
        visit.line.incoming = Incoming()
        visit.line.write(answer)
        visit.enter(Stage.SENDING, LINGER_SECONDS)
        self._sent[visit] = None
        self._stir(visit)

    def _end(self, visit: Visit) -> None:
        self._leave(visit)
        visit.line.let_go()
        visit.line.close()

    def _cut(self, visit: Visit, hold: Hold) -> None:
        if visit.line.carries(hold):
            self._reset(visit)

    def _reset(self, visit: Visit) -> None:
        """Reset a connection: what has not arrived never will. One that a thread works on ends with the thread."""
        if visit.stage is Stage.WORKING:
            visit.line.abort()
            return
        self._leave(visit)
        visit.line.abort()

    def _leave(self, visit: Visit) -> None:
        self._listen(visit, 0)
        visit.stage = Stage.ENDED
        self._sent.pop(visit, None)
        if visit in self._visits:
            del self._visits[visit]
            self.nr_conns -= 1

    def _listen(self, visit: Visit, events: int) -> None:
        if events == visit.events:
            return
        if not events:
            self.poller.unregister(visit.line.connection)
        elif visit.events:
            self.poller.modify(visit.line.connection, events, partial(self._stir, visit))
        else:
            self.poller.register(visit.line.connection, events, partial(self._stir, visit))
        visit.events = events

    # --- what is late

    def _look_for_arrivals(self, now: float) -> None:
        is_patient = now - self._looked >= PATIENT_SECONDS
        for visit in list(self._sent):
            if (is_patient or now - visit.began < PATIENT_SECONDS) and visit.line.has_arrived():
                self._arrived(visit)

    def _end_late(self, now: float) -> None:
        for visit in list(self._visits):
            if visit.stage is not Stage.WORKING and now > visit.deadline:
                self._too_late(visit)
        if sum(visit.line.waiting for visit in self._sent) > LARGEST_WAITING:
            self._reset(min(self._sent, key=lambda visit: visit.began))

    def _too_late(self, visit: Visit) -> None:
        if visit.stage is Stage.READING and not visit.line.incoming.is_empty:
            self._refuse(visit, _TOO_SLOW)
        elif visit.stage is Stage.READING:
            self._linger(visit)
        elif visit.stage is Stage.SENDING:
            self._reset(visit)
        elif visit.stage is not Stage.ENDED:
            self._end(visit)

    def _make_room(self) -> None:
        # The one that has been at it the longest: a client that sends its request in one piece is never among them.
        asking = [visit for visit in self._visits if visit.stage is Stage.READING]
        if asking:
            self._end(min(asking, key=lambda visit: visit.began))
