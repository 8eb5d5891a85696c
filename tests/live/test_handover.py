"""Slow readers, slow askers and floods against a live server: what an order resets, and whom nobody keeps waiting."""

import json
import socket
import statistics
import struct
import threading
import time
from contextlib import closing
from itertools import cycle

import pytest

from tests.live.city import City
from tests.postgresql import make_databases, server_address

OTHERS = ("frost", "tran", "hale", "rivera")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def city(request, tmp_path_factory):
    addresses = None
    if request.param == "postgresql":
        server = server_address()
        if server is None:
            pytest.skip("no PostgreSQL server at OPENCLEAR_TEST_SERVER")
        addresses = make_databases(server, "handover")
    made = City(tmp_path_factory.mktemp(request.param) / "city", addresses)
    # As it is installed: a few threads, whatever comes.
    made.environment |= {"OPENCLEAR_THREADS": "8", "OPENCLEAR_TLS": "proxy"}
    made.build()
    made.start()
    yield made
    made.stop()


def person_search(case, text="garcia", limit=100):
    return f"/api/v1/people?q={text}&purpose=criminal-investigation&case={case}&limit={limit}"


def request_of(path, token, more=""):
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"X-Forwarded-Proto: https\r\n{more}\r\n"
    ).encode()


def asked(city, path, token, receive_buffer=2048):
    """A connection that has asked and does not read."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.settimeout(40)
    connection.connect(("127.0.0.1", city.port))
    connection.sendall(request_of(path, token))
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


def seconds_of(act):
    began = time.monotonic()
    act()
    return time.monotonic() - began


def searched(city, case, token):
    with closing(asked(city, person_search(case, limit=5), token, 65536)) as connection:
        head = connection.recv(65536)
        assert b" 200 " in head.splitlines()[0], head[:200]


@pytest.mark.live
def test_forty_readers_that_do_not_read_are_reset_counted_and_get_nothing_after_the_order(city):
    case, ives, frost = city.case(), city.token("ives"), city.token("frost")
    readers = [asked(city, person_search(case), ives) for _ in range(40)]
    deadline = time.monotonic() + 20
    while not all(received(reader) for reader in readers):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    # Neither threads nor connections to the database are kept: others are answered as ever.
    assert max(seconds_of(lambda: searched(city, case, frost)) for _ in range(5)) < 2
    receipt = json.loads(
        city.run(
            *("cut-off", "us.dhs.ice", "--ground", "Mayor's order of 10 July 2019", "--by", "novak"),
            *("--approved-by", "adler", "--json"),
        )
    )
    arrived = [received(reader) for reader in readers]
    drained = next(item for item in receipt["receipts"] if item["target"] == "answers being handed over")
    time.sleep(1)
    assert (drained["state"], drained["before"], drained["after"], drained["reset"]) == (
        "verified",
        40,
        0,
        40,
    )
    assert drained["outside"] == ["proxy 127.0.0.1 ::1"]
    assert [received(reader) for reader in readers] == arrived
    for reader, count in zip(readers, arrived, strict=True):
        got, was_reset = everything_of(reader)
        assert was_reset
        assert len(got) <= count
        reader.close()
    assert city.verify()["agencies"]["us.dhs.ice"]["allowed_under_order"] == 0
    city.run("restore", "us.dhs.ice", "--by", "novak", "--approved-by", "adler")


@pytest.mark.live
def test_a_phone_on_a_slow_line_gets_its_answer_whole(city):
    """100 kB over 200 kbit/s, 300 ms away: it takes four seconds and more, and no order waits."""
    frost, path = city.token("frost"), long_answer(city)
    with closing(socket.create_server(("127.0.0.1", 0))) as relay:
        threading.Thread(target=slow_line, args=(relay, city.port), daemon=True).start()
        with closing(socket.create_connection(relay.getsockname(), timeout=40)) as phone:
            phone.sendall(request_of(path, frost, "Connection: close\r\n"))
            took = []
            began = time.monotonic()
            got, was_reset = everything_of(phone)
            took = time.monotonic() - began
    head, _, body = got.partition(b"\r\n\r\n")
    assert b" 200 " in head.splitlines()[0]
    length = next(
        int(line.split(b":")[1]) for line in head.splitlines() if line.lower().startswith(b"content-length")
    )
    assert (len(body), was_reset) == (length, False)
    assert length > 100_000
    assert took > 3


def long_answer(city):
    """Whatever answers with 100 kB and more: a page of a hundred incidents."""
    return f"/api/v1/incidents?q=0&purpose=criminal-investigation&case={city.case()}&limit=100"


def slow_line(relay, port, bytes_a_second=25_000, delay=0.3):
    phone = relay.accept()[0]
    with closing(phone), closing(socket.socket()) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        server.connect(("127.0.0.1", port))
        request = phone.recv(65536)
        time.sleep(delay)
        server.sendall(request)
        while data := server.recv(2500):
            time.sleep(len(data) / bytes_a_second)
            phone.sendall(data)
        time.sleep(delay)


@pytest.mark.live
@pytest.mark.parametrize("kind", ["headers", "bodies", "nothing"])
def test_eighty_who_ask_byte_by_byte_keep_nobody_waiting(city, kind):
    case, frost = city.case(), city.token("frost")
    beginning = {
        "headers": b"GET /api/v1/cases HTTP/1.1\r\nHost: 127.0.0.1\r\n",
        "bodies": b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\n",
        "nothing": b"",
    }[kind]
    slow = [socket.create_connection(("127.0.0.1", city.port)) for _ in range(80)]
    running = threading.Event()

    def drip():
        for connection in slow:
            connection.sendall(beginning)
        while kind != "nothing" and not running.wait(0.2):
            for connection in slow:
                try:
                    connection.sendall(b"X")
                except OSError:
                    return

    dripping = threading.Thread(target=drip)
    dripping.start()
    time.sleep(0.5)
    took = [seconds_of(lambda: searched(city, case, frost)) for _ in range(10)]
    running.set()
    dripping.join()
    assert max(took) < 1.5
    for connection in slow:
        connection.close()


@pytest.mark.live
def test_headers_that_do_not_end_are_told_so_after_ten_seconds(city):
    with closing(socket.create_connection(("127.0.0.1", city.port), timeout=20)) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: ")
        began = time.monotonic()
        answer = connection.recv(1000)
        assert answer.startswith(b"HTTP/1.1 408")
        assert 9 < time.monotonic() - began < 13


@pytest.mark.live
def test_two_hundred_officers_behind_one_address_are_not_slowed_by_a_flood_by_nobody(city):
    """They share the address of a station with whoever floods: nothing is counted by address."""
    case, tokens = city.case(), [city.token(who) for who in OTHERS]
    quiet = officers(city, case, tokens)
    size = city.verify()["size"]
    running, counts = threading.Event(), []

    def flood():
        count = 0
        while not running.is_set():
            with closing(asked(city, "/api/v1/cases", "wrong", 65536)) as connection:
                assert b" 401 " in connection.recv(65536).splitlines()[0]
            count += 1
            time.sleep(0.02)
        counts.append(count)

    began = time.monotonic()
    threads = [threading.Thread(target=flood) for _ in range(4)]
    for thread in threads:
        thread.start()
    flooded = officers(city, case, tokens)
    running.set()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    time.sleep(1.5)
    grown = city.verify()["size"] - size
    print(
        f"quiet {statistics.median(quiet):.3f} s, flooded {statistics.median(flooded):.3f} s, {sum(counts)} by nobody, {grown} entries"
    )
    assert (len(quiet), len(flooded)) == (200, 200)
    # Two entries a second in each of two processes, whatever the flood.
    assert grown - 200 <= 4 * (seconds + 3)
    assert sum(counts) > 4 * (seconds + 3)
    assert statistics.median(flooded) < 3 * statistics.median(quiet) + 1


def officers(city, case, tokens):
    """Two hundred connections, twenty at a time, all forwarded from one address."""
    took, line = [], threading.Semaphore(20)

    def ask(token):
        with line, closing(socket.create_connection(("127.0.0.1", city.port), timeout=40)) as connection:
            began = time.monotonic()
            connection.sendall(
                request_of(person_search(case, limit=5), token, "X-Forwarded-For: 192.0.2.7\r\n")
            )
            assert b" 200 " in connection.recv(65536).splitlines()[0]
            took.append(time.monotonic() - began)

    threads = [threading.Thread(target=ask, args=(token,)) for _, token in zip(range(200), cycle(tokens))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


@pytest.mark.live
def test_requests_in_one_piece_in_pieces_and_one_behind_the_other_are_all_answered(city):
    frost = city.token("frost")
    with closing(socket.create_connection(("127.0.0.1", city.port), timeout=20)) as connection:
        requests = request_of("/api/v1/cases?limit=1", frost) * 3
        connection.sendall(requests[:100])
        time.sleep(0.1)
        connection.sendall(requests[100:])
        answers = b""
        while answers.count(b"HTTP/1.1 200") < 3:
            answers += connection.recv(65536)
    with closing(socket.create_connection(("127.0.0.1", city.port), timeout=20)) as connection:
        connection.sendall(
            b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        connection.sendall(b"a=b")
        assert b"HTTP/1.1 4" in connection.recv(65536)
    with closing(socket.create_connection(("127.0.0.1", city.port), timeout=20)) as connection:
        connection.sendall(
            b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n"
        )
        connection.sendall(b"0\r\n\r\n")
        assert b"HTTP/1.1 4" in connection.recv(65536)
    with closing(socket.create_connection(("127.0.0.1", city.port), timeout=20)) as connection:
        connection.sendall(b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 413")
