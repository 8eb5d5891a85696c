"""A client that does not read must not keep an order waiting: after 500 ms its socket is shut, then the hold is free."""

import socket
import time

import pytest

from openclear.access import barrier
from openclear.access.watchdog import DRAIN_SECONDS, Watchdog


def test_a_hold_that_is_not_let_go_has_its_socket_shut_and_is_freed():
    ours, theirs = socket.socketpair()
    hold = barrier.shared(["us.doj.atf"])
    Watchdog().watch(hold, ours)
    began = time.monotonic()
    exclusive, waited = barrier.exclusive("us.doj.atf")
    took = time.monotonic() - began
    exclusive.release()
    assert waited
    assert DRAIN_SECONDS * 0.8 < took < DRAIN_SECONDS * 4
    with pytest.raises(BrokenPipeError):
        ours.send(b"the rest of the answer")
    assert theirs.recv(10) == b""
    ours.close(), theirs.close()


def test_a_hold_that_was_let_go_leaves_its_socket_alone():
    ours, theirs = socket.socketpair()
    hold = barrier.shared(["us.doj.atf"])
    dog = Watchdog()
    dog.watch(hold, ours)
    hold.release()
    time.sleep(DRAIN_SECONDS * 1.4)
    ours.send(b"the next answer on the same connection")
    assert theirs.recv(100).startswith(b"the next")
    ours.close(), theirs.close()


def test_a_process_that_dies_lets_go():
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=hold_and_wait, args=(str(barrier.settings.BARRIER_FOLDER), ready))
    process.start()
    if barrier._is_postgresql():
        process.kill()
        pytest.skip("PostgreSQL ends the locks of a lost connection itself")
    assert ready.wait(20)
    process.kill()
    process.join()
    hold, _ = barrier.exclusive("us.doj.dea")
    hold.release()


def hold_and_wait(folder, ready):
    import fcntl
    from pathlib import Path

    with (Path(folder) / "us.doj.dea.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        ready.set()
        time.sleep(60)
