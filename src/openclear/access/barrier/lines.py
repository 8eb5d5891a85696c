"""A connection that sees its answers arrive: it sends without waiting, and knows what the peer has acknowledged.

"Arrived" is what the peer's kernel has acknowledged. A connection whose answer has not arrived is reset, which throws
away what still waits in this machine; so does the kernel if the process dies.
"""

import contextlib
import fcntl
import socket
import struct
import sys
import termios
import threading
from collections.abc import Callable
from functools import partial

from django.conf import settings

from openclear.access.barrier.keeper import Hold
from openclear.vocabulary.without_grant import without_grant

# Linux doubles it for its own bookkeeping. Less would slow down distant peers; more would wait in the kernel.
SEND_BUFFER = 16 * 1024
PIECE = 64 * 1024
# Whether this system tells how much of a connection is not acknowledged yet.
SEES_ARRIVAL = sys.platform.startswith("linux")
_RESET_AT_CLOSE, _ORDERLY_CLOSE = struct.pack("ii", 1, 0), struct.pack("ii", 0, 0)
_UNACKNOWLEDGED = termios.TIOCOUTQ  # the same number as SIOCOUTQ
_CLOSED = 7  # TCP_CLOSE, the first byte of TCP_INFO


@without_grant("a lock, taken by the gate; reads nothing")
def not_seen() -> tuple[str, ...]:
    """Return why this machine cannot see all arrivals: "proxy ADDRESSES" if answers pass through one, "system NAME".

    What such a proxy has acknowledged, and on such a system what its kernel was given, may still arrive.
    """
    proxies = " ".join(settings.TRUSTED_PROXIES)
    seen = {f"proxy {proxies}": not proxies, f"system {sys.platform}": SEES_ARRIVAL}
    return tuple(part for part, is_seen in seen.items() if not is_seen)


@without_grant("a lock, taken by the gate; reads nothing")
def unacknowledged(connection: socket.socket) -> int:
    """Return how many bytes the peer's kernel has not acknowledged; 0 on a system that cannot see it. Raises OSError."""
    if not SEES_ARRIVAL:
        return 0
    return int(struct.unpack("i", fcntl.ioctl(connection, _UNACKNOWLEDGED, bytes(4)))[0])


@without_grant("a lock, taken by the gate; reads nothing")
def reset_at_close(connection: socket.socket) -> None:
    """Make closing `connection`, or the end of this process, throw away what has not been acknowledged."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)


@without_grant("a lock, taken by the gate; reads nothing")
def close_in_order(connection: socket.socket) -> None:
    """Undo `reset_at_close`: what is on its way still arrives."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ORDERLY_CLOSE)


class Line:
    """One accepted connection. What is written is kept until the kernel takes it; nothing here ever waits."""

    def __init__(self, connection: socket.socket) -> None:
        """Take over `connection`, as it was accepted."""
        connection.settimeout(0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        # From here until the orderly close, also if this process is killed.
        reset_at_close(connection)
        self.connection = connection
        self.is_gone = False
        self._unsent, self._sent = bytearray(), 0
        self._holds: list[Hold] = []
        self._guard = threading.RLock()
        self._reset: Callable[[Hold], None] = lambda _hold: self.abort()

    def reset_by(self, reset: Callable[[Hold], None]) -> None:
        """Have the connection reset by its owner. `reset`: called from any thread; it must see to `abort`."""
        self._reset = reset

    def carry(self, hold: Hold) -> None:
        """Let go of `hold` when what has been written here so far has arrived, or never will."""
        with self._guard:
            if self.is_gone:
                hold.release(reset=True)
                return
            self._holds.append(hold)
        hold.carried_by(partial(self._reset, hold))

    @property
    def is_carrying(self) -> bool:
        """Say whether an answer that holds its agencies is on its way."""
        return bool(self._holds)

    def carries(self, hold: Hold) -> bool:
        """Say whether the answer of `hold` is still on its way."""
        return hold in self._holds

    def write(self, data: bytes) -> None:
        """Keep `data` to be sent."""
        with self._guard:
            if not self.is_gone:
                self._unsent += data

    def push(self) -> None:
        """Send as much as the kernel takes now."""
        with self._guard:
            while not self.is_gone and self._sent < len(self._unsent):
                try:
                    with memoryview(self._unsent) as unsent:
                        self._sent += self.connection.send(unsent[self._sent : self._sent + PIECE])
                except BlockingIOError:
                    return
                except OSError:
                    self.is_gone = True
            self._unsent, self._sent = bytearray(), 0

    @property
    def waiting(self) -> int:
        """How many bytes the kernel has not taken yet."""
        return len(self._unsent) - self._sent

    def has_arrived(self) -> bool:
        """Say whether everything written has arrived, or the peer is gone and nothing more can."""
        with self._guard:
            return self.is_gone or (not self.waiting and self._unacknowledged() == 0)

    def let_go(self) -> None:
        """Let go of what was held for the answers that have arrived."""
        with self._guard:
            holds, self._holds = self._holds, []
        for hold in holds:
            hold.release()

    def abort(self) -> None:
        """Reset the connection: nothing more of it arrives. Then let go of what was held, as reset if it had not arrived."""
        with self._guard:
            arrived = self.has_arrived()
            self.is_gone = True
            with contextlib.suppress(OSError):
                self.connection.close()
            self._unsent, self._sent = bytearray(), 0
            holds, self._holds = self._holds, []
        for hold in holds:
            hold.release(reset=not arrived)

    def end(self) -> None:
        """Tell the peer that nothing more comes; it closes its side when it is ready."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Close in order: only after everything has arrived."""
        with self._guard, contextlib.suppress(OSError):
            close_in_order(self.connection)
            self.is_gone = True
            self.connection.close()

    def _unacknowledged(self) -> int:
        if not SEES_ARRIVAL:
            return 0
        try:
            left = unacknowledged(self.connection)
            # For a peer that is gone the count stays as it was.
            self.is_gone = (
                left > 0 and self.connection.family != socket.AF_UNIX and is_closed(self.connection)
            )
        except (OSError, ValueError):
            self.is_gone, left = True, 0
        return left


@without_grant("a lock, taken by the gate; reads nothing")
def is_closed(connection: socket.socket) -> bool:
    """Say whether the peer is gone, so that nothing more arrives. Raises OSError."""
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _CLOSED
