"""Who is ended first when places run out, and who is reset when memory does."""

import contextlib
import socket
import time
from collections import deque

import pytest
from gunicorn.config import Config

from openclear.access.barrier.keeper import Hold
from openclear.config import room
from openclear.config.room import who_makes_room, who_takes_too_much
from openclear.config.visits import ServedLine, Stage, Visit

pytestmark = pytest.mark.anywhere

SESSION = b"POST / HTTP/1.1\r\nCookie: sessionid=x\r\nContent-Length: 4000000\r\n\r\n"
NOBODY = b"POST / HTTP/1.1\r\nContent-Length: 60000\r\n\r\n"
NOW = 1000.0


@pytest.fixture
def make():
    with contextlib.ExitStack() as stack:

        def visit(stage, *, age, came=b"", waits=b""):
            here, there = socket.socketpair()
            stack.enter_context(contextlib.closing(there))
            stack.enter_context(contextlib.closing(here))
            made = Visit(Config(), ServedLine(here), ("127.0.0.1", 1), ("127.0.0.1", 2))
            made.line.incoming.feed(came)
            made.line.write(waits)
            made.enter(stage, 60)
            made.began = NOW - age
            return made

        yield visit


def test_what_is_nobodys_goes_first_and_the_oldest_of_a_kind(make):
    first = make(Stage.SENDING, age=3, waits=b"style")
    order = [
        first,
        make(Stage.SENDING, age=2, waits=b"style"),
        make(Stage.LINGERING, age=1.5),
        make(Stage.READING, age=30),
        make(Stage.READING, age=5, came=b"GET / HT"),
        make(Stage.READING, age=40, came=NOBODY),
        make(Stage.READING, age=50, came=SESSION),
    ]
    assert who_makes_room(reversed(order), NOW) == order


def test_nobody_is_ended_in_the_first_second_nor_while_a_thread_works_nor_with_an_officers_answer(make):
    held = make(Stage.SENDING, age=20, waits=b"answer")
    held.line.carry(Hold(["us.dhs.ice"], 1, deque()))
    safe = [held, make(Stage.WORKING, age=50), *(make(stage, age=0.9) for stage in Stage)]
    assert who_makes_room(safe, NOW) == []


def test_the_largest_request_that_is_not_worked_on_is_reset_while_too_much_is_kept(make, monkeypatch):
    monkeypatch.setattr(room, "LARGEST_WAITING", 2_000_000)
    officer = make(Stage.READING, age=9, came=SESSION + b"a" * 100_000)
    large = make(Stage.READING, age=1, came=SESSION + b"x" * 1_500_000)
    working = make(Stage.WORKING, age=1, came=SESSION + b"x" * 1_600_000)
    idle, answer = make(Stage.READING, age=3), make(Stage.SENDING, age=2, waits=b"y" * 1000)
    assert who_takes_too_much([officer, large, idle, answer]) is None
    assert who_takes_too_much([officer, large, working, idle, answer]) is large
    assert who_takes_too_much([officer, working, idle, answer]) is None


def test_the_oldest_answer_is_reset_where_more_of_those_wait(make, monkeypatch):
    monkeypatch.setattr(room, "LARGEST_WAITING", 2_000_000)
    officer = make(Stage.READING, age=9, came=SESSION + b"a" * 100_000)
    young, old = (make(Stage.SENDING, age=age, waits=b"y" * 1_100_000) for age in (1, 5))
    assert who_takes_too_much([officer, young, old]) is old
    assert who_takes_too_much([officer, young]) is None


def test_the_clock_of_a_stage_is_the_one_that_is_asked(make):
    visit = make(Stage.READING, age=0)
    visit.enter(Stage.READING, 60)
    assert who_makes_room([visit], time.monotonic()) == []
    assert who_makes_room([visit], time.monotonic() + 2) == [visit]
