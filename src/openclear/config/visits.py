"""One connection of the officer site: its stage, and how gunicorn sees it while a thread works on its request."""

import contextlib
import socket
import time
from enum import Enum, auto
from typing import Any

from gunicorn.http.body import LengthReader
from gunicorn.workers.gthread import TConn

from openclear.access.barrier.lines import Line
from openclear.config.requests import Incoming

RECEIVE = 64 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
# The loop reads one connection after another, so one receive buffer is enough.
_received = bytearray(RECEIVE)


class Stage(Enum):
    """The stage of a connection: being read, with a thread, being sent, or waiting for the peer to close."""

    READING = auto()
    WORKING = auto()
    SENDING = auto()
    LINGERING = auto()
    ENDED = auto()


class ServedLine(Line):
    """A socket for gunicorn, for one thread: it reads a complete request, and writes without waiting."""

    def __init__(self, connection: socket.socket) -> None:
        """Serve `connection`, as it was accepted."""
        super().__init__(connection)
        self.incoming = Incoming()
        self.is_finished = False

    def receive(self) -> None:
        """Receive what came, and note whether the peer has finished."""
        try:
            count = self.connection.recv_into(_received)
        except BlockingIOError:
            return
        except OSError:
            count, self.is_gone = 0, True
        self.is_finished = not count
        with memoryview(_received) as view:
            self.incoming.feed(view[:count])

    def interim(self) -> None:
        """Tell a client that waits before sending its body to go on."""
        with contextlib.suppress(OSError):
            self.connection.send(_CONTINUE)

    def recv(self, size: int) -> bytes:
        """Return received bytes; nothing after the end of the request, as if the peer had finished."""
        return self.incoming.read(size)

    def sendall(self, data: bytes) -> None:
        """Buffer data to send."""
        self.write(data)

    def send(self, data: bytes) -> int:
        """Buffer data to send, but no interim answer: the body is here."""
        if data != _CONTINUE:
            self.write(data)
        return len(data)

    def gettimeout(self) -> None:
        """Return 0: nothing here blocks."""

    def settimeout(self, _seconds: float | None) -> None:
        """Do nothing: nothing here blocks."""

    def setblocking(self, _blocking: bool) -> None:  # noqa: FBT001 - the signature of a socket
        """Do nothing: nothing here blocks."""

    def shutdown(self, _how: int) -> None:
        """Leave closing to the loop, which waits until everything has arrived."""

    def fileno(self) -> int:
        """Return the descriptor."""
        return self.connection.fileno()


class Visit(TConn):  # type: ignore[misc] # gunicorn is not typed
    """One connection and where it is."""

    def __init__(self, cfg: Any, line: ServedLine, client: Any, server: Any) -> None:
        """`client`, `server`: the two addresses."""
        super().__init__(cfg, line, client, server)
        self.data_ready = True
        self.line = line
        self.stage = Stage.READING
        self.events = 0
        self.began = self.deadline = 0.0
        self.is_kept = False

    def has_read_whole(self) -> bool:
        """Say whether gunicorn has read exactly the request that the loop found, with nothing left over.

        The second safeguard: if the two readers disagree, the rest would become the beginning of another visitor's
        request.
        """
        if self.parser is None or self.parser.mesg is None:
            return False
        request, unreader, incoming = self.parser.mesg, self.parser.unreader, self.line.incoming
        # Its reader counts what it asked for, not what came, so its idea of the length is compared too.
        believed = [value for name, value in request.headers if name == "CONTENT-LENGTH"] or ["0"]
        reader = request.body.reader
        is_done = isinstance(reader, LengthReader) and reader.length == 0 and not unreader.buf.getvalue()
        return is_done and believed == [str(incoming.length)] and incoming.is_read_whole

    def enter(self, stage: Stage, seconds: float) -> None:
        """Go to a stage that may last this long."""
        self.stage, self.began = stage, time.monotonic()
        self.deadline = self.began + seconds
