"""The officer site with a witness: what was passed to sendall for the cut agency's clients, and when."""

import os
import threading
import time
from typing import Any

from gunicorn import util

from openclear.config.wsgi import application as site

_now = threading.local()
_witness = os.open(f"{os.environ['BENCH_WITNESS']}/{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
_write = util.write


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """Answer as the site does, and remember whose answer this thread is about to send."""
    _now.cut, _now.status = environ.get("HTTP_X_BENCH") == "cut", ""

    def started(status: str, headers: Any, *more: Any) -> Any:
        _now.status = status
        return start_response(status, headers, *more)

    return site(environ, started)


def write(sock: Any, data: bytes, chunked: bool = False) -> None:  # noqa: FBT001, FBT002 - as gunicorn calls it
    """Note an answer's bytes for a cut client in the moment in which they are passed to sendall."""
    if getattr(_now, "cut", False) and _now.status.startswith(("200", "206")):
        os.write(_witness, f"{time.monotonic():.6f} {len(data)}\n".encode())
    _write(sock, data, chunked)


util.write = write
