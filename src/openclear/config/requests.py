"""What has come in of a request, and whether that is all of it: asked before a thread is given to it."""

import re

LARGEST_HEAD = 64 * 1024
# Above what any form of the officer site carries; Django itself takes 2.5 MB.
LARGEST_BODY = 4 * 1024 * 1024
_END_OF_HEAD = b"\r\n\r\n"
_END_OF_CHUNKS = b"0\r\n\r\n"
_LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,12})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_CHUNKED = re.compile(rb"^transfer-encoding[ \t]*:", re.IGNORECASE | re.MULTILINE)
_CONTINUE = re.compile(rb"^expect[ \t]*:[ \t]*100-continue[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


class Incoming:
    """The bytes of a connection, one request after the other. Only finds where a request ends; the server reads it."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._bytes = bytearray()
        self._looked, self._read = 0, 0
        self._head: int | None = None
        self._body: int | None = 0
        self.expects_continue = False

    def feed(self, data: bytes) -> None:
        """Take what came in."""
        self._bytes += data
        self._look()

    @property
    def is_empty(self) -> bool:
        """Say whether nothing of a request is there."""
        return not self._bytes

    @property
    def has_head(self) -> bool:
        """Say whether the headers are complete."""
        return self._head is not None

    @property
    def is_complete(self) -> bool:
        """Say whether a whole request is there."""
        if self._head is None:
            return False
        if self._body is None:
            return self._bytes.endswith(_END_OF_CHUNKS)
        return len(self._bytes) >= self._head + self._body

    @property
    def is_too_large(self) -> bool:
        """Say whether headers or body are, or will be, larger than a request may be."""
        if self._head is None:
            return len(self._bytes) > LARGEST_HEAD
        body = len(self._bytes) - self._head if self._body is None else self._body
        return self._head > LARGEST_HEAD or body > LARGEST_BODY

    @property
    def is_full(self) -> bool:
        """Say whether no more should be read now: more than one largest request has come in."""
        return len(self._bytes) > LARGEST_HEAD + LARGEST_BODY

    def read(self, size: int) -> bytes:
        """Return at most `size` bytes of the request that is complete; none behind its end."""
        end = min(self._read + size, self._end())
        data = bytes(self._bytes[self._read : end])
        self._read = end
        return data

    def next(self) -> None:
        """Put the request away that was read, and look at what came in behind it."""
        del self._bytes[: self._end()]
        self._looked = self._read = 0
        self._head, self._body, self.expects_continue = None, 0, False
        self._look()

    def _end(self) -> int:
        if self._head is None or self._body is None:
            return len(self._bytes)
        return min(self._head + self._body, len(self._bytes))

    def _look(self) -> None:
        if self._head is not None:
            return
        found = self._bytes.find(_END_OF_HEAD, max(0, self._looked - 3), LARGEST_HEAD + 4)
        self._looked = len(self._bytes)
        if found < 0:
            return
        self._head = found + len(_END_OF_HEAD)
        head = bytes(self._bytes[: found + 2])
        length = _LENGTH.search(head)
        self._body = None if _CHUNKED.search(head) else int(length[1]) if length else 0
        self.expects_continue = _CONTINUE.search(head) is not None
