"""The received part of a request, and whether it is complete: checked before the request gets a thread."""

import sys

from openclear.config.heads import NOT_UNDERSTOOD, TOO_LARGE, Head, Refused, is_spoiled, read_head

LARGEST_HEAD = 64 * 1024
# More than any form of the officer site sends; Django itself accepts 2.5 MB.
LARGEST_BODY = 4 * 1024 * 1024
# More than any form sends before sign-in.
LARGEST_BODY_OF_NOBODY = 64 * 1024
_END_OF_HEAD = b"\r\n\r\n"


class Incoming:
    """The bytes of a connection, one request after another. It only finds where a request ends; the server reads it."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._bytes = bytearray()
        self._looked, self._read, self._end = 0, 0, 0
        self._head: Head | None = None
        self._told = False
        self.refusal: bytes | None = None

    def feed(self, data: bytes | memoryview) -> None:
        """Add received bytes."""
        self._bytes += data
        self._look()

    @property
    def is_empty(self) -> bool:
        """Say whether no bytes of a request are here."""
        return not self._bytes

    @property
    def memory(self) -> int:
        """The number of bytes in memory."""
        return sys.getsizeof(self._bytes)

    @property
    def has_head(self) -> bool:
        """Say whether the headers are complete."""
        return self._head is not None

    @property
    def is_of_somebody(self) -> bool:
        """Say whether the headers carry a session or a token, valid or not."""
        return self._head is not None and self._head.is_of_somebody

    @property
    def length(self) -> int:
        """The length of the body in bytes, according to the headers."""
        return self._head.length if self._head is not None else 0

    @property
    def is_complete(self) -> bool:
        """Say whether the request is complete."""
        return self._head is not None and len(self._bytes) >= self._end

    @property
    def is_read_whole(self) -> bool:
        """Say whether the server has read exactly the complete request."""
        return self.is_complete and self._read == self._end

    def read(self, size: int) -> bytes:
        """Return at most `size` bytes of the complete request, none after its end."""
        end = min(self._read + size, self._end, len(self._bytes))
        with memoryview(self._bytes) as view:
            data = bytes(view[self._read : end])
        self._read = end
        return data

    def must_continue(self) -> bool:
        """Say, once per request, whether the client is waiting to be told to send its body."""
        waits = self._head is not None and self._head.expects_continue and not self.is_complete
        told, self._told = self._told, self._told or waits
        return waits and not told

    def next(self) -> None:
        """Discard the request that was read, and look at what came after it."""
        del self._bytes[: self._end]
        self._looked, self._read, self._end = 0, 0, 0
        self._head, self._told = None, False
        self._look()

    def forget(self) -> None:
        """Discard everything: nothing more will be read."""
        self._bytes = bytearray()

    def _look(self) -> None:
        if self._head is not None or self.refusal is not None:
            return
        start, self._looked = max(0, self._looked - 3), len(self._bytes)
        found = self._bytes.find(_END_OF_HEAD, start, LARGEST_HEAD + len(_END_OF_HEAD))
        if found >= 0:
            self._take_head(found)
        elif is_spoiled(self._bytes, start):
            self.refusal = NOT_UNDERSTOOD
        elif len(self._bytes) > LARGEST_HEAD:
            self.refusal = TOO_LARGE

    def _take_head(self, found: int) -> None:
        try:
            head = read_head(bytes(self._bytes[: found + 2]))
        except Refused as refused:
            self.refusal = refused.answer
            return
        if head.length > (LARGEST_BODY if head.is_of_somebody else LARGEST_BODY_OF_NOBODY):
            self.refusal = TOO_LARGE
            return
        self._head, self._end = head, found + len(_END_OF_HEAD) + head.length
