"""A flood by nobody: it shares entries, so that officers keep the log, and is counted all the same."""

import json
import time

import pytest

from openclear.access import gate
from openclear.access.gate import nobody
from openclear.access.gate.nobody import WINDOW_SECONDS, Doorkeeper
from openclear.audit import log
from openclear.audit.errors import LogUnavailable
from openclear.audit.models import Body, Entry
from openclear.audit.queries import verify

pytestmark = pytest.mark.anywhere


def shared_behind(size):
    found = [json.loads(row.fields) for row in Body.objects.filter(entry__gte=size).order_by("entry")]
    return [{name: held["value"] for name, held in fields.items()} for fields in found if "shared" in fields]


@pytest.fixture
def doorkeeper(monkeypatch):
    nobody.doorkeeper.write_all()  # what was turned away a moment ago is not this story's
    fresh = Doorkeeper()
    monkeypatch.setattr(gate.door, "doorkeeper", fresh)
    yield fresh
    fresh.write_all()


@pytest.mark.usefixtures("doorkeeper")
def test_a_flood_by_nobody_shares_entries_and_nothing_of_it_is_lost():
    size = log.state().size
    receipts = [
        gate.refuse_anonymous(details={"address": f"10.0.0.{count % 3}"}).receipt for count in range(300)
    ]
    time.sleep(WINDOW_SECONDS * 1.5)
    grown = log.state().size - size
    assert grown <= 6
    shared = shared_behind(size)
    assert sum(fields["shared"] for fields in shared) + len({receipt.token for receipt in receipts}) == 300
    assert set(shared[0]["addresses"]) == {"10.0.0.0", "10.0.0.1", "10.0.0.2"}
    assert shared[0]["since"]
    leaves = {
        bytes(leaf).hex()
        for leaf in Entry.objects.using("audit").filter(index__gte=size).values_list("leaf", flat=True)
    }
    assert {receipt.token for receipt in receipts} <= leaves
    assert verify().ok


@pytest.mark.usefixtures("doorkeeper")
def test_one_request_by_nobody_has_an_entry_of_its_own():
    for _ in range(2):
        size = log.state().size
        receipt = gate.refuse_anonymous(details={"address": "10.0.0.1"}).receipt
        assert log.state().size == size + 1
        assert bytes(Entry.objects.using("audit").get(index=size).leaf).hex() == receipt.token
        time.sleep(WINDOW_SECONDS * 1.2)
    assert log.state().size == size + 1


def test_a_flood_from_ever_new_addresses_makes_no_large_entry(doorkeeper):
    size = log.state().size
    for count in range(200):
        gate.refuse_anonymous(details={"address": f"10.0.{count}.1"})
    doorkeeper.write_all()
    (fields,) = shared_behind(size)
    assert len(fields["addresses"]) <= nobody.ADDRESSES + 1
    assert sum(fields["addresses"].values()) == fields["shared"] == 199


def test_what_the_log_did_not_take_is_written_with_the_next_second(doorkeeper, monkeypatch):
    gate.refuse_anonymous(details={"address": "10.0.0.1"})
    size = log.state().size
    gate.refuse_anonymous(details={"address": "10.0.0.1"})
    with monkeypatch.context() as broken:

        def fail(_draft):
            raise LogUnavailable("the disk is full")

        broken.setattr(log, "append", fail)
        with pytest.raises(LogUnavailable):
            doorkeeper.write_all()
        time.sleep(WINDOW_SECONDS * 1.1)
        with pytest.raises(LogUnavailable):
            gate.refuse_anonymous(details={"address": "10.0.0.1"})
    doorkeeper.write_all()
    (fields,) = shared_behind(size)
    assert fields["shared"] == 1
