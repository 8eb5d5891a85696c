"""The stages of a connection in the loop of the officer site's worker: reading, working, sending, lingering."""

import selectors
from functools import partial
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from openclear.access.barrier.keeper import Hold
from openclear.config.heads import TOO_SLOW
from openclear.config.requests import Incoming
from openclear.config.visits import Stage, Visit

HEAD_SECONDS = 10.0
BODY_SECONDS = 60.0
LINGER_SECONDS = 2.0


class StagedWorker(ThreadWorker):  # type: ignore[misc] # gunicorn is not typed
    """The loop's part: each connection moves from stage to stage, and the loop never blocks."""

    def init_process(self) -> None:
        """Start with no connections, then run."""
        self._visits: dict[Visit, None] = {}
        self._sent: dict[Visit, None] = {}
        super().init_process()

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
            visit.enter(Stage.READING, HEAD_SECONDS)
        if incoming.has_head and not had_head:
            visit.enter(Stage.READING, BODY_SECONDS)
        self._reading(visit)

    def _reading(self, visit: Visit) -> None:
        incoming = visit.line.incoming
        if incoming.refusal is not None:
            self._refuse(visit, incoming.refusal)
        elif incoming.is_complete:
            self._listen(visit, 0)
            visit.enter(Stage.WORKING, 0)
            self.enqueue_req(visit)
        else:
            if incoming.must_continue():
                visit.line.interim()
            self._listen(visit, selectors.EVENT_READ)

    def _sending(self, visit: Visit) -> None:
        line = visit.line
        line.push()
        if not line.has_arrived():
            # The next request also acknowledges this answer; only one is read ahead.
            may_read = not (line.is_finished or line.incoming.is_complete or line.incoming.refusal)
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
            self._read(visit, self._seconds_for_the_next(visit.line.incoming))
        else:
            self._linger(visit)

    def _seconds_for_the_next(self, incoming: Incoming) -> float:
        if incoming.is_empty:
            return float(self.cfg.keepalive)
        return BODY_SECONDS if incoming.has_head else HEAD_SECONDS

    def _linger(self, visit: Visit) -> None:
        # Never closed at once: a request on its way would be met by a reset instead of a close.
        visit.line.end()
        visit.line.incoming = Incoming()
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

    def _too_late(self, visit: Visit) -> None:
        if visit.stage is Stage.READING and not visit.line.incoming.is_empty:
            self._refuse(visit, TOO_SLOW)
        elif visit.stage is Stage.READING:
            self._linger(visit)
        elif visit.stage is Stage.SENDING:
            self._reset(visit)
        elif visit.stage is not Stage.ENDED:
            self._end(visit)

    # --- closing a connection

    def _end(self, visit: Visit) -> None:
        self._leave(visit)
        visit.line.let_go()
        visit.line.close()

    def _cut(self, visit: Visit, hold: Hold) -> None:
        if visit.line.carries(hold):
            self._reset(visit)

    def _reset(self, visit: Visit) -> None:
        """Reset a connection: what has not arrived never will.

        A connection that a thread is working on is closed with the thread.
        """
        if visit.stage is Stage.WORKING:
            visit.line.abort()
            return
        self._leave(visit)
        visit.line.abort()

    def _leave(self, visit: Visit) -> None:
        self._listen(visit, 0)
        visit.stage = Stage.ENDED
        # Now: visit, line and reset refer to each other, so the rest is freed only by the cycle collector.
        visit.line.incoming.forget()
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
