"""What stands beside the key: whoever can write the audit database alone cannot rewrite the past, and an honest crash goes on."""

import contextlib
import json
import os
import signal

import pytest
from django.conf import settings
from django.db import connections

from openclear.access.errors import LogCutBack
from openclear.access.orders.recovery import reconcile
from openclear.access.orders.seen import newest_seen, note_checkpoint
from openclear.audit import checking, heads, ledger, log
from openclear.audit.errors import BrokenLog, LogRefuses
from openclear.audit.heads import HEAD, HeadFile, look
from openclear.audit.models import Body, Entry, KnownLog, SignedCheckpoint
from openclear.audit.opening import open_ledger
from openclear.audit.proof.canonical import encode
from openclear.audit.proof.checkpoints import size_of
from openclear.audit.proof.merkle import leaf_hash
from openclear.audit.proof.report import report
from openclear.audit.proof.verification import MOST_FAULTS
from openclear.audit.queries import verify
from openclear.audit.rows import NewEntry
from openclear.audit.sequencer import hold_lock
from openclear.cli.city import acts
from openclear.cli.main import main
from tests.audit.test_log import answer, sequencer_pid, wait_for
from tests.cast import cut_off, lift, search

TABLES = [model._meta.db_table for model in (Entry, Body, SignedCheckpoint)]


def opened():
    return open_ledger(settings.KEYS_FOLDER)


@contextlib.contextmanager
def no_writer():
    """Nobody writes the log, and nobody starts a writer."""
    command, settings.SEQUENCER_COMMAND = settings.SEQUENCER_COMMAND, []
    try:
        wait_for(has_ended)
        yield
    finally:
        settings.SEQUENCER_COMMAND = command


def has_ended():
    log.stop()
    lock = hold_lock(settings.LOG_FOLDER)
    if lock is not None:
        os.close(lock)
    return lock is not None


def alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return not is_zombie(process)


def is_zombie(process):
    with contextlib.suppress(FileNotFoundError):
        from pathlib import Path

        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


@contextlib.contextmanager
def mallory():
    """Somebody has the audit database, without the key and while no writer runs. Everything is put back afterwards."""
    with no_writer():
        execute(*[f"CREATE TABLE kept_{table} AS SELECT * FROM {table}" for table in TABLES])
        try:
            yield
        finally:
            for table in TABLES:
                execute(
                    f"DELETE FROM {table}",
                    f"INSERT INTO {table} SELECT * FROM kept_{table}",
                    f"DROP TABLE kept_{table}",
                )
            (settings.LOG_FOLDER / "sequencer.refusal").unlink(missing_ok=True)


def execute(*statements):
    with connections["audit"].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def rewrite(first, change):
    """Change the headers from entry `first` on, and make number, leaf and body fit, as far as that goes without the key."""
    rows = list(Entry.objects.using("audit").filter(index__gte=first))
    wanted = change([json.loads(bytes(row.header)) for row in rows])
    Entry.objects.using("audit").filter(index__gte=first).delete()
    made = []
    for number, header in enumerate(wanted, first):
        data = encode(header | {"i": number})
        made.append(Entry(index=number, header=data, leaf=leaf_hash(data)))
    Entry.objects.using("audit").bulk_create(made, batch_size=500)
    Body.objects.using("audit").filter(entry__gte=first + len(made)).delete()


def forget_checkpoints(above):
    SignedCheckpoint.objects.using("audit").filter(size__gt=above).delete()


def faults():
    return [fault["entry"] for fault in verify().faults]


def test_size_and_root_stand_beside_the_key_before_an_entry_is_acknowledged():
    receipt = log.append(answer("il.isp"))
    head = look(settings.KEYS_FOLDER).head
    assert head.size > receipt.entry
    state = log.state()
    assert (head.size, head.root) == (state.size, state.root)
    note = log.checkpoint()
    assert look(settings.KEYS_FOLDER).head.note == note
    assert [each.note for each in look(settings.KEYS_FOLDER).signed][-1] == note
    assert (settings.KEYS_FOLDER / HEAD).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("end", ["stop", "terminate"])
def test_the_sequencer_signs_when_it_ends(end):
    size = log.append(answer("il.isp")).entry + 1
    process = sequencer_pid()
    if end == "stop":
        log.stop()
    else:
        os.kill(process, signal.SIGTERM)
    wait_for(lambda: not alive(process))
    log.hang_up()
    newest = SignedCheckpoint.objects.using("audit").order_by("size").last()
    assert newest.size >= size


# --- honest crashes ---------------------------------------------------------------------------------------------------


class Crash(BaseException):
    """The power goes."""


def crash(*_arguments, **_named):
    raise Crash


def torn(self, head):
    """Half of the record is on the disk, the rest is what was there."""
    descriptor = self._descriptor(HEAD)
    place = self._turn % 2 * heads.PLACE
    os.pwrite(descriptor, self._record(head, self._turn)[:90], place)
    raise Crash


def new_entry(text):
    return log.question_of(NewEntry("refusal", "deny", agencies=["il.isp"], details={"text": text}))


# Where the batch of two stands after the crash.
APPEND_STEPS = {
    "before the entries are stored": ((ledger, "store", crash), 0),
    "after they are stored, before the head": ((HeadFile, "write", crash), 2),
    "in the middle of the head": ((HeadFile, "write", torn), 2),
    "after the head": ((HeadFile, "fingerprint", crash), 2),
}


@pytest.mark.parametrize("step", APPEND_STEPS)
def test_a_crash_at_any_step_of_a_batch_is_gone_on_from(step, monkeypatch):
    (where, name, failing), more = APPEND_STEPS[step]
    with no_writer():
        writer = opened()
        size = writer.tree.size
        monkeypatch.setattr(where, name, failing)
        with pytest.raises(Crash):
            writer.append([new_entry("one"), new_entry("two")])
        monkeypatch.undo()
        again = opened()
        assert again.tree.size == size + more
        assert look(settings.KEYS_FOLDER).head.size == size + more
        again.append([new_entry("three")])
        assert opened().tree.size == size + more + 1
    assert verify().ok


def stored_half(_self, signed):
    """Half a line of the list of checkpoints is on the disk."""
    with (settings.KEYS_FOLDER / heads.CHECKPOINTS).open("ab") as file:
        file.write(heads._line(signed)[:40])
    raise Crash


SIGN_STEPS = {
    "before the list of checkpoints": (HeadFile, "keep", crash),
    "in the middle of the list": (HeadFile, "keep", stored_half),
    "before the head": (HeadFile, "write", crash),
    "before the database": (ledger, "keep_checkpoint", crash),
}


@pytest.mark.parametrize("step", SIGN_STEPS)
def test_a_crash_at_any_step_of_signing_is_gone_on_from(step, monkeypatch):
    with no_writer():
        writer = opened()
        writer.append([new_entry("one")])
        monkeypatch.setattr(*SIGN_STEPS[step])
        with pytest.raises(Crash):
            writer.sign()
        monkeypatch.undo()
        again = opened()
        assert again.sign() == opened().note
    assert verify().ok


def test_a_batch_that_was_not_the_writers_own_is_not_taken_over(monkeypatch):
    """The same place in time as an honest crash, but the entries are forged: the code of the batch tells them apart."""
    with no_writer():
        writer = opened()
        size = writer.tree.size
        monkeypatch.setattr(HeadFile, "write", crash)
        with pytest.raises(Crash):
            writer.append([new_entry("one"), new_entry("two")])
        monkeypatch.undo()
        kept = Entry.objects.using("audit").get(index=size)
        header = json.loads(bytes(kept.header)) | {"agencies": ["il.oaklawn.pd"]}
        forged = encode(header)
        Entry.objects.using("audit").filter(index=size).update(header=forged, leaf=leaf_hash(forged))
        with pytest.raises(BrokenLog, match=f"Entry {size} is in the audit database but was never appended"):
            opened()
        # Only the first of the two was taken away: that is no batch of the writer's either.
        Entry.objects.using("audit").filter(index=size).update(
            header=bytes(kept.header), leaf=bytes(kept.leaf)
        )
        last = Entry.objects.using("audit").get(index=size + 1)
        last.delete()
        with pytest.raises(BrokenLog, match=f"Entry {size} is in"):
            opened()
        last.index = size + 1  # Django takes the number of what it deletes away
        last.save(using="audit", force_insert=True)
        assert opened().tree.size == size + 2
    assert verify().ok


# --- attacks on the audit database ------------------------------------------------------------------------------------


def test_agencies_changed_and_later_checkpoints_deleted():
    assert search("ives", "garcia").status_code == 200
    place = log.append(answer("us.dhs.ice.ero")).entry
    log.checkpoint()
    log.append(answer("il.isp"))
    log.checkpoint()
    with mallory():
        rewrite(place, lambda rest: [rest[0] | {"agencies": ["il.isp"]}, *rest[1:]])
        forget_checkpoints(place)
        with pytest.raises(BrokenLog, match=f"Entry {place} of the log is not the one that was appended"):
            opened()
        assert faults()[0] == place
    assert verify().ok


def test_the_order_and_all_refusals_removed():
    log.append(answer("il.isp"))
    log.checkpoint()
    place = log.state().size
    cut_off("us.dhs.ice")
    try:
        assert search("ives", "garcia").status_code == 403
        with mallory():
            rewrite(
                place,
                lambda rest: [
                    header | {"i": 0}
                    for header in rest
                    if header["kind"] not in ("order", "in-force", "refusal", "outcome")
                ],
            )
            forget_checkpoints(place)
            with pytest.raises(BrokenLog, match=rf"(Entry|ends before entry) {place}"):
                opened()
            assert faults()[0] == place
    finally:
        lift("us.dhs.ice")
    assert verify().ok


@pytest.mark.parametrize("signed", [True, False])
def test_the_newest_entries_and_checkpoint_removed(signed):
    log.append(answer("il.isp"))
    log.checkpoint()
    place = log.append(answer("us.dhs.ice.ero")).entry
    log.append(answer("il.isp"))
    if signed:
        log.checkpoint()
    with mallory():
        rewrite(place, lambda _rest: [])
        forget_checkpoints(place)
        with pytest.raises(BrokenLog, match=f"The log ends before entry {place}, the first that is missing"):
            opened()
        assert faults()[0] == place
    assert verify().ok


def test_the_last_batch_removed():
    """One batch less is never what a crash leaves: the head follows the database, and comes before the answer."""
    place = log.append(answer("us.dhs.ice.ero")).entry
    with mallory():
        rewrite(place, lambda _rest: [])
        forget_checkpoints(place)
        with pytest.raises(BrokenLog, match=f"ends before entry {place}"):
            opened()


def test_entries_put_behind_the_newest():
    size = log.append(answer("il.isp")).entry + 1
    with mallory():
        rewrite(size - 1, lambda rest: [*rest, rest[-1] | {"agencies": ["us.doj.fbi"]}])
        with pytest.raises(BrokenLog, match=f"Entry {size} is in the audit database but was never appended"):
            opened()
        assert size in faults()


def test_a_checkpoint_removed_changed_or_added_is_named_and_written_again(caplog):
    """The table of checkpoints is made of what stands beside the key: no row of it stops the city, and none is believed."""
    first = log.append(answer("il.isp")).entry + 1
    log.checkpoint()
    log.append(answer("il.isp"))
    log.checkpoint()
    with mallory():
        rows = SignedCheckpoint.objects.using("audit")
        whole = list(rows.values_list("size", "note", "listing"))
        opened()
        assert not caplog.records, "an honest table is no alarm"
        kept = rows.get(size=first)
        for change in (
            lambda: rows.filter(size=first).delete(),
            lambda: rows.filter(size=first).update(listing=""),
            lambda: rows.filter(size=first).update(note=whole[-1][1]),
        ):
            change()
            assert any(
                f"checkpoint over {first} entries" in fault["problem"] for fault in verify().faults
            ) or (rows.get(size=first).note == kept.note)
            caplog.clear()
            opened()
            assert f"checkpoint over {first} entries" in caplog.text
            assert list(rows.values_list("size", "note", "listing")) == whole
        rows.create(size=10**9, note="bogus")
        assert not verify().ok
        caplog.clear()
        opened()
        assert f"checkpoint over {10**9} entries" in caplog.text
        assert list(rows.values_list("size", "note", "listing")) == whole


def test_a_row_put_where_the_next_checkpoint_will_stand_does_not_stay_there():
    size = log.append(answer("il.isp")).entry + 1
    rows = SignedCheckpoint.objects.using("audit")
    rows.create(size=size, note="bogus")
    note = log.checkpoint()
    assert rows.get(size=size).note == note


def unreadable(_folder):
    raise PermissionError


def test_a_log_that_its_writer_refuses_does_not_verify_for_those_who_may_not_read_the_keys(monkeypatch):
    log.append(answer("il.isp"))
    log.checkpoint()
    kept = log.state().size
    log.append(answer("us.dhs.ice"))
    log.checkpoint()
    note_checkpoint()
    seen = newest_seen()
    monkeypatch.setattr(checking, "look", unreadable)
    assert verify(seen=seen).ok
    assert "may not read the folder of keys" in verify().not_compared[0]
    assert "not compared   with the files next to the key" in "\n".join(report(verify(), None))
    key = log.key_line()
    with mallory():
        rewrite(kept, lambda _rest: [])
        forget_checkpoints(kept)
        result = verify()
        assert (result.ok, result.key, result.key_from) == (False, key, checking.OF_POLICE)
        assert "the log's writer does not respond" in result.faults[0]["problem"]
        problems = [fault["problem"] for fault in verify(seen=seen).faults]
        assert f"removed: the police database saw {seen[0]} entries of this log" in problems
        KnownLog.objects.all().delete()
        try:
            assert not verify().ok, "the key is never taken from the log itself"
        finally:
            keep_again(key)


def keep_again(key):
    header = Entry.objects.using("audit").get(index=0)
    KnownLog.objects.create(pk=1, key=key, leaf=bytes(header.leaf).hex())


def test_a_writer_with_another_key_or_history_than_the_police_database_knows_is_a_fault():
    size = size_of(log.checkpoint())
    problems = [fault["problem"] for fault in verify(seen=(size, "00" * 32)).faults]
    assert problems == [f"the first {size} entries are not those that the police database saw"]
    key = KnownLog.objects.get().key
    KnownLog.objects.update(key=key.replace("+", "x+", 1))
    try:
        assert "has another key" in verify().faults[0]["problem"]
    finally:
        KnownLog.objects.update(key=key)


def test_what_a_person_looks_for_is_named_however_many_faults_there_are():
    """A wrong key makes a fault of every checkpoint; the one sentence that says why stands before them all."""
    while SignedCheckpoint.objects.using("audit").count() <= MOST_FAULTS:
        log.append(answer("il.isp"))
        log.checkpoint()
    known = KnownLog.objects.get()
    KnownLog.objects.update(key=known.key.replace("+", "x+", 1))
    try:
        result = verify(seen=(size_of(log.checkpoint()), "00" * 32))
    finally:
        KnownLog.objects.update(key=known.key)
    assert "has another key" in result.faults[0]["problem"]
    assert "are not those that the police database saw" in result.faults[1]["problem"]
    assert result.more_faults


# --- erasures -----------------------------------------------------------------------------------------------------------


def an_erased_entry():
    """The writer crashed before it signed that an entry was erased."""
    said = NewEntry("refusal", "deny", agencies=["il.isp"], case="7", details={"text": "private"})
    writer = opened()
    entry = writer.append([log.question_of(said)])[0]["entry"]
    facts = {"erase": {"entry": entry, "fields": ["case", "text"]}}
    said = {"officer": "okafor", "details": {"court_order": "x"}}
    assert "entry" in writer.append([log.question_of(NewEntry("erase", "none", extra=facts, **said))])[0]
    return entry


@pytest.mark.parametrize("damage", ["body", "field", "malformed", "salt"])
def test_what_is_absent_counts_as_erased_and_the_log_goes_on(damage, caplog):
    with no_writer():
        entry = an_erased_entry()
    with mallory():
        row = Body.objects.using("audit").filter(entry=entry)
        fields = json.loads(row.get().fields)
        if damage == "body":
            row.delete()
        else:
            stored = {
                "field": json.dumps({"text": fields["text"]}),
                "malformed": "[]",
                "salt": json.dumps(fields | {"text": {"salt": "?", "value": "private"}}),
            }
            row.update(fields=stored[damage])
        assert opened().tree.size > entry
        assert f"entry {entry}" in caplog.text
        assert not verify().ok


def test_only_erasures_behind_the_newest_signed_head_are_repeated(caplog):
    with no_writer():
        entry = an_erased_entry()
    with mallory():
        fields = json.dumps({"text": {"salt": "A" * 43 + "=", "value": "again"}})
        Body.objects.using("audit").filter(entry=entry).update(fields=fields)
        opened().sign()
        assert "again" not in Body.objects.using("audit").get(entry=entry).fields
        Body.objects.using("audit").filter(entry=entry).delete()
        caplog.clear()
        opened()
        assert not caplog.records


def test_whatever_keeps_the_writer_from_opening_is_told_to_those_who_wait(monkeypatch, capsys):
    def fails(_folder):
        raise OSError("the disk is on fire")

    with no_writer():
        monkeypatch.setattr(acts, "open_ledger", fails)
        try:
            assert main(["sequencer"], lambda: None) == 1
            assert "the disk is on fire" in capsys.readouterr().err
            with pytest.raises(LogRefuses, match=r"cannot be opened \(OSError: the disk is on fire\)"):
                log.append(answer("il.isp"))
        finally:
            (settings.LOG_FOLDER / "sequencer.refusal").unlink()


def test_without_fingerprints_a_range_is_named():
    log.checkpoint()
    place = log.append(answer("us.dhs.ice.ero")).entry
    log.append(answer("il.isp"))
    log.checkpoint()
    with mallory():
        (settings.KEYS_FOLDER / heads.FINGERPRINTS).unlink()
        rewrite(place, lambda rest: [rest[0] | {"agencies": ["il.isp"]}, *rest[1:]])
        with pytest.raises(BrokenLog, match=r"from \d+ to \d+ is not the one that was appended") as raised:
            opened()
        low, high = (int(word) for word in str(raised.value).split() if word.isdigit())
        assert low <= place <= high
    opened_size = log.state().size
    assert (settings.KEYS_FOLDER / heads.FINGERPRINTS).stat().st_size >= 4 * (opened_size - 1)


def test_a_head_that_is_missing_damaged_or_of_another_key_is_a_refusal():
    log.append(answer("il.isp"))
    path = settings.KEYS_FOLDER / HEAD
    with no_writer():
        original = path.read_bytes()
        try:
            path.rename(path.with_name("moved"))
            with pytest.raises(BrokenLog, match=r"no log\.head next to the signing key"):
                opened()
            assert any("no log.head" in fault["problem"] for fault in verify().faults)
            path.with_name("moved").rename(path)
            path.write_bytes(b"x" * len(original))
            with pytest.raises(BrokenLog, match="damaged"):
                opened()
            path.write_bytes(original.replace(b'"size": ', b'"size": 1'))
            with pytest.raises(BrokenLog, match="damaged"):
                opened()
        finally:
            path.write_bytes(original)
        opened()


def test_a_list_of_checkpoints_that_is_shorter_than_the_head_is_a_refusal():
    log.append(answer("il.isp"))
    log.checkpoint()
    path = settings.KEYS_FOLDER / heads.CHECKPOINTS
    with no_writer():
        original = path.read_bytes()
        try:
            path.write_bytes(original[: original[:-1].rfind(b"\n") + 1])
            with pytest.raises(BrokenLog, match="lacks the newest checkpoint"):
                opened()
        finally:
            path.write_bytes(original)


# --- the next start ---------------------------------------------------------------------------------------------------


def test_whoever_waits_for_the_writer_is_told_why_it_does_not_go_on():
    place = log.append(answer("il.isp")).entry
    command = settings.SEQUENCER_COMMAND
    with mallory():
        rewrite(place, lambda _rest: [])
        forget_checkpoints(place)
        settings.SEQUENCER_COMMAND = command
        with pytest.raises(LogRefuses, match=f"ends before entry {place}"):
            reconcile()
        settings.SEQUENCER_COMMAND = []
    assert log.append(answer("il.isp")).entry > place


def both_cut_back(size):
    """Audit database and folder of keys are both those of an older backup, which agree with each other."""
    rewrite(size, lambda _rest: [])
    forget_checkpoints(size)
    signed = [each for each in look(settings.KEYS_FOLDER).signed if each.size <= size]
    assert signed[-1].size == size
    from openclear.audit.keys import read_key
    from openclear.audit.proof.notes import parse_checkpoint

    checkpoint = parse_checkpoint(signed[-1].note)
    files = HeadFile(settings.KEYS_FOLDER, read_key(settings.KEYS_FOLDER / "log.key"))
    files.begin(heads.Head(size, checkpoint.root.hex(), signed[-1].note), signed)


@contextlib.contextmanager
def older_backup(size):
    with mallory():
        names = (HEAD, heads.CHECKPOINTS)
        kept = {name: (settings.KEYS_FOLDER / name).read_bytes() for name in names}
        both_cut_back(size)
        command, settings.SEQUENCER_COMMAND = settings.SEQUENCER_COMMAND, COMMAND[0]
        try:
            yield
        finally:
            log.stop()
            settings.SEQUENCER_COMMAND = command
            for name, data in kept.items():
                (settings.KEYS_FOLDER / name).write_bytes(data)
            for path in settings.KEYS_FOLDER.glob("log.*.[0-9]*"):
                path.unlink()
            (settings.KEYS_FOLDER / heads.FINGERPRINTS).unlink(missing_ok=True)


COMMAND = []


@pytest.fixture
def _command():
    COMMAND[:] = [settings.SEQUENCER_COMMAND]


@pytest.mark.usefixtures("_command")
def test_the_police_database_knows_a_log_that_was_cut_back_with_its_head():
    log.append(answer("il.isp"))
    size = int(log.checkpoint().split("\n")[1])
    log.append(answer("us.dhs.ice.ero"))
    log.checkpoint()
    note_checkpoint()
    seen, _ = newest_seen()
    assert seen > size
    with older_backup(size), pytest.raises(LogCutBack, match=f"saw {seen} entries"):
        reconcile()
    reconcile()


@pytest.mark.usefixtures("_command")
def test_a_log_cut_back_behind_an_order_is_a_refusal_to_start():
    from openclear.access.models import SeenCheckpoint

    log.append(answer("il.isp"))
    size = int(log.checkpoint().split("\n")[1])
    receipt = cut_off("us.dhs.ice")
    log.checkpoint()
    SeenCheckpoint.objects.all().delete()  # the order rows alone tell
    try:
        with (
            older_backup(size),
            pytest.raises(LogCutBack, match=f"Order {receipt.order} on us.dhs.ice was logged"),
        ):
            reconcile()
    finally:
        lift("us.dhs.ice")
    reconcile()
    assert newest_seen()[0] > size


@pytest.mark.usefixtures("_command")
def test_another_log_of_the_same_length_is_not_the_one_that_was_seen():
    log.append(answer("il.isp"))
    size = int(log.checkpoint().split("\n")[1])
    log.append(answer("us.dhs.ice.ero"))
    log.checkpoint()
    note_checkpoint()
    with older_backup(size):
        for _ in range(3):
            log.append(answer("il.isp"))
        with pytest.raises(LogCutBack, match="are not the ones that this database saw"):
            reconcile()
