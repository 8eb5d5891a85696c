"""Two readers of one request, the worker's loop and gunicorn, and what a stranger would like them to disagree about."""

import contextlib
import socket

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from hypothesis import given, settings
from hypothesis import strategies as st

from openclear.config import requests
from openclear.config.heads import LENGTH_NEEDED, NOT_UNDERSTOOD, TOO_LARGE, Head
from openclear.config.requests import LARGEST_BODY, LARGEST_BODY_OF_NOBODY, Incoming
from openclear.config.visits import ServedLine, Visit

pytestmark = pytest.mark.anywhere

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
CONFIGURATION = Config()
CONFIGURATION.set("http_parser", "python")


def request(*lines, body=b""):
    return b"\r\n".join([b"POST /5 HTTP/1.1", b"Host: x", *lines, b"", b""]) + body


def taken(data):
    incoming = Incoming()
    incoming.feed(data)
    return incoming


class Bytes:
    """All bytes of a connection, as gunicorn alone would read them."""

    def __init__(self, data):
        self.data, self.given = data, 0

    def recv(self, size):
        piece = self.data[self.given : self.given + size]
        self.given += len(piece)
        return piece


def end_for_gunicorn(data):
    """Where gunicorn takes the next request to begin; None where it would close the connection."""
    source = Bytes(data)
    parser = RequestParser(CONFIGURATION, source, ("127.0.0.1", 1))
    try:
        read = next(parser)
        finished = parser.finish_body()
    except Exception:  # noqa: BLE001 - whatever it is, the connection ends
        return None
    if read.should_close() or not finished:
        return None
    return source.given - len(parser.unreader.buf.getvalue())


def end_for_us(data):
    """Where the loop takes the next request to begin; None where it refuses, or waits for more."""
    incoming = taken(data)
    if incoming.refusal is not None or not incoming.is_complete:
        return None
    got = b""
    while piece := incoming.read(8192):
        got += piece
    assert incoming.is_read_whole
    assert data.startswith(got)
    return len(got)


@pytest.mark.parametrize(
    "line",
    [
        b"Content-Length: 0000000000049",
        b"Content-Length: 05",
        b"Content-Length: +5",
        b"Content-Length: 0x5",
        b"Content-Length: 5, 5",
        b"Content-Length: 999999999",
        b"Content-Length: \xb25",
        b"Content-Length:",
        b"Content-Length : 5",
        b"Content-Length\t: 5",
        b"\x0bContent-Length: 5",
        b"Content_Length: 5",
        b"Content-Length: 5\r\nContent-Length: 5",
        b"Content-Length: 5\r\ncontent-length: 36",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: identity\r\nContent-Length: 5",
        b"Transfer-Encoding: gzip, chunked",
        b"Transfer-Encoding: xchunked",
        b"Transfer-Encoding : chunked",
        b"Transfer_Encoding: chunked",
        b"X: a\r\n Content-Length: 5",
        b"X: a\r\n\tfolded",
        b"X: a\nContent-Length: 5",
        b"X: a\rContent-Length: 5",
        b"X: a\x00b",
        b"no colon",
        b": no name",
    ],
)
def test_what_two_could_read_differently_is_not_read_at_all(line):
    assert taken(request(line, body=b"HELLO" + SMUGGLED)).refusal == NOT_UNDERSTOOD


@pytest.mark.parametrize(
    "beginning", [b"GET /5 HTTP/1.1\n", b"GET /5 HTTP/1.1\r\nHost: x\n\n", b"GET /\x00", b"\r\n\r\nGET"]
)
def test_headers_that_cannot_become_any_are_refused_before_they_end(beginning):
    incoming = Incoming()
    for byte in beginning:
        incoming.feed(bytes([byte]))
    assert incoming.refusal == NOT_UNDERSTOOD


def test_chunks_are_answered_with_what_is_needed_instead():
    assert taken(request(b"transfer-encoding: Chunked")).refusal == LENGTH_NEEDED


@pytest.mark.parametrize(
    "line", [b"Content-Length: 5", b"content-length:5", b"CONTENT-LENGTH:\t5 ", b"X: y\r\nContent-Length: 5"]
)
def test_a_plain_length_is_read(line):
    incoming = taken(request(line, body=b"HELLO" + SMUGGLED))
    assert incoming.is_complete
    assert incoming.read(10_000).endswith(b"\r\n\r\nHELLO")
    incoming.next()
    assert incoming.read(10_000) == SMUGGLED


@pytest.mark.parametrize(
    ("line", "largest"),
    [
        (b"X: y", LARGEST_BODY_OF_NOBODY),
        (b"Cookie: csrftoken=a", LARGEST_BODY_OF_NOBODY),
        (b"Authorization: Basic YTpi", LARGEST_BODY_OF_NOBODY),
        (b"Cookie: csrftoken=a; sessionid=b", LARGEST_BODY),
        (b"authorization: bearer TOKEN", LARGEST_BODY),
    ],
)
def test_nobody_sends_more_than_a_form_to_sign_in_needs(line, largest):
    assert taken(request(line, b"Content-Length: %d" % largest)).refusal is None
    assert taken(request(line, b"Content-Length: %d" % (largest + 1))).refusal == TOO_LARGE


def test_a_client_is_told_once_to_go_on_and_never_one_that_cannot_know_how():
    incoming = taken(request(b"Expect: 100-Continue", b"Content-Length: 5"))
    assert incoming.must_continue()
    assert not incoming.must_continue()
    old = b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
    assert not taken(old).must_continue()
    assert not taken(request(b"Expect: 100-continue", b"Content-Length: 5", body=b"HELLO")).must_continue()


names = st.sampled_from(
    [b"Content-Length", b"content-LENGTH", b"Transfer-Encoding", b"Content_Length", b"Expect", b"Connection", b"X"]
)  # fmt: skip
spaces = st.sampled_from([b"", b" ", b"\t", b"  ", b"\x0b", b"\xa0", b"\r", b"\n", b"\x00", b"\r\n "])
values = st.one_of(
    st.integers(0, 60).map(lambda number: b"%d" % number),
    st.integers(0, 60).map(lambda number: b"%013d" % number),
    st.sampled_from([b"chunked", b"identity", b"gzip", b"5, 5", b"+5", b"\xb25", b"100-continue", b"close", b""]),
    st.binary(max_size=6),
)  # fmt: skip
ends = st.sampled_from([b"\r\n"] * 12 + [b"\n", b"\r", b"\r\r\n", b"\n\r\n"])
lines = st.tuples(names, spaces, st.sampled_from([b":"] * 9 + [b""]), spaces, values, spaces, ends).map(
    b"".join
)
plain = st.tuples(names, st.just(b": "), values, st.just(b"\r\n")).map(b"".join)
firsts = st.sampled_from(
    [b"POST /5 HTTP/1.1\r\n"] * 6
    + [b"GET / HTTP/1.1\r\n", b"\r\nPOST / HTTP/1.1\r\n", b"POST / HTTP/1.0\r\n", b"\r\n", b"POST / HTTP/1.1\n", b"POST  / HTTP/1.1\r\n"]
)  # fmt: skip
bodies = st.sampled_from(
    [b"", b"HELLO", b"5\r\nHELLO\r\n0\r\n\r\n", b"0\r\n\r\n", b"\r\n\r\n", b"x" * 100, SMUGGLED]
)
whole = st.tuples(firsts, st.lists(lines | plain, max_size=4).map(b"".join), st.just(b"\r\n"), bodies)


@settings(max_examples=1500)
@given(whole.map(b"".join))
def test_both_readers_agree_where_a_request_ends_or_the_connection_ends(head):
    data = head + SMUGGLED * 3
    ours, theirs = end_for_us(data), end_for_gunicorn(data)
    assert ours is None or theirs is None or ours == theirs


@settings(max_examples=300)
@given(whole.map(b"".join), st.lists(st.integers(1, 40), max_size=20))
def test_pieces_are_read_as_the_whole_is(head, sizes):
    data, incoming, start = head + SMUGGLED, Incoming(), 0
    for size in [*sizes, len(data)]:
        incoming.feed(data[start : start + size])
        start += size
    together = taken(data)
    assert (incoming.refusal, incoming.is_complete) == (together.refusal, together.is_complete)
    assert incoming.read(10_000) == together.read(10_000)


def served(data):
    """Whether the connection would be kept after gunicorn has worked on the request that the loop found in `data`."""
    here, there = socket.socketpair()
    with contextlib.closing(there), contextlib.closing(here):
        visit = Visit(CONFIGURATION, ServedLine(here), ("127.0.0.1", 1), ("127.0.0.1", 2))
        visit.line.incoming.feed(data)
        assert visit.line.incoming.is_complete
        visit.init()
        next(visit.parser)
        visit.parser.finish_body()
        return visit.has_read_whole()


def test_a_connection_is_kept_only_where_both_have_read_the_same(monkeypatch):
    """As if the first wall had a hole: the loop finds another end than gunicorn."""
    sent = request(b"Content-Length: 5", body=b"HELLO" + SMUGGLED)
    assert served(sent)
    assert served(SMUGGLED * 2)
    for believed in (0, 4, 6):
        head = Head(length=believed, expects_continue=False, is_of_somebody=False)
        monkeypatch.setattr(requests, "read_head", lambda _head, head=head: head)
        assert not served(sent)
