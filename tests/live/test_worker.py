"""The officer site's worker with slow readers, slow askers and an order: without a city, so that only the worker is slow or quick."""

import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.ports import free_port

pytestmark = [pytest.mark.live, pytest.mark.alone]
ROOT = Path(__file__).resolve().parents[2]
THREADS = 4
ORDER = """
import json, time
from openclear.config.program import prepare
prepare()
from openclear.access import barrier
print("ready", flush=True)
input()
began = time.monotonic()
hold, drained = barrier.exclusive({what!r}, certain=True)
print(json.dumps([drained.met, drained.reset, time.monotonic() - began]), flush=True)
input()
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("held") / "home", "--workers", "2") as (port, environment, _):
        yield port, environment


@contextmanager
def serving(home, *arguments):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENCLEAR_")}
    environment |= {"OPENCLEAR_HOME": str(home)}
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "tests.live.held_site:application", "--bind", f"127.0.0.1:{port}", *arguments,
        "--worker-class", "openclear.config.workers.OfficerWorker", "--threads", str(THREADS), "--log-level", "warning",
    ]  # fmt: skip
    (home / "police").mkdir(parents=True)
    server = subprocess.Popen(command, env=environment, cwd=ROOT)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            break
        time.sleep(0.1)
    # Connections are accepted before a worker is there to answer.
    seconds_of_an_answer((port,))
    yield port, environment, server.pid
    server.terminate()
    server.wait(60)


def get(length, more=""):
    return f"GET /{length} HTTP/1.1\r\nHost: x\r\n{more}\r\n".encode()


def connected(site, receive_buffer=65536):
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.settimeout(60)
    connection.connect(("127.0.0.1", site[0]))
    return connection


def received(connection):
    """How many bytes the reader's kernel has: tcpi_bytes_received."""
    return struct.unpack_from("<Q", connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256), 128)[0]


def everything_of(connection):
    got = b""
    try:
        while data := connection.recv(65536):
            got += data
    except ConnectionResetError:
        return got, True
    return got, False


def seconds_of_an_answer(site):
    began = time.monotonic()
    with closing(connected(site)) as connection:
        connection.sendall(get(100, "Connection: close\r\n"))
        assert everything_of(connection)[0].endswith(b"x" * 100)
    return time.monotonic() - began


class Order:
    """An order in a process of its own, which starts to wait when told to."""

    def __init__(self, site, what):
        self.process = subprocess.Popen(
            [sys.executable, "-c", ORDER.format(what=what)],
            env=site[1], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout.readline() == "ready\n"

    def run(self):
        self._go_on()
        return json.loads(self.process.stdout.readline())

    def end(self):
        self._go_on()
        self.process.communicate()

    def _go_on(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()


@pytest.mark.parametrize("what", ["us.dhs.ice", "@ives"])
def test_readers_that_do_not_read_are_reset_within_a_second_and_nothing_arrives_afterwards(site, what):
    """Of some the answer fits the kernel's buffers, of others it does not."""
    order = Order(site, what)
    readers = [connected(site, 1) for _ in range(30)]
    for number, reader in enumerate(readers):
        reader.sendall(get(6000 if number % 2 else 1_000_000))
    deadline = time.monotonic() + 30
    while not all(received(reader) for reader in readers):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert max(seconds_of_an_answer(site) for _ in range(5)) < 2  # thirty readers, eight threads
    met, reset, seconds = order.run()
    arrived = [received(reader) for reader in readers]
    time.sleep(1)
    assert (met, reset) == (30, 30)
    assert 0.3 < seconds < 2
    assert [received(reader) for reader in readers] == arrived
    for reader in readers:
        assert everything_of(reader)[1]
        reader.close()
    order.end()
    assert seconds_of_an_answer(site) < 2


def test_an_order_that_comes_when_all_has_arrived_resets_nobody(site):
    order = Order(site, "us.dhs.ice")
    with closing(connected(site)) as connection:
        connection.sendall(get(1_000_000))
        got = b""
        while len(got) < 1_000_000:
            got += connection.recv(65536)
        time.sleep(0.3)
        met, reset, seconds = order.run()
        order.end()
        assert (met, reset) == (0, 0)
        assert seconds < 0.5
        connection.sendall(get(10))
        assert connection.recv(1000).endswith(b"x" * 10)


def test_a_phone_on_a_slow_line_gets_its_answer_whole(site):
    """100 kB over 200 kbit/s, 300 ms away: it takes four seconds and more, and no order waits."""
    with closing(socket.create_server(("127.0.0.1", 0))) as relay:
        threading.Thread(target=slow_line, args=(relay, site), daemon=True).start()
        with closing(socket.create_connection(relay.getsockname(), timeout=60)) as phone:
            began = time.monotonic()
            phone.sendall(get(100_000, "Connection: close\r\n"))
            got, was_reset = everything_of(phone)
    assert not was_reset
    assert got.partition(b"\r\n\r\n")[2] == b"x" * 100_000
    assert time.monotonic() - began > 4


def slow_line(relay, site, bytes_a_second=25_000, delay=0.3):
    phone = relay.accept()[0]
    with closing(phone), closing(connected(site, 4096)) as server:
        request = phone.recv(65536)
        time.sleep(delay)
        server.sendall(request)
        while data := server.recv(2500):
            time.sleep(len(data) / bytes_a_second)
            phone.sendall(data)
        time.sleep(delay)


@pytest.mark.parametrize("kind", ["headers", "bodies", "nothing"])
def test_eighty_who_ask_byte_by_byte_keep_nobody_waiting(site, kind):
    beginning = {
        "headers": b"GET /5 HTTP/1.1\r\nHost: ",
        "bodies": b"POST /5 HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n",
        "nothing": b"",
    }[kind]
    slow, running = [connected(site) for _ in range(80)], threading.Event()
    for connection in slow:
        connection.sendall(beginning)

    def drip():
        while kind != "nothing" and not running.wait(0.2):
            for connection in slow:
                with suppress(OSError):
                    connection.sendall(b"X")

    dripping = threading.Thread(target=drip)
    dripping.start()
    took = [seconds_of_an_answer(site) for _ in range(20)]
    running.set()
    dripping.join()
    for connection in slow:
        connection.close()
    assert max(took) < 1.5


def test_an_order_does_not_wait_for_those_who_ask_byte_by_byte(site):
    order, slow = Order(site, "us.dhs.ice"), [connected(site) for _ in range(80)]
    for connection in slow:
        connection.sendall(b"GET /5 HTTP/1.1\r\nHost: ")
    _, _, seconds = order.run()
    order.end()
    for connection in slow:
        connection.close()
    assert seconds < 0.5


def test_headers_that_do_not_end_are_told_so_after_ten_seconds(site):
    with closing(connected(site)) as connection:
        connection.sendall(b"GET /5 HTTP/1.1\r\nHost: ")
        began = time.monotonic()
        assert connection.recv(1000).startswith(b"HTTP/1.1 408")
        assert 9 < time.monotonic() - began < 15


def test_requests_in_pieces_and_one_behind_the_other_are_all_answered(site):
    with closing(connected(site)) as connection:
        requests = get(5) * 3
        connection.sendall(requests[:50])
        time.sleep(0.1)
        connection.sendall(requests[50:])
        got = b""
        while got.count(b"xxxxx") < 3:
            got += connection.recv(65536)
        assert got.count(b"HTTP/1.1 200") == 3


@pytest.mark.parametrize(
    ("head", "body", "answers"),
    [
        (b"Content-Length: 3", b"abc", b"\r\n\r\nabc"),
        (b"Transfer-Encoding: chunked", b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"HTTP/1.1 411"),
        (b"Cookie: sessionid=x\r\nContent-Length: 70000", b"a" * 70_000, b"a" * 70_000),
        (b"Content-Length: 70000", b"", b"HTTP/1.1 413"),
        (b"Content-Length: 99999999", b"", b"HTTP/1.1 413"),
        (b"Content-Length: 3\r\nTransfer-Encoding: chunked", b"0\r\n\r\n", b"HTTP/1.1 400"),
        (b"Content-Length: three", b"abc", b"HTTP/1.1 400"),
    ],
)
def test_bodies(site, head, body, answers):
    with closing(connected(site)) as connection:
        connection.sendall(b"POST /5 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + head + b"\r\n\r\n")
        time.sleep(0.1)
        with suppress(OSError):
            connection.sendall(body)
        assert answers in everything_of(connection)[0]


def test_a_client_that_waits_to_be_told_sends_its_body_then(site):
    with closing(connected(site)) as connection:
        connection.sendall(
            b"POST /5 HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
        )
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"abc")
        got = connection.recv(65536)
        assert got.startswith(b"HTTP/1.1 200")
        assert got.endswith(b"abc")


def test_a_client_that_waits_behind_its_own_request_is_told_too(site):
    waiting = b"POST /5 HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
    with closing(connected(site)) as connection:
        connection.sendall(get(5) + waiting)
        connection.settimeout(5)
        got = b""
        while not got.endswith(b"HTTP/1.1 100 Continue\r\n\r\n"):
            got += connection.recv(65536)
        assert got.count(b"xxxxx") == 1
        connection.sendall(b"abc")
        assert connection.recv(65536).endswith(b"abc")


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 00000000000NN",
        b"Content-Length: NN\r\nContent-Length: 0",
        b"Content-Length : NN",
        b"Content_Length: NN",
        b"X: a\r\n Content-Length: NN",
        b"X: a\nContent-Length: NN",
        b"Content-Length: 0\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: identity\r\nContent-Length: 0",
    ],
)
@pytest.mark.parametrize("path", [b"/5", b"/free/5"])
def test_the_end_of_one_request_never_begins_another(site, framing, path):
    """Behind a proxy the next request on the connection is another visitor's."""
    within = get(77)
    framing = framing.replace(b"NN", b"%d" % len(within))
    with closing(connected(site)) as connection:
        connection.sendall(b"POST " + path + b" HTTP/1.1\r\nHost: x\r\n" + framing + b"\r\n\r\n" + within)
        time.sleep(0.1)
        with suppress(OSError):
            connection.sendall(get(88))
        got = everything_of(connection)[0]
    assert got.startswith(b"HTTP/1.1 400")
    assert got.count(b"HTTP/1.1") == 1
    assert b"xx" not in got


def test_a_body_that_nobody_reads_is_not_the_next_request(site):
    """An application that answers without reading: what gunicorn puts away is exactly the body."""
    within = get(77)
    with closing(connected(site)) as connection:
        connection.sendall(b"GET /6 HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(within) + within)
        connection.sendall(get(8, "Connection: close\r\n"))
        got = everything_of(connection)[0]
    assert got.count(b"HTTP/1.1 200") == 2
    assert b"\r\n\r\nxxxxxxHTTP" in got
    assert got.endswith(b"\r\n\r\nxxxxxxxx")
