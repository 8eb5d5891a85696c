"""An exported file: made, handed out range by range, ended; always under the orders and labels of that moment."""

from datetime import timedelta
from uuid import UUID

import pytest

from openclear.access.errors import Refused
from openclear.delivery import exports, jobs
from openclear.delivery.errors import Gone
from openclear.delivery.exports import commands
from openclear.delivery.files import ids_of, path_of
from openclear.delivery.models import Export
from openclear.records.cases.models import Case
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from tests.cast import cut_off, grant, lift, open_case
from tests.delivery.test_kept import ask_export, made, part


@pytest.mark.anywhere
def test_a_file_is_there_for_seven_days_and_then_gone():
    from openclear.operations.worker import _duties

    row = made(ask_export("frost"))
    assert row.expires - row.created == timedelta(days=7)
    Export.objects.filter(pk=row.id).update(expires=clock.now())
    with pytest.raises(Gone):
        part("frost", row.id)
    assert exports.expire in {duty._act for duty in _duties()}
    assert exports.expire() >= 1
    assert not path_of(row.id).exists()
    assert Export.objects.get(pk=row.id).state == "ended"


@pytest.mark.anywhere
def test_a_range_is_decided_in_the_owners_name_under_the_order():
    row = made(ask_export("ives"))
    keeping = grant("ives", Action.EXPORT_KEEP)
    kept = {path: path.read_bytes() for path in path_of(row.id).parent.glob(f"{row.id}*")}
    cut_off("us.dhs.ice")
    try:
        Export.objects.filter(pk=row.id).update(state="ready")  # as if the order had not seen it
        for path, data in kept.items():
            path.write_bytes(data)
        with pytest.raises(Refused, match="cut off"):
            exports.open_part(keeping, export=row.id, start=0, stop=9, address="")
    finally:
        lift("us.dhs.ice")
        exports.end_export(grant("ives", Action.EXPORT_KEEP), export=row.id)


@pytest.mark.anywhere
def test_an_ended_export_is_handed_out_by_nobody_though_its_file_was_left():
    row = made(ask_export("frost"))
    for state in ("ended", "failed", "running"):
        Export.objects.filter(pk=row.id).update(state=state)
        with pytest.raises(Gone):
            part("frost", row.id)


@pytest.mark.anywhere
def test_nobody_has_more_exports_than_a_days(monkeypatch):
    from openclear.vocabulary.errors import NotPossible

    assert commands.MOST_PER_DAY == 20
    monkeypatch.setattr(commands, "MOST_PER_DAY", Export.objects.filter(owner="hale").count() + 1)
    ask_export("hale")
    with pytest.raises(NotPossible, match="within a day"):
        ask_export("hale")


@pytest.mark.anywhere
def test_a_case_that_is_closed_after_the_last_chunk_ends_the_export(monkeypatch):
    row, real = ask_export("frost"), jobs.ExportDraft.finish
    number = Export.objects.get(pk=row.id).case

    def finish(draft, *named):
        Case.objects.filter(number=number).update(closed=clock.today())
        return real(draft, *named)

    monkeypatch.setattr(jobs.ExportDraft, "finish", finish)
    try:
        jobs.make_export(row.id)
        assert Export.objects.get(pk=row.id).state == "failed"
        assert not path_of(row.id).exists()
    finally:
        Case.objects.filter(number=number).update(closed=None)


@pytest.mark.anywhere
def test_an_export_that_ended_while_it_was_made_leaves_no_file(monkeypatch):
    row, real = ask_export("frost"), jobs.ExportDraft.finish

    def finish(draft, *named):
        done = real(draft, *named)
        Export.objects.filter(pk=row.id).update(
            state="ended"
        )  # by whoever looked for its files before they were there
        return done

    monkeypatch.setattr(jobs.ExportDraft, "finish", finish)
    jobs.make_export(row.id)
    assert Export.objects.get(pk=row.id).state == "ended"
    assert not path_of(row.id).exists()


@pytest.mark.anywhere
def test_a_pdf_says_whose_it_is():
    from pypdf import PdfReader

    row = made(ask_export("frost", "people", "garcia", "pdf"))
    reader = PdfReader(path_of(row.id))
    assert all("made_for: frost" in page.extract_text() for page in reader.pages)
    root = reader.trailer["/Root"]
    assert (root["/MarkInfo"]["/Marked"], root["/Lang"]) == (True, "en")  # a screen reader finds its way


@pytest.mark.parametrize("format_name", ["csv", "parquet", "pdf"])
def test_a_record_that_is_expunged_leaves_in_no_file_any_more(format_name):
    from openclear.records.people.models import Person
    from openclear.vocabulary.labels import Label

    key = grant("frost", Action.PERSON_SEARCH, case=open_case())
    row = exports.request_export(key, kind="people", text="garcia", filters={}, format_name=format_name)
    jobs.make_export(row.id)
    keeping = grant("frost", Action.EXPORT_KEEP)
    size = Export.objects.get(pk=row.id).size
    assert exports.open_part(keeping, export=row.id, start=0, stop=size, address="")
    person = Person.objects.get(pk=ids_of(row.id, 0, size)[3])
    Person.objects.filter(pk=person.pk).update(labels=Label.EXPUNGED.value)
    try:
        with pytest.raises(Gone, match="has ended; request it again"):
            exports.open_part(keeping, export=row.id, start=0, stop=size, address="")
        assert not path_of(row.id).exists()
    finally:
        Person.objects.filter(pk=person.pk).update(labels=person.labels)


def test_a_range_is_held_against_the_rows_that_it_holds_parts_of():
    key = grant("frost", Action.PERSON_SEARCH, case=open_case())
    row = exports.request_export(key, kind="people", text="garcia", filters={}, format_name="csv")
    jobs.make_export(row.id)
    data = path_of(row.id).read_bytes()
    lines = data.splitlines(keepends=True)
    every = ids_of(row.id, 0, len(data))
    assert [str(UUID(one)) for one in every] == [line.split(b",")[0].decode() for line in lines[1:]]
    begins = [sum(map(len, lines[:number])) for number in range(len(lines))]
    for first in range(1, len(lines)):
        inside = begins[first] + 5
        assert ids_of(row.id, inside, inside + 1) == [every[first - 1]]
        assert ids_of(row.id, begins[first], begins[first] + len(lines[first])) == [every[first - 1]]
    assert ids_of(row.id, 0, begins[1]) == []


def test_a_case_that_is_closed_while_an_export_is_made_ends_it(monkeypatch):
    facts = {
        "kind": "case",
        "title": "T",
        "opened": "2026-01-01",
        "source": "test",
        "owner_agency": "us.doj.fbi",
    }
    case = Case.objects.create(source_id="closing2", number="FB-CLOSING2", **facts)
    key = grant("frost", Action.PERSON_SEARCH, case="FB-CLOSING2")
    row = exports.request_export(key, kind="people", text="garcia", filters={}, format_name="csv")
    real = jobs.every_row

    def every_row(asked, **named):
        for rows in real(asked, **named):
            Case.objects.filter(pk=case.pk).update(closed="2026-06-01")
            yield rows

    monkeypatch.setattr(jobs, "every_row", every_row)
    jobs.make_export(row.id)
    assert Export.objects.get(pk=row.id).state == "failed"
    assert not path_of(row.id).exists()
    case.delete()
