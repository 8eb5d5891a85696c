"""The officer site with a witness: what was passed to the kernel for the cut agency's clients, and when."""

import os
import time
from typing import Any

from openclear.access.barrier.lines import Line
from openclear.config.wsgi import application as site

_witness = os.open(f"{os.environ['BENCH_WITNESS']}/{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
_push = Line.push
_watched: set[Line] = set()
# Where a word is named, the answers that say it are watched, whoever asks.
_WORD = os.environ.get("BENCH_WORD", "").encode()


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """Answer as the site does, and remember whether this connection carries an answer to the cut agency."""
    line = environ["gunicorn.socket"]

    def started(status: str, headers: Any, *more: Any) -> Any:
        is_watched = environ.get("HTTP_X_BENCH") == "cut" and status.startswith(("200", "206"))
        (_watched.add if is_watched else _watched.discard)(line)
        return start_response(status, headers, *more)

    answer = site(environ, started)
    if _WORD and _WORD in getattr(answer, "content", b""):
        _watched.add(line)
    return answer


def push(line: Line) -> None:
    """Note an answer's bytes for a cut client in the moment in which the kernel takes them."""
    waiting, moment = line.waiting, time.monotonic()
    _push(line)
    sent = waiting - line.waiting
    if sent and not line.is_gone and line in _watched:
        os.write(_witness, f"{moment:.6f} {sent}\n".encode())
    if line.is_gone:
        _watched.discard(line)


Line.push = push  # type: ignore[method-assign] # the benchmark's own process
