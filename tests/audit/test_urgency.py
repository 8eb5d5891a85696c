"""On a busy machine an order and the log's writer go first, where the system lets their user do so."""

import os
import threading

import pytest

from openclear.access.registry import acts
from openclear.audit import log, urgency
from tests.audit.test_log import sequencer_pid

pytestmark = pytest.mark.anywhere


def own_priority():
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def lets_us():
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), -1)
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 0)
    except OSError:
        return False
    return True


@pytest.mark.skipif("not lets_us()", reason="this user may not go before others")
def test_an_act_goes_first_and_the_log_goes_with_it():
    before = own_priority()
    with acts.registry_held():
        assert own_priority() == urgency.FIRST
    assert own_priority() == before
    log.state()
    assert os.getpriority(os.PRIO_PROCESS, sequencer_pid()) == urgency.FIRST


def test_an_act_is_done_also_where_nobody_may_go_first(monkeypatch):
    def no(*_):
        raise PermissionError

    before = own_priority()
    monkeypatch.setattr(os, "setpriority", no)
    urgency.go_first()
    with acts.registry_held():
        assert own_priority() == before
