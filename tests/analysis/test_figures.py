"""Figures: the same as counted by hand, as much as a clearance shows, and on the city's real data to the last incident."""

import csv
import json
from collections import Counter
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import duckdb
import pytest
from django.db.models import Count

from openclear.access import gate
from openclear.access.errors import Refused
from openclear.analysis import questions, snapshots
from openclear.analysis.rows import FigureFilters
from openclear.records.arrests.models import Arrest
from openclear.records.changes import month_of, note_changes, note_incidents
from openclear.records.incidents.models import Incident, Offense
from openclear.records.sealing import seal
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.labels import Label
from openclear.vocabulary.purposes import Purpose
from tests.cast import grant, signed_in

CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture(autouse=True)
def _months_of_other_stories():
    """Stories elsewhere write incidents of their own past the importer, which would have marked the months."""
    note_changes(Incident.objects.exclude(source="synthetic").values_list("occurred", flat=True))


def chen():
    return grant("chen", Action.ANALYSIS_ASK, Purpose.CRIME_ANALYSIS)


def by_hand(key, refused):
    rows = Incident.objects.prefetch_related("offenses")
    counts = Counter()
    for row in rows:
        offense = min(row.offenses.all(), key=lambda one: one.id)
        if (row.labels | offense.labels) & refused == 0:
            counts[key(row, offense)] += 1
    return counts


KEYS = {
    "month": lambda row, _: f"{row.occurred.astimezone(CHICAGO):%Y-%m}-01",
    "hour": lambda row, _: str(row.occurred.astimezone(CHICAGO).hour),
    "weekday": lambda row, _: str(row.occurred.astimezone(CHICAGO).isoweekday()),
    "primary_type": lambda _, offense: offense.primary_type,
    "district": lambda row, _: row.district,
    "community_area": lambda row, _: str(row.community_area or ""),
    "beat": lambda row, _: row.beat,
    "block": lambda row, _: row.block,
}


@pytest.mark.parametrize("by", KEYS)
def test_figures_are_those_that_one_counts_by_hand(by):
    key = chen()
    found = {row.value: row.incidents for row in questions.incident_counts(key, by=by)}
    wanted = by_hand(KEYS[by], key.over(Dataset.INCIDENTS).refused_labels.value)
    if by == "block":
        wanted = {block: wanted[block] for block in found}  # a thousand lines at most
    assert found == wanted


def test_a_narrowing_counts_what_it_names_and_the_last_day_is_in_it():
    filters = FigureFilters(since=date(2026, 3, 1), until=date(2026, 3, 31), primary_type="THEFT")
    found = questions.incident_counts(chen(), by="month", filters=filters)
    assert [row.value for row in found] == ["2026-03-01"]
    wanted = by_hand(KEYS["month"], chen().over(Dataset.INCIDENTS).refused_labels.value)
    assert 0 < found[0].incidents < wanted["2026-03-01"]
    assert questions.coverage(chen(), filters=filters).last.date() <= date(2026, 3, 31)


@pytest.mark.parametrize("label", [Label.SEALED, Label.INFORMANT, Label.EXPUNGED, Label.INTELLIGENCE])
@pytest.mark.parametrize("table", [Incident, Offense])
def test_what_a_clearance_hides_is_in_no_figure(label, table):
    incident = Incident.objects.filter(labels=0).order_by("?").first()
    row = incident if table is Incident else incident.offenses.get()
    before = questions.coverage(chen()).incidents
    table.objects.filter(pk=row.pk).update(labels=label.value)
    note_changes([incident.occurred])
    try:
        assert questions.coverage(chen()).incidents == before - 1
    finally:
        table.objects.filter(pk=row.pk).update(labels=0)
        note_changes([incident.occurred])
    assert questions.coverage(chen()).incidents == before


def test_a_first_day_before_the_year_1000_leaves_nothing_out():
    whole = questions.coverage(chen()).incidents
    assert questions.coverage(chen(), filters=FigureFilters(since=date(300, 1, 1))).incidents == whole


def test_a_table_for_a_spreadsheet_runs_nothing():
    row = Incident.objects.filter(labels=0).first()
    Incident.objects.filter(pk=row.pk).update(location='=HYPERLINK("http://x")')
    note_changes([row.occurred])
    try:
        told = signed_in("chen").get("/figures/table.csv", {"by": "location"}).content.decode("utf-8-sig")
        cells = [line[0] for line in csv.reader(told.splitlines())]
        assert """'=HYPERLINK("http://x")""" in cells
        assert not any(cell.startswith("=") for cell in cells)
    finally:
        Incident.objects.filter(pk=row.pk).update(location=row.location)
        note_changes([row.occurred])


def test_a_crash_while_a_month_is_made_leaves_the_old_one_and_the_mark(monkeypatch):
    whole = questions.coverage(chen()).incidents
    moment = Incident.objects.order_by("-occurred").first().occurred
    note_changes([moment])
    with monkeypatch.context() as broken:
        broken.setattr(snapshots, "incidents_of_month", lambda _grant, month: month / 0)
        with pytest.raises(TypeError):
            questions.coverage(chen())
    assert questions.coverage(chen()).incidents == whole
    assert snapshots.refresh(chen()) == 0
    assert not list(snapshots.folder().glob("*.new"))


def rows_of_snapshots():
    """Everything that the snapshots say, month by month, in an order that does not depend on how they were made."""
    with duckdb.connect() as connection:
        return {
            file[-15:]: sorted(
                map(repr, connection.execute("SELECT * FROM read_parquet(?)", [file]).fetchall())
            )
            for file in snapshots.files()
        }


@pytest.mark.parametrize("kind", ["arrest", "person"])
def test_after_a_sealing_only_its_incidents_are_read_and_the_snapshots_are_as_if_made_whole(
    kind, monkeypatch
):
    snapshots.refresh(chen())
    before = rows_of_snapshots()
    who = (
        Arrest.objects.filter(labels=0, incident__labels=0)
        .values("person")
        .annotate(n=Count("pk"))
        .order_by("-n")
    )
    arrest = Arrest.objects.filter(labels=0, person=who[0]["person"]).first()
    record = arrest.pk if kind == "arrest" else arrest.person_id
    osei = grant("osei", Action.RECORD_SEAL, Purpose.RECORDS_MAINTENANCE)
    seal(osei, kind=kind, record=record, court_order="a test")
    with monkeypatch.context() as whole:
        whole.setattr(snapshots, "incidents_of_month", lambda _grant, month: month / 0)
        assert snapshots.refresh(chen()) >= 1
    mended = rows_of_snapshots()
    assert {name for name in before if before[name] != mended[name]}
    note_changes(Incident.objects.values_list("occurred", flat=True))
    snapshots.refresh(chen())
    assert rows_of_snapshots() == mended


def test_a_month_in_which_more_changed_or_whose_file_is_of_an_earlier_version_is_made_whole():
    row = Incident.objects.filter(labels=0).order_by("occurred").first()
    snapshots.refresh(chen())
    made = rows_of_snapshots()
    note_incidents([(row.pk, row.occurred)])
    note_changes([row.occurred])
    assert snapshots.refresh(chen()) == 1
    file = snapshots.folder() / f"{month_of(row.occurred):%Y-%m}.parquet"
    old = (
        f"COPY (SELECT * EXCLUDE (incident_key) FROM read_parquet('{file}')) TO '{file}.old' (FORMAT parquet)"
    )
    duckdb.execute(old)
    file.with_suffix(".parquet.old").replace(file)
    note_incidents([(row.pk, row.occurred)])
    assert snapshots.refresh(chen()) == 1
    assert rows_of_snapshots() == made


def test_only_analysts_and_supervisors_of_the_department_count():
    assert grant("whitfield", Action.ANALYSIS_ASK, Purpose.CRIME_ANALYSIS)
    for who in ("rivera", "frost", "ives", "okafor", "novak", "publisher"):
        with pytest.raises(Refused):
            gate.open_for(who, Action.ANALYSIS_ASK, purpose=Purpose.CRIME_ANALYSIS)
    with pytest.raises(Refused):
        gate.open_for("chen", Action.ANALYSIS_ASK, purpose=Purpose.CRIMINAL_INVESTIGATION)


def test_a_clearance_for_nothing_counts_nothing():
    key = chen()
    nothing = replace(key.over(Dataset.INCIDENTS), nothing=True)
    blind = replace(key, clearances={**key.clearances, Dataset.INCIDENTS: nothing})
    assert questions.coverage(key).incidents > 0
    assert questions.coverage(blind).incidents == 0
    assert questions.incident_counts(blind, by="month") == []


@pytest.mark.parametrize("by", ["id", "occurred; DROP TABLE", "labels", ""])
def test_one_counts_by_what_is_on_the_list(by):
    with pytest.raises(WrongUsage):
        questions.incident_counts(chen(), by=by)


def test_the_page_the_table_and_the_outlines():
    client = signed_in("chen")
    page = client.get("/figures", {"since": "2026-01-01", "offense": "theft"})
    assert page.status_code == 200
    assert "json" in page.content.decode()
    text = client.get("/figures/table.csv", {"by": "district"}).content.decode("utf-8-sig").splitlines()
    assert text[0].startswith("# unit: incidents")
    assert "not counted" in text[0]
    counts = {row.value: row.incidents for row in questions.incident_counts(chen(), by="district")}
    assert {line.split(",")[0]: int(line.split(",")[1]) for line in text[2:]} == counts
    outlines = json.loads(client.get("/figures/districts.geojson").content)
    assert len(outlines["features"]) == 22
    assert client.get("/figures", {"since": "soon"}).status_code == 400
    assert signed_in("rivera").get("/figures").status_code == 403
    assert signed_in("frost").get("/figures/table.csv", {"by": "month"}).status_code == 403
