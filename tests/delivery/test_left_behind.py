"""What a killed process leaves behind: a sealing half done is finished by a running worker, drafts are nobody's to read and go."""

import os
import stat
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from openclear.audit.reading import entries, entry
from openclear.delivery import drafts, exports, files, jobs
from openclear.delivery.models import Export
from openclear.operations import finishing
from openclear.records import models, sealing
from openclear.search.stream import every_row
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.labels import Label
from openclear.vocabulary.purposes import Purpose
from tests.cast import cut_off, grant, lift, open_case


class PowerLossError(BaseException):
    pass


def crash(*_, **__):
    raise PowerLossError


@pytest.fixture
def person():
    made = models.Person.objects.create(
        source="left", source_id=uuid4().hex[:12], family="Kestrelby", given="Odo", birth_date="1970-01-01"
    )
    yield made
    models.Person.objects.filter(source="left").delete()
    models.Sealing.objects.filter(record=made.id).delete()


def broken_off(person, monkeypatch, step):
    key = grant("osei", Action.RECORD_SEAL, Purpose.RECORDS_MAINTENANCE)
    with monkeypatch.context() as broken:
        broken.setattr(sealing, step, crash)
        with pytest.raises(PowerLossError):
            sealing.seal(key, kind="person", record=person.id, court_order="2026 MR 9")


def labels_of(person):
    return models.Person.objects.get(pk=person.pk).labels


@pytest.mark.parametrize(("step", "labels"), [("rows_of", 0), ("_nothing_under_way", Label.SEALED.value)])
def test_a_running_worker_finishes_a_sealing_that_a_crash_broke_off(person, monkeypatch, step, labels):
    broken_off(person, monkeypatch, step)
    assert labels_of(person) == labels
    assert finishing.finish_broken_sealings() == 0, "somebody may be about it"
    begun = models.Sealing.objects.filter(record=person.id)
    begun.update(begun=clock.now() - finishing.GRACE - timedelta(seconds=1))
    rounds = iter([False, True])
    finishing._run(SimpleNamespace(wait=lambda _: next(rounds)))
    assert not begun.filter(done=False).exists()
    assert labels_of(person) == Label.SEALED.value
    key = grant("okafor", Action.LOG_VIEW_ALL, Purpose.OVERSIGHT_REVIEW)
    bodies = [entry(key, number=row.number).body for row in entries(key)]
    assert [body for body in bodies if body.get("completed") == "person" and body["record"] == str(person.id)]


def test_it_is_within_a_minute_whatever_export_the_worker_is_making():
    assert finishing.GRACE.total_seconds() + finishing.EVERY_SECONDS < 60


def test_a_sealing_that_the_log_did_not_take_is_none(person, monkeypatch):
    monkeypatch.setattr(sealing.gate, "log_act", lambda *_, **__: 1 / 0)
    key = grant("osei", Action.RECORD_SEAL, Purpose.RECORDS_MAINTENANCE)
    with pytest.raises(ZeroDivisionError):
        sealing.seal(key, kind="person", record=person.id, court_order="2026 MR 9")
    assert not models.Sealing.objects.filter(record=person.id).exists()


@pytest.fixture
def killed(monkeypatch):
    """An export of Ives that a killed worker was making: its file is half written, and stays."""
    monkeypatch.setattr(drafts.ExportDraft, "discard", lambda _: None)
    monkeypatch.setattr(jobs, "_write", crash_in_the_middle)
    before = os.umask(0)
    key = grant("ives", Action.INCIDENT_SEARCH)
    row = exports.request_export(key, kind="incidents", text="0", filters={}, format_name="csv")
    with pytest.raises(PowerLossError):
        jobs.make_export(row.id)
    yield row.id
    os.umask(before)
    Export.objects.filter(owner="ives").delete()


def crash_in_the_middle(_row, asking, _keeping, draft):
    for rows in every_row(asking, kind="incidents", text="0", filters={}):
        draft.add("people", rows)
    draft.finish("incidents", "csv", {})
    raise PowerLossError


def left_of(export):
    # The ids of its rows, and of those that they name, stay: oversight asks who was shown what.
    return sorted(
        path for path in files.path_of("x").parent.glob(f"{export}*") if path.suffix not in {".ids", ".told"}
    )


def test_nobody_else_can_read_a_draft_whatever_the_umask(killed):
    left = [*left_of(killed), *(files.path_of(killed).with_suffix(suffix) for suffix in (".ids", ".told"))]
    assert {path.suffix for path in left} == {".draft", ".made", ".rows", ".told", ".ids"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in left} == {0o600}


def test_the_next_worker_removes_drafts_also_those_that_no_export_speaks_of(killed):
    stray = files.path_of(uuid4()).with_suffix(".draft")
    stray.write_text("{}")
    assert jobs.fail_interrupted() >= 1
    assert not left_of(killed)
    assert not stray.exists()


def test_an_order_removes_the_draft_of_whom_it_cuts(killed):
    receipt = cut_off("us.dhs.ice")
    try:
        assert not left_of(killed)
    finally:
        lift(receipt.order)


def test_a_file_whose_rows_were_sealed_while_it_was_made_is_not_kept(person, monkeypatch):
    key = grant("rivera", Action.INCIDENT_SEARCH, case=open_case())
    row = exports.request_export(key, kind="incidents", text="0", filters={}, format_name="csv")
    finished = drafts.ExportDraft.finish

    def finish_late(*given):
        done = finished(*given)
        sealing.seal(
            grant("osei", Action.RECORD_SEAL, Purpose.RECORDS_MAINTENANCE), kind="person", record=person.id, court_order="2026 MR 9"
        )  # fmt: skip
        return done

    monkeypatch.setattr(drafts.ExportDraft, "finish", finish_late)
    jobs.make_export(row.id)
    made = Export.objects.get(pk=row.id)
    assert (made.state, made.problem) == ("failed", jobs.SEALED)
    assert not files.path_of(row.id).exists()
    made.delete()
