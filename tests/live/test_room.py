"""Strangers who take every place or all memory of a process of the officer site, and an officer who comes after them."""

import socket
import subprocess
import time
from contextlib import ExitStack, closing, suppress

import pytest

from tests.live.test_worker import connected, everything_of, get, seconds_of_an_answer, serving

pytestmark = pytest.mark.live
PLACES = 200
BEGINNINGS = {
    "answers that nobody reads": get("free/60000"),
    "connections that say nothing": b"",
    "headers that do not end": b"GET /5 HTTP/1.1\r\nHost: ",
    "bodies that do not come": b"POST /5 HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n",
    "bodies with a session that do not come": (
        b"POST /5 HTTP/1.1\r\nHost: x\r\nCookie: sessionid=x\r\nContent-Length: 5000\r\n\r\n"
    ),
}


@pytest.fixture
def site(tmp_path):
    with serving(tmp_path / "home", "--workers", "1", "--worker-connections", str(PLACES)) as served:
        yield served


@pytest.mark.parametrize("kind", list(BEGINNINGS))
def test_who_takes_every_place_keeps_no_officer_out(site, kind):
    with ExitStack() as stack:
        for _ in range(PLACES + 100):
            stranger = stack.enter_context(closing(connected(site, 2048)))
            with suppress(OSError):
                stranger.sendall(BEGINNINGS[kind])
        took = [seconds_of_an_answer(site) for _ in range(10)]
    assert max(took) < 5
    assert sorted(took)[5] < 1


def test_an_answer_of_nobody_has_ten_seconds_once_half_the_places_are_taken(site):
    with ExitStack() as stack:
        strangers = [stack.enter_context(closing(connected(site, 2048))) for _ in range(PLACES // 2 + 20)]
        for stranger in strangers:
            stranger.sendall(get("free/200000"))
        time.sleep(12)
        assert all(everything_of(stranger)[1] for stranger in strangers)


def test_bodies_of_strangers_do_not_fill_the_memory(site):
    """640 MB of strangers, four megabytes each but the last byte; one officer sends a form meanwhile."""
    head = b"POST /5 HTTP/1.1\r\nHost: x\r\nCookie: sessionid=x\r\nContent-Length: %d\r\n\r\n"
    before, ended = memory_of(site), 0
    with ExitStack() as stack:
        officer = stack.enter_context(closing(connected(site)))
        officer.sendall(head % 100_000 + b"a" * 99_999)
        for _ in range(160):
            stranger = stack.enter_context(closing(socket.create_connection(("127.0.0.1", site[0]))))
            try:
                stranger.sendall(head % 4_194_304 + b"x" * 4_194_303)
            except OSError:
                ended += 1
        time.sleep(1)
        grown = memory_of(site) - before
        officer.sendall(b"a")
        assert officer.recv(65536).startswith(b"HTTP/1.1 200")
    print(f"grown by {grown // 2**20} MB, {ended} were reset while they sent")
    assert grown < 340 * 2**20  # 256 MB, and what the allocator leaves between


def memory_of(site):
    told = subprocess.run(
        ["ps", "--ppid", str(site[2]), "-o", "rss="], capture_output=True, text=True, check=True
    )
    return sum(int(size) * 1024 for size in told.stdout.split())
