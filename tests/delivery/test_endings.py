"""However an export ends, its request or its making has an outcome in the log: by an order, a crash, a mistake, its owner."""

import json

import pytest

from openclear.access.errors import Refused
from openclear.audit.models import Body, Entry
from openclear.delivery import endings, exports, jobs
from openclear.delivery.models import Export
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from tests.cast import cut_off, grant, lift
from tests.delivery.test_kept import ask_export

pytestmark = pytest.mark.anywhere


@pytest.fixture(autouse=True)
def _a_quota_of_their_own():
    """These stories request more exports than one person may in a day."""
    mine = Export.objects.filter(owner__in=["frost", "ives", "kerr"])
    mine.delete()
    yield
    mine.delete()


def told_of(export):
    """Each entry of an export as its kind, its number, the entry it is the outcome of, and its body."""
    told = []
    for body in Body.objects.using("audit").filter(fields__contains=str(export)):
        header = json.loads(bytes(Entry.objects.using("audit").get(index=body.entry).header))
        fields = {name: held.get("value") for name, held in json.loads(body.fields).items()}
        told.append((header["kind"], body.entry, header.get("attempt"), header["decision"], fields))
    return told


def outcomes(export):
    return [entry for entry in told_of(export) if entry[0] == "outcome"]


def test_an_export_that_an_order_ends_in_the_making_has_its_outcome(monkeypatch):
    row = ask_export("ives")
    real = jobs.every_row

    def every_row(key, **named):
        for place, rows in enumerate(real(key, **named)):
            if place == 1:
                cut_off("us.dhs.ice")
            yield rows

    monkeypatch.setattr(jobs, "every_row", every_row)
    try:
        jobs.make_export(row.id)
    finally:
        lift("us.dhs.ice")
    (attempt,) = [entry for entry in told_of(row.id) if entry[0] == "attempt"]
    (outcome,) = outcomes(row.id)
    assert (outcome[2], outcome[3]) == (attempt[1], "error")
    assert outcome[4]["problem"] == jobs.ENDED
    assert outcome[4]["officer"] == "ives"
    assert Export.objects.get(pk=row.id).attempt is None


def test_an_export_that_an_order_ends_while_it_waits_has_its_outcome_when_its_turn_comes():
    row = ask_export("ives")
    asked = Export.objects.get(pk=row.id).attempt
    cut_off("us.dhs.ice")
    try:
        jobs.make_export(row.id)
        (outcome,) = outcomes(row.id)
    finally:
        lift("us.dhs.ice")
    assert (outcome[2], outcome[4]["problem"]) == (asked, endings.ENDED_FIRST)
    assert endings.log_endings() == 0, "once"


def test_an_export_that_is_made_has_one_outcome():
    row = ask_export("frost")
    jobs.make_export(row.id)
    jobs.make_export(row.id)
    exports.end_export(grant("frost", Action.EXPORT_KEEP), export=row.id)
    exports.expire()
    (outcome,) = outcomes(row.id)
    assert (outcome[3], "problem" in outcome[4]) == ("none", False)


def test_an_export_that_fails_in_the_making_has_its_outcome_without_the_words_of_the_failure(monkeypatch):
    row = ask_export("frost")

    def broken(*_given, **_named):
        raise ValueError("a name from a record")

    monkeypatch.setattr(jobs, "every_row", broken)
    jobs.make_export(row.id)
    (outcome,) = outcomes(row.id)
    assert (outcome[3], outcome[4]["problem"]) == ("error", "This failed; request it again.")
    assert "a name from a record" not in str(told_of(row.id))


def test_an_export_whose_worker_was_killed_has_its_outcome_at_the_next_start(monkeypatch):
    row = ask_export("frost")

    def killed(*_given, **_named):
        raise KeyboardInterrupt

    monkeypatch.setattr(jobs, "every_row", killed)
    with pytest.raises(KeyboardInterrupt):
        jobs.make_export(row.id)
    assert outcomes(row.id) == []
    assert jobs.fail_interrupted() >= 1
    (outcome,) = outcomes(row.id)
    assert outcome[4]["problem"].startswith("The worker stopped")


def test_an_outcome_that_the_log_did_not_take_is_made_up_for(monkeypatch):
    from openclear.access import gate
    from openclear.audit.errors import LogUnavailable

    row = ask_export("ives")

    def down(*_given, **_named):
        raise LogUnavailable("the log is down")

    with monkeypatch.context() as patch:
        patch.setattr(gate, "log_ending", down)
        patch.setattr(jobs, "every_row", down)
        with pytest.raises(LogUnavailable):
            jobs.make_export(row.id)
    assert (Export.objects.get(pk=row.id).state, outcomes(row.id)) == ("failed", [])
    assert endings.log_endings() >= 1
    assert len(outcomes(row.id)) == 1


def test_an_export_that_waits_too_long_or_is_ended_by_its_owner_has_its_outcome():
    waiting, own = ask_export("frost"), ask_export("frost")
    exports.end_export(grant("frost", Action.EXPORT_KEEP), export=own.id)
    Export.objects.filter(pk=waiting.id).update(expires=clock.now())
    exports.expire()
    assert [len(outcomes(row.id)) for row in (waiting, own)] == [1, 1]


def test_an_export_of_somebody_who_is_refused_has_its_outcome():
    row = ask_export("kerr")
    cut_off("us.dhs.ice")
    try:
        Export.objects.filter(pk=row.id).update(state="queued")  # as if the order had not seen it
        with pytest.raises(Refused):
            grant("kerr", Action.EXPORT_KEEP)
        jobs.make_export(row.id)
    finally:
        lift("us.dhs.ice")
    (outcome,) = outcomes(row.id)
    assert outcome[4]["problem"] == jobs.ENDED
