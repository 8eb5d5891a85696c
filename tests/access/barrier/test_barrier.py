"""Readers that do not read, readers that never end, locks that are lost: what an order waits for, and what it resets."""

import multiprocessing
import socket
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest

from openclear.access import barrier
from openclear.access.barrier import keeper, lines
from openclear.access.barrier.keeper import DRAIN_SECONDS
from openclear.access.barrier.lines import Line

ANSWER = b"an answer of the police database" * 4000


def reader_of(address, receive_buffer=4096):
    """Somebody with little room, who reads when told to."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    reader.connect(address)
    return reader


@pytest.fixture
def connected():
    """A line of ours and the reader at its other end."""
    made = []

    def connect(receive_buffer=4096):
        with socket.create_server(("127.0.0.1", 0)) as server:
            reader = reader_of(server.getsockname(), receive_buffer)
            made.extend([Line(server.accept()[0]), reader])
        return made[-2:]

    yield connect
    for one in made:
        one.close()


def received(reader):
    """How many bytes the reader's kernel has: tcpi_bytes_received."""
    return struct.unpack_from("<Q", reader.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256), 128)[0]


def everything_of(reader):
    got = b""
    try:
        while data := reader.recv(65536):
            got += data
    except ConnectionResetError:
        return got, True
    return got, False


def test_an_answer_that_is_not_read_is_reset_when_an_order_comes_and_counted(connected):
    line, reader = connected()
    hold = barrier.shared(["us.doj.atf"])
    line.carry(hold)
    line.write(ANSWER)
    line.push()
    time.sleep(0.1)
    assert not line.has_arrived()
    began = time.monotonic()
    exclusive, drained = barrier.exclusive("us.doj.atf", certain=True)
    took, arrived = time.monotonic() - began, received(reader)
    assert (drained.met, drained.reset) == (1, 1)
    assert DRAIN_SECONDS * 0.8 < took < DRAIN_SECONDS * 4
    got, was_reset = everything_of(reader)
    assert was_reset
    assert len(got) == arrived == received(reader) < len(ANSWER)
    exclusive.release()


def test_an_answer_in_the_kernel_has_not_arrived_until_the_reader_has_it(connected):
    """All of it fits the send buffer, nothing the reader's: passing it to the kernel is not handing it over."""
    line, reader = connected(receive_buffer=1)
    hold = barrier.shared(["us.doj.atf"])
    line.carry(hold)
    line.write(ANSWER[: lines.SEND_BUFFER // 2])
    line.push()
    assert line.waiting == 0
    time.sleep(0.1)
    assert not line.has_arrived()
    threading.Thread(target=everything_of, args=(reader,), daemon=True).start()
    exclusive, drained = barrier_after_arrival(line)
    exclusive.release()
    assert (drained.met, drained.reset) == (0, 0)


def barrier_after_arrival(line):
    deadline = time.monotonic() + 5
    while not line.has_arrived():
        assert time.monotonic() < deadline
        time.sleep(0.001)
    line.let_go()
    time.sleep(0.1)
    return barrier.exclusive("us.doj.atf")


def test_an_answer_that_arrived_leaves_its_connection_alone(connected):
    line, reader = connected(receive_buffer=65536)
    line.carry(barrier.shared(["us.doj.atf"]))
    line.write(b"short")
    line.push()
    exclusive, drained = barrier_after_arrival(line)
    exclusive.release()
    assert (drained.met, drained.reset) == (0, 0)
    time.sleep(DRAIN_SECONDS * 1.4)
    line.write(b", and the next on the same connection")
    line.push()
    assert reader.recv(5) == b"short"
    assert reader.recv(100).startswith(b", and the next")


def test_an_answer_that_is_being_made_when_its_time_is_over_never_leaves(connected):
    """Cut between the hold and the connection: nothing of it is sent, and the order counts it as reset."""
    line, reader = connected()
    hold = barrier.shared(["us.doj.atf"])
    outcome = []
    waiting = threading.Thread(target=lambda: outcome.append(barrier.exclusive("us.doj.atf")))
    waiting.start()
    time.sleep(DRAIN_SECONDS * 1.5)
    line.write(ANSWER)
    line.carry(hold)
    line.push()
    waiting.join(5)
    (exclusive, drained), (got, was_reset) = outcome[0], everything_of(reader)
    exclusive.release()
    assert (drained.met, drained.reset) == (1, 1)
    assert (got, was_reset) == (b"", True)


def test_whoever_waits_for_one_place_keeps_nobody_from_the_next():
    """Two acts with the same places never wait for each other: none has what stands behind that which it waits for."""
    first, second = "us.doj.atf", "us.doj.fbi"
    before = barrier.Draining(first)
    both = []
    waiting = threading.Thread(target=lambda: both.append(barrier.Draining(first, second)))
    waiting.start()
    time.sleep(0.2)
    barrier.exclusive(second, seconds=1.0)[0].release()
    before.release()
    waiting.join(5)
    both[0].release()


def due_under_an_order(hold):
    """When the answer's time is over, and when an order for it came."""
    came = time.monotonic()
    draining = barrier.Draining("us.doj.atf")
    while hold.due is None:
        assert time.monotonic() < came + 5
        time.sleep(0.001)
    hold.release()
    draining.wait()
    return hold.due, came


def test_a_process_that_looks_late_gives_nobody_more_than_the_half_second(monkeypatch):
    monkeypatch.setattr(keeper, "LOOK_SECONDS", 0.2)  # a busy machine
    hold = barrier.shared(["us.doj.atf"])
    time.sleep(0.3)
    due, came = due_under_an_order(hold)
    assert DRAIN_SECONDS / 2 <= due - came <= DRAIN_SECONDS


def test_after_a_standstill_of_the_machine_an_answer_still_has_half_its_time():
    """A sealing hurries everybody's answers: nobody's is reset because its process stood still until just now."""
    hold = barrier.shared(["us.doj.atf"])
    while not barrier.hold.keeper()._counts.get("us.doj.atf"):
        time.sleep(0.001)
    with barrier.hold.keeper()._guard:  # no look until the turn is taken
        came = time.monotonic()
        draining = barrier.Draining("us.doj.atf")
        barrier.hold.keeper()._looked -= 10
    while hold.due is None:
        assert time.monotonic() < came + 5
        time.sleep(0.001)
    hold.release()
    draining.wait()
    assert hold.due - came >= DRAIN_SECONDS / 2


def test_threads_that_come_first_at_the_same_moment_have_one_keeper(monkeypatch):
    """Two would give two answers one number, and an order's receipt would count them as one."""

    def slowly_made(*_):
        time.sleep(0.05)
        return object()

    monkeypatch.setattr(barrier.hold, "_made_keeper", cache(barrier.hold._made_keeper.__wrapped__))
    monkeypatch.setattr(barrier.hold, "Keeper", slowly_made)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: barrier.hold.keeper(), range(8)))
    assert len({id(one) for one in found}) == 1


def test_the_first_answer_after_a_quiet_hour_has_its_half_second():
    mine = barrier.hold.keeper()
    barrier.shared(["us.doj.atf"]).release()
    while mine._counts:
        time.sleep(0.01)
    mine._looked -= 3600
    due, came = due_under_an_order(barrier.shared(["us.doj.atf"]))
    assert due - came > DRAIN_SECONDS * 0.5


def test_a_process_that_is_killed_takes_what_waits_in_the_kernel_along():
    context = multiprocessing.get_context("spawn")
    told, address = context.Pipe(duplex=False)
    process = context.Process(target=send_and_wait, args=(address,))
    process.start()
    with reader_of(told.recv()) as reader:
        assert told.recv() == "sent"
        process.kill()
        process.join()
        arrived = received(reader)
        got, was_reset = everything_of(reader)
    assert was_reset
    assert len(got) == arrived < len(ANSWER)


def send_and_wait(told):
    with socket.create_server(("127.0.0.1", 0)) as server:
        told.send(server.getsockname())
        line = Line(server.accept()[0])
    line.write(ANSWER)
    line.push()
    assert line.waiting
    told.send("sent")
    time.sleep(60)


@pytest.mark.parametrize("what", ["us.dhs.ice", "@ives"])
def test_readers_that_never_end_starve_neither_an_order_nor_a_change_of_ties(what):
    """Six of one agency, one always beginning before another ends: never a moment without a reader."""
    running, answered = threading.Event(), []

    def inquiry():
        while not running.is_set():
            hold = barrier.shared(["us.dhs.ice"], ["ives"])
            time.sleep(0.03)
            hold.release()
            answered.append(time.monotonic())

    threads = [threading.Thread(target=inquiry) for _ in range(6)]
    for thread in threads:
        thread.start()
        time.sleep(0.005)
    try:
        for _ in range(5):
            began = time.monotonic()
            exclusive, _ = barrier.exclusive(what)
            moment = time.monotonic()
            time.sleep(0.05)
            exclusive.release()
            assert moment - began < 1
            assert not [when for when in answered if moment < when < moment + 0.05]
            time.sleep(0.1)
    finally:
        running.set()
        for thread in threads:
            thread.join()
    assert len(answered) > 50


def test_a_process_that_dies_lets_go():
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=hold_and_wait, args=(ready,))
    process.start()
    assert ready.wait(30)
    outcome = []
    waiting = threading.Thread(target=lambda: outcome.append(barrier.exclusive("us.doj.dea")))
    waiting.start()
    time.sleep(0.3)
    assert not outcome
    process.kill()
    process.join()
    waiting.join(5)
    outcome[0][0].release()


def hold_and_wait(ready):
    from openclear.config.program import prepare

    prepare()
    kept = barrier.shared(["us.doj.dea"])
    ready.set()
    time.sleep(60)
    kept.release()


def test_many_slow_readers_keep_neither_connections_nor_others_waiting():
    """A hundred holds of one process, and the database knows of one session and of each lock once."""
    holds = [barrier.shared(["us.dhs.ice"], ["ives"]) for _ in range(100)]
    try:
        began = time.monotonic()
        barrier.shared(["us.doj.fbi"], ["frost"]).release()
        assert time.monotonic() - began < 0.5
        if barrier.hold._is_postgresql():
            assert advisory_locks() < 20
    finally:
        for hold in holds:
            hold.release()


# Of this database: other cities on the same server have locks of their own.
OWN_LOCKS = "pg_locks JOIN pg_database ON pg_database.oid = database WHERE locktype = 'advisory' AND datname = current_database()"


def advisory_locks():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), count(DISTINCT pid) FROM {OWN_LOCKS}")
        locks, sessions = cursor.fetchone()
    assert sessions == 1
    return locks


def test_a_process_that_lost_its_locks_resets_what_stood_on_them(connected):
    if not barrier.hold._is_postgresql():
        pytest.skip("files are not lost before their process is")
    from django.db import connection

    line, reader = connected()
    line.carry(barrier.shared(["us.doj.atf"]))
    line.write(ANSWER)
    line.push()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid) FROM {OWN_LOCKS}")
    exclusive, _ = barrier.exclusive("us.doj.atf", certain=True)
    arrived = received(reader)
    got, was_reset = everything_of(reader)
    assert was_reset
    assert len(got) == arrived == received(reader) < len(ANSWER)
    exclusive.release()
    barrier.shared(["us.doj.atf"]).release()
