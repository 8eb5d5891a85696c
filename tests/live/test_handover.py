"""Slow readers and floods against a live city: what an order resets and says of it, and whom nobody keeps waiting.

What the worker does with slow connections as such is told in `test_worker`.
"""

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
from tests.postgresql import server_address

OTHERS = ("frost", "tran", "hale", "rivera")


@pytest.fixture(scope="module", params=["", "handover"], ids=["sqlite", "postgresql"])
def city(request, tmp_path_factory):
    if request.param and server_address() is None:
        pytest.skip("no PostgreSQL server at OPENCLEAR_TEST_SERVER")
    made = City(tmp_path_factory.mktemp("handover") / "city", request.param)
    # As it is installed: a few threads, whatever comes.
    made.environment |= {"OPENCLEAR_THREADS": "8", "OPENCLEAR_TLS": "proxy"}
    made.build()
    made.start()
    yield made
    made.stop()


def person_search(case, text="garcia", limit=50):
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
@pytest.mark.alone
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
    assert [received(reader) for reader in readers] == arrived
    ends = [everything_of(reader) for reader in readers]
    assert [got[:300] for got, was_reset in ends if not was_reset] == []
    assert all(len(got) <= count for (got, _), count in zip(ends, arrived, strict=True))
    counted = (drained["state"], drained["before"], drained["after"], drained["reset"])
    assert counted == ("verified", 40, 0, 40)
    assert drained["outside"] == ["proxy 127.0.0.1 ::1"]
    for reader in readers:
        reader.close()
    assert city.verify()["agencies"]["us.dhs.ice"]["allowed_under_order"] == 0
    city.run("restore", "us.dhs.ice", "--by", "novak", "--approved-by", "adler")


@pytest.mark.live
@pytest.mark.alone
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
