"""What has come in of a request, and whether that is all of it: asked before a thread is given to it."""

import sys

from openclear.config.heads import NOT_UNDERSTOOD, TOO_LARGE, Head, Refused, is_spoiled, read_head

LARGEST_HEAD = 64 * 1024
# Above what any form of the officer site carries; Django itself takes 2.5 MB.
LARGEST_BODY = 4 * 1024 * 1024
# Above what a form carries that is there before anybody has signed in.
LARGEST_BODY_OF_NOBODY = 64 * 1024
_END_OF_HEAD = b"\r\n\r\n"


class Incoming:
    """The bytes of a connection, one request after the other. Only finds where a request ends; the server reads it."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._bytes = bytearray()
        self._looked, self._read, self._end = 0, 0, 0
        self._head: Head | None = None
        self._told = False
        self.refusal: bytes | None = None

    def feed(self, data: bytes | memoryview) -> None:
        """Take what came in."""
        self._bytes += data
        self._look()

    @property
    def is_empty(self) -> bool:
        """Say whether nothing of a request is there."""
        return not self._bytes

    @property
    def memory(self) -> int:
        """How many bytes of memory are taken."""
        return sys.getsizeof(self._bytes)

    @property
    def has_head(self) -> bool:
        """Say whether the headers are complete."""
        return self._head is not None

    @property
    def is_of_somebody(self) -> bool:
        """Say whether the headers hold a session or a token, of whatever worth."""
        return self._head is not None and self._head.is_of_somebody

    @property
    def length(self) -> int:
        """How many bytes the body has, as the headers say."""
        return self._head.length if self._head is not None else 0

    @property
    def is_complete(self) -> bool:
        """Say whether a whole request is there."""
        return self._head is not None and len(self._bytes) >= self._end

    @property
    def is_read_whole(self) -> bool:
        """Say whether the server has read exactly the request that is complete."""
        return self.is_complete and self._read == self._end

    def read(self, size: int) -> bytes:
        """Return at most `size` bytes of the request that is complete; none behind its end."""
        end = min(self._read + size, self._end, len(self._bytes))
        with memoryview(self._bytes) as view:
            data = bytes(view[self._read : end])
        self._read = end
        return data

    def must_continue(self) -> bool:
        """Say, once for each request, whether the client waits to be told to send its body."""
        waits = self._head is not None and self._head.expects_continue and not self.is_complete
        told, self._told = self._told, self._told or waits
        return waits and not told

    def next(self) -> None:
        """Put the request away that was read, and look at what came in behind it."""
        del self._bytes[: self._end]
        self._looked, self._read, self._end = 0, 0, 0
        self._head, self._told = None, False
        self._look()

    def forget(self) -> None:
        """Put everything away: nobody reads on."""
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
