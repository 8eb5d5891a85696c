"""The headers of a request, read strictly: where its body ends, or why that is unclear and the connection is closed.

Gunicorn reads the same bytes again in a thread. Two readers that disagree about the end of a request take the rest of
it for the next request, which behind a proxy is another visitor's: anything that could be read in two ways is refused
(RFC 9112, 6.3).
"""

import re
from dataclasses import dataclass

from django.conf import settings

from openclear.vocabulary.without_grant import without_grant

_CLOSED = b"Content-Type: text/plain\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
NOT_UNDERSTOOD = b"HTTP/1.1 400 Bad Request\r\n" + _CLOSED
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\n" + _CLOSED
LENGTH_NEEDED = b"HTTP/1.1 411 Length Required\r\n" + _CLOSED
TOO_LARGE = b"HTTP/1.1 413 Content Too Large\r\n" + _CLOSED
# RFC 9110, 5.6.2 and 5.5: the characters of a name, and the characters that no header may have.
_NAME = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_NOWHERE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_LENGTH = re.compile(rb"0|[1-9][0-9]{0,7}")
_OUT_OF_PLACE = re.compile(rb"(?<!\r)\n|\x00")
_SPACE = b" \t"
_FRAMING = {b"content-length", b"transfer-encoding"}


class Refused(Exception):
    """The request is answered with `answer`, and the connection is closed."""

    def __init__(self, answer: bytes) -> None:
        """`answer`: the bytes to send."""
        super().__init__(answer)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Head:
    """What the loop needs to know about a request's headers."""

    # Bytes of the body.
    length: int
    expects_continue: bool
    # Whether it carries a session or a token, valid or not.
    is_of_somebody: bool


@without_grant("sets a process up; reads no record")
def is_spoiled(beginning: bytearray, start: int) -> bool:
    """Say whether incomplete headers contain, from `start` on, a character that no header line may have."""
    return _OUT_OF_PLACE.search(beginning, start) is not None


@without_grant("sets a process up; reads no record")
def read_head(head: bytes) -> Head:
    """Return what `head` says: request line and headers, each with its CRLF, without the empty line. Raises Refused.

    A body has exactly one Content-Length, a plain number; anything similar, or another framing, is refused.
    """
    # One empty line before the request is allowed (RFC 9112, 2.2).
    first, *lines = head.removeprefix(b"\r\n").removesuffix(b"\r\n").split(b"\r\n")
    if not first or _NOWHERE.search(first):
        raise Refused(NOT_UNDERSTOOD)
    fields = [_field(line) for line in lines]
    return Head(
        length=_length(fields),
        expects_continue=(b"expect", b"100-continue") in ((name, value.lower()) for name, value in fields)
        and first.endswith(b"HTTP/1.1"),
        is_of_somebody=any(_is_of_somebody(name, value) for name, value in fields),
    )


def _field(line: bytes) -> tuple[bytes, bytes]:
    # A folded line begins with a space, which no name may contain.
    name, colon, value = line.partition(b":")
    name, is_name, value = name.lower(), _NAME.fullmatch(name), value.strip(_SPACE)
    # Some programs read an underscore as a hyphen; gunicorn drops such a header.
    is_mistakable = b"_" in name and name.replace(b"_", b"-") in _FRAMING
    if not colon or not is_name or is_mistakable or _NOWHERE.search(value):
        raise Refused(NOT_UNDERSTOOD)
    return name, value


def _length(fields: list[tuple[bytes, bytes]]) -> int:
    lengths = [value for name, value in fields if name == b"content-length"]
    codings = [value.lower() for name, value in fields if name == b"transfer-encoding"]
    if codings == [b"chunked"] and not lengths:
        raise Refused(LENGTH_NEEDED)
    if codings or len(lengths) > 1 or not all(_LENGTH.fullmatch(value) for value in lengths):
        raise Refused(NOT_UNDERSTOOD)
    return int(lengths[0]) if lengths else 0


def _is_of_somebody(name: bytes, value: bytes) -> bool:
    if name == b"authorization":
        return value.lower().startswith(b"bearer ")
    return name == b"cookie" and f"{settings.SESSION_COOKIE_NAME}=".encode() in value
