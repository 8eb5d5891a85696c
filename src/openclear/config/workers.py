"""Gunicorn's gthread worker without its pause: no client that lingers keeps the others waiting.

Gunicorn 27 closes a finished connection in the thread that accepts all others, and waits there up to two seconds for
the client to close its side (`util.close_graceful`). Whoever reads slowly and keeps connections open would hold up a
whole worker: measured, others waited four seconds behind six such clients.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

CLOSING_THREADS = 16


class OfficerWorker(ThreadWorker):  # type: ignore[misc] # gunicorn is not typed
    """gthread; what is closed with patience is closed aside."""

    def init_process(self) -> None:
        """Make the threads that close, then run."""
        self._closing = ThreadPoolExecutor(CLOSING_THREADS, thread_name_prefix="closing")
        super().init_process()

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        """Finish a request as gthread does, but never wait here for a client."""
        conn.close = partial(self._close, conn)
        super().finish_request(conn, fs)

    def _close(self, conn: TConn, *, graceful: bool = False) -> None:
        close = partial(TConn.close, conn, graceful=graceful)
        if graceful:
            self._closing.submit(close)
        else:
            close()
