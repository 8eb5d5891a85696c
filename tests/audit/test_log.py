"""The log as its users meet it: judged, durable, one order of things."""

import json
import os
import signal
import threading
import time

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from openclear.audit import log, writer
from openclear.audit.errors import BrokenLog, LogUnavailable, RefusedByOrder
from openclear.audit.keys import create_key, read_key
from openclear.audit.models import Body, Entry
from openclear.audit.opening import open_ledger
from openclear.audit.proof.headers import BadHeader, check_header, parse_header
from openclear.audit.proof.orders import OrderBook
from openclear.audit.queries import verify
from openclear.audit.rows import NewEntry

PATHS = st.lists(st.sampled_from(["us", "dhs", "ice", "ero", "cbp"]), min_size=1, max_size=4).map(".".join)


def answer(*agencies, **more):
    return NewEntry("answer", "allow", agencies=agencies, action="desk.open", dataset="desk", **more)


def wait_for(happened, seconds=90):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def sequencer_pid():
    return int((settings.LOG_FOLDER / "sequencer.lock").read_text())


def test_entries_are_numbered_without_a_gap_and_stored_before_they_are_confirmed():
    first = log.append(answer("il.isp"))
    second = log.append(answer("il.isp"))
    assert second.entry == first.entry + 1
    row = Entry.objects.using("audit").get(index=second.entry)
    assert bytes(row.leaf).hex() == second.leaf
    assert parse_header(bytes(row.header))["agencies"] == ["il.isp"]


def test_who_and_what_stand_in_the_private_body_alone():
    receipt = log.append(answer("il.isp", officer="hale", details={"query": "smith john"}))
    header = bytes(Entry.objects.using("audit").get(index=receipt.entry).header)
    assert b"hale" not in header
    assert b"smith" not in header
    assert "smith john" in Body.objects.using("audit").get(entry=receipt.entry).fields


@pytest.mark.usefixtures("cut_ice")
def test_the_log_itself_refuses_an_allow_behind_an_order():
    for agency in ("us.dhs.ice", "us.dhs.ice.ero", "us.dhs.ice.founded-tomorrow"):
        with pytest.raises(RefusedByOrder):
            log.append(answer("us.doj.fbi", agency))
    log.append(answer("us.doj.fbi"))
    log.append(answer("us.dhs.icecream"))
    log.append(NewEntry("refusal", "deny", agencies=["us.dhs.ice"]))


@pytest.mark.parametrize("name", ["officer", "case", "shown", "filters"])
def test_no_detail_of_an_entry_stands_in_the_place_of_a_field(name):
    with pytest.raises(ValueError, match=f"entry's {name} is a separate field"):
        log.append(answer("il.isp", officer="hale", details={name: "somebody else"}))


@pytest.mark.parametrize(
    "new_entry",
    [
        NewEntry("gossip", "allow"),
        NewEntry("answer", "deny"),
        NewEntry("answer", "allow", agencies=["Not A Path"]),
        NewEntry("answer", "allow", purpose="a note about John Smith"),
        NewEntry("answer", "allow", extra={"note": "free text"}),
        NewEntry("answer", "allow", rules=["x" * 5000]),
        NewEntry("order", "none", extra={"order": {"id": "1"}}),
    ],
)
def test_what_is_no_header_is_not_taken(new_entry):
    size = log.state().size
    with pytest.raises(LogUnavailable):
        log.append(new_entry)
    assert log.state().size == size


def test_a_body_that_cannot_be_spelled_is_not_taken():
    with pytest.raises(LogUnavailable):
        log.append(answer(details={"share": 0.5}))


def test_many_writers_get_one_order_and_each_its_own_entry():
    entries, threads = [], []

    def write():
        entries.extend(log.append(answer("il.isp")).entry for _ in range(25))
        log.hang_up()

    for _ in range(12):
        threads.append(threading.Thread(target=write))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert len(set(entries)) == 300
    assert verify().ok


def test_a_sequencer_killed_under_load_loses_nothing_that_it_confirmed():
    confirmed, stop = [], threading.Event()

    def write():
        while not stop.is_set():
            try:
                confirmed.append(log.append(answer("il.isp")))
            except LogUnavailable:
                continue
        log.hang_up()

    threads = [threading.Thread(target=write, daemon=True) for _ in range(6)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(3):
            more = len(confirmed) + 30
            wait_for(lambda more=more: len(confirmed) > more)
            os.kill(sequencer_pid(), signal.SIGKILL)
        more = len(confirmed) + 30
        wait_for(lambda: len(confirmed) > more)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert len(confirmed) > 30
    leaves = dict(Entry.objects.using("audit").values_list("index", "leaf"))
    assert all(bytes(leaves[receipt.entry]).hex() == receipt.leaf for receipt in confirmed)
    assert verify().ok


def test_of_many_that_lose_their_sequencer_one_starts_the_next(monkeypatch):
    log.append(answer("il.isp"))
    started, start = [], writer._start
    monkeypatch.setattr(writer, "_start", lambda folder: (started.append(folder), start(folder)))
    monkeypatch.setattr(writer, "PATIENCE_SECONDS", writer.START_SECONDS)  # a busy machine is no defect
    log.hang_up()
    os.kill(sequencer_pid(), signal.SIGKILL)
    receipts = []

    def write():
        receipts.append(log.append(answer("il.isp")))
        log.hang_up()

    threads = [threading.Thread(target=write) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receipts) == 24
    assert len(started) == 1


def test_an_entry_edited_in_the_database_stops_the_sequencer_and_is_named():
    receipt = log.append(answer("il.isp"))
    row = Entry.objects.using("audit").get(index=receipt.entry)
    original = bytes(row.header)
    log.stop()
    Entry.objects.using("audit").filter(index=receipt.entry).update(
        header=original.replace(b"allow", b"deny ")
    )
    try:
        with pytest.raises(BrokenLog, match=f"Entry {receipt.entry} of the log"):
            open_ledger(settings.KEYS_FOLDER)
        assert receipt.entry in {fault["entry"] for fault in verify_without_sequencer().faults}
    finally:
        Entry.objects.using("audit").filter(index=receipt.entry).update(header=original)
    assert verify().ok


def verify_without_sequencer():
    command, settings.SEQUENCER_COMMAND = settings.SEQUENCER_COMMAND, []
    try:
        return verify()
    finally:
        settings.SEQUENCER_COMMAND = command


def test_a_body_that_vanished_without_an_erase_entry_is_an_alarm():
    receipt = log.append(answer("il.isp"))
    body = Body.objects.using("audit").get(entry=receipt.entry)
    body.delete(using="audit")
    try:
        assert receipt.entry in {fault["entry"] for fault in verify().faults}
    finally:
        body.entry = receipt.entry
        body.save(using="audit", force_insert=True)


def test_whatever_is_typed_as_a_case_the_writer_goes_on():
    """A database that holds no NUL would have ended it: the case stands in a column of its own, too."""
    log.append(answer("il.isp"))
    writer = sequencer_pid()
    for typed in ("\x00", "a\x00b" * 20, "\ud800", "\uffff"):
        said = NewEntry("refusal", "deny", agencies=["il.isp"], case=typed, officer=typed)
        entry = log.append(said).entry
        assert sequencer_pid() == writer
        assert json.loads(Body.objects.using("audit").get(entry=entry).fields)["case"]["value"]
    assert verify().ok


def test_no_sequencer_no_answer():
    log.stop()
    command, settings.SEQUENCER_COMMAND = settings.SEQUENCER_COMMAND, []
    try:
        with pytest.raises(LogUnavailable, match="cannot be reached"):
            log.append(answer("il.isp"))
    finally:
        settings.SEQUENCER_COMMAND = command


def test_a_socket_of_another_user_is_not_believed(monkeypatch):
    monkeypatch.setattr(writer, "_users_of_writer", lambda: {os.getuid() + 1})
    log.hang_up()
    with pytest.raises(LogUnavailable, match=f"A process of user {os.getuid()} answers in the place of"):
        log.append(answer("il.isp"))
    monkeypatch.undo()
    assert log.append(answer("il.isp")).entry


def test_a_key_that_others_can_read_is_not_used(tmp_path):
    create_key(tmp_path / "log.key", "test")
    (tmp_path / "log.key").chmod(0o644)
    with pytest.raises(BrokenLog, match="chmod 600"):
        read_key(tmp_path / "log.key")
    with pytest.raises(FileExistsError):
        create_key(tmp_path / "log.key", "test")


def order(identity, agency, state="in-force", scope="all", purposes="all"):
    facts = {"id": identity, "agency": agency, "state": state, "scope": scope, "purposes": purposes}
    return {"i": 0, "kind": "order", "order": facts, "decision": "none"}


def allow(*agencies, dataset="people", purpose="traffic-stop"):
    return {"decision": "allow", "agencies": list(agencies), "dataset": dataset, "purpose": purpose}


@given(PATHS, PATHS)
def test_an_order_covers_its_agency_and_all_below_and_nobody_else(cut, asker):
    book = OrderBook()
    book.apply(order("1", cut))
    below = asker == cut or asker.startswith(cut + ".")
    assert (book.judge(allow(asker)) == "1") == below


def test_a_move_never_takes_anyone_out_from_under_an_order():
    book = OrderBook()
    book.apply(order("1", "us.dhs.ice"))
    book.apply(
        {
            "i": 1,
            "kind": "registry",
            "registry": {"change": "moved", "from": "us.dhs.ice.hsi", "agency": "us.doj.hsi"},
        }
    )
    assert book.judge(allow("us.doj.hsi.chicago")) == "1"
    book.apply(
        {
            "i": 2,
            "kind": "registry",
            "registry": {"change": "moved", "from": "us.dhs", "agency": "us.security"},
        }
    )
    assert book.judge(allow("us.security.ice.ero")) == "1"
    assert book.judge(allow("us.security.cbp")) is None
    assert book.judge(allow("us.doj.fbi")) is None


def test_scope_and_purposes_limit_an_order():
    book = OrderBook()
    book.apply(order("1", "us", scope=["people"], purposes=["traffic-stop"]))
    assert book.judge(allow("us.doj")) == "1"
    assert book.judge(allow("us.doj", dataset="vehicles")) is None
    assert book.judge(allow("us.doj", purpose="missing-person")) is None
    book.apply(order("1", "us", state="lifted"))
    assert book.judge(allow("us.doj")) is None


@pytest.mark.parametrize(
    "change", [{"v": 2}, {"i": -1}, {"hour": "noon"}, {"agencies": ["us", "il"]}, {"x": 1}, {"epoch": True}]
)
def test_a_header_that_breaks_a_rule_is_none(change):
    receipt = log.append(answer("il.isp"))
    header = parse_header(bytes(Entry.objects.using("audit").get(index=receipt.entry).header))
    check_header(header)
    with pytest.raises(BadHeader):
        check_header(header | change)
