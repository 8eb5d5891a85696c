"""Figures: the same as counted by hand, as much as a clearance shows, and on the city's real data to the last incident."""

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from openclear.access import gate
from openclear.access.errors import Refused
from openclear.analysis import questions, snapshots
from openclear.analysis.rows import Narrowing
from openclear.records.changed import mark
from openclear.records.models import Incident, Offense
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.handling import handling_of
from openclear.vocabulary.labels import Label
from openclear.vocabulary.purposes import Purpose
from tests.cast import grant, signed_in

CHICAGO = ZoneInfo("America/Chicago")


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
    narrow = Narrowing(since=date(2026, 3, 1), until=date(2026, 3, 31), primary_type="THEFT")
    found = questions.incident_counts(chen(), by="month", narrow=narrow)
    assert [row.value for row in found] == ["2026-03-01"]
    wanted = by_hand(KEYS["month"], chen().over(Dataset.INCIDENTS).refused_labels.value)
    assert 0 < found[0].incidents < wanted["2026-03-01"]
    assert questions.coverage(chen(), narrow=narrow).last.date() <= date(2026, 3, 31)


@pytest.mark.parametrize("label", [Label.SEALED, Label.INFORMANT, Label.EXPUNGED, Label.INTELLIGENCE])
@pytest.mark.parametrize("table", [Incident, Offense])
def test_what_a_clearance_hides_is_in_no_figure(label, table):
    incident = Incident.objects.filter(labels=0).order_by("?").first()
    row = incident if table is Incident else incident.offenses.get()
    before = questions.coverage(chen()).incidents
    table.objects.filter(pk=row.pk).update(labels=label.value)
    mark([incident.occurred])
    try:
        assert questions.coverage(chen()).incidents == before - 1
    finally:
        table.objects.filter(pk=row.pk).update(labels=0)
        mark([incident.occurred])
    assert questions.coverage(chen()).incidents == before


def test_a_first_day_before_the_year_1000_leaves_nothing_out():
    whole = questions.coverage(chen()).incidents
    assert questions.coverage(chen(), narrow=Narrowing(since=date(300, 1, 1))).incidents == whole


def test_a_table_for_a_spreadsheet_runs_nothing():
    row = Incident.objects.filter(labels=0).first()
    Incident.objects.filter(pk=row.pk).update(location='=HYPERLINK("http://x")')
    mark([row.occurred])
    try:
        told = signed_in("chen").get("/figures/table.csv", {"by": "location"}).content.decode()
        cells = [line[0] for line in csv.reader(told.splitlines())]
        assert """'=HYPERLINK("http://x")""" in cells
        assert not any(cell.startswith("=") for cell in cells)
    finally:
        Incident.objects.filter(pk=row.pk).update(location=row.location)
        mark([row.occurred])


def test_years_are_compared_up_to_the_same_day():
    last = questions.coverage(chen()).last
    for year in questions.year_over_year(chen()):
        narrow = Narrowing(since=date(year.year, 1, 1), until=date(year.year, last.month, last.day))
        assert year.incidents == questions.coverage(chen(), narrow=narrow).incidents
    assert questions.year_over_year(chen())[-1].change is not None


def test_a_crash_while_a_month_is_made_leaves_the_old_one_and_the_mark(monkeypatch):
    whole = questions.coverage(chen()).incidents
    moment = Incident.objects.order_by("-occurred").first().occurred
    mark([moment])
    with monkeypatch.context() as broken:
        broken.setattr(snapshots, "incidents_of_month", lambda _grant, month: month / 0)
        with pytest.raises(TypeError):
            questions.coverage(chen())
    assert questions.coverage(chen()).incidents == whole
    assert snapshots.refresh(chen()) == 0
    assert not list(snapshots.folder().glob("*.new"))


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
    text = client.get("/figures/table.csv", {"by": "district"}).content.decode().splitlines()
    assert text[0].startswith("# unit: incidents")
    assert "not counted" in text[0]
    counts = {row.value: row.incidents for row in questions.incident_counts(chen(), by="district")}
    assert {line.split(",")[0]: int(line.split(",")[1]) for line in text[2:]} == counts
    outlines = json.loads(client.get("/figures/districts.geojson").content)
    assert len(outlines["features"]) == 22
    assert client.get("/figures", {"since": "soon"}).status_code == 400
    assert signed_in("rivera").get("/figures").status_code == 403
    assert signed_in("frost").get("/figures/table.csv", {"by": "month"}).status_code == 403


# Twenty questions, each with the one line of DuckDB that answers it from the file.
TWENTY = [
    ({}, "month", "strftime(date, '%Y-%m-01')"),
    ({}, "primary_type", '"Primary Type"'),
    ({}, "district", "lpad(CAST(District AS VARCHAR), 3, '0')"),
    ({}, "community_area", "coalesce(CAST(\"Community Area\" AS VARCHAR), '')"),
    ({}, "beat", "lpad(CAST(Beat AS VARCHAR), 4, '0')"),
    ({}, "hour", "CAST(hour(date) AS VARCHAR)"),
    ({}, "weekday", "CAST(isodow(date) AS VARCHAR)"),
    ({"primary_type": "THEFT"}, "month", "strftime(date, '%Y-%m-01')"),
    ({"primary_type": "THEFT"}, "district", "lpad(CAST(District AS VARCHAR), 3, '0')"),
    ({"primary_type": "BATTERY"}, "weekday", "CAST(isodow(date) AS VARCHAR)"),
    ({"primary_type": "ROBBERY"}, "hour", "CAST(hour(date) AS VARCHAR)"),
    ({"primary_type": "HOMICIDE"}, "month", "strftime(date, '%Y-%m-01')"),
    ({"district": "011"}, "primary_type", '"Primary Type"'),
    ({"district": "018"}, "month", "strftime(date, '%Y-%m-01')"),
    ({"community_area": 25}, "primary_type", '"Primary Type"'),
    ({"community_area": 32}, "hour", "CAST(hour(date) AS VARCHAR)"),
    ({"arrest_made": True}, "month", "strftime(date, '%Y-%m-01')"),
    ({"domestic": True}, "weekday", "CAST(isodow(date) AS VARCHAR)"),
    ({"since": "2018-03-01", "until": "2018-03-31"}, "primary_type", '"Primary Type"'),
    ({"since": "2018-05-05", "until": "2018-06-17", "primary_type": "NARCOTICS"}, "district", "lpad(CAST(District AS VARCHAR), 3, '0')"),
]  # fmt: skip
_COLUMNS = {
    "primary_type": '"Primary Type" = {!r}', "district": "lpad(CAST(District AS VARCHAR), 3, '0') = {!r}",
    "community_area": '"Community Area" = {}', "arrest_made": "Arrest = {}", "domestic": "Domestic = {}",
    "since": "date >= {!r}", "until": "date < CAST({!r} AS DATE) + 1",
}  # fmt: skip
_ASK = """
import json, sys
from datetime import date
from openclear.config.program import prepare
prepare()
from openclear.access import gate
from openclear.analysis import questions
from openclear.analysis.agreement import agreement
from openclear.analysis.rows import Narrowing
from openclear.vocabulary.actions import Action
from openclear.vocabulary.purposes import Purpose
grant = gate.open_for("chen", Action.ANALYSIS_ASK, purpose=Purpose.CRIME_ANALYSIS)
answers = []
for narrow, by in json.load(sys.stdin):
    days = {name: date.fromisoformat(narrow[name]) for name in ("since", "until") if name in narrow}
    found = questions.incident_counts(grant, by=by, narrow=Narrowing(**{**narrow, **days}))
    answers.append({row.value: row.incidents for row in found})
beats = agreement(grant, kind="beat", narrow=Narrowing(since=date(2018, 1, 1), until=date(2018, 6, 30)))
numbers = {name: getattr(beats, name) for name in beats.__slots__} | {"share": beats.share}
print(json.dumps([answers, numbers]))
"""
_PUBLIC = """
import json
from datetime import date
import django
django.setup()
from openclear.citizen import queries
during = queries.period(date(2018, 1, 1), date(2018, 6, 1))
types = queries.types(during)
monthly = {kind: {f"{day:%Y-%m}": count for day, count in queries.monthly(primary_type=kind) if day.year == 2018} for kind in types}
cells = []
for month in (date(2018, number, 1) for number in range(1, 7)):
    within = queries.period(month, month)
    cells += [(f"{month:%Y-%m}", kind, str(row.code), row.incidents) for kind in types for row in queries.areas(within, primary_type=kind)]
areas = [(f"{month:%Y-%m}", str(row.code), row.incidents) for month in (date(2018, number, 1) for number in range(1, 7)) for row in queries.areas(queries.period(month, month))]
print(json.dumps({"areas": areas, "types": monthly, "cells": cells}))
"""


@pytest.mark.live
def test_twenty_questions_on_the_citys_real_data(data, tmp_path):
    import duckdb

    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENCLEAR_")}
    environment |= {"OPENCLEAR_HOME": str(tmp_path)}
    program = [sys.executable, "-m", "openclear.config.program"]

    def run(*arguments):
        subprocess.run([*program, *arguments], env=environment, check=True, stdout=subprocess.DEVNULL)

    crimes = Path(data) / "chicago" / "crimes_2018_h1.csv.gz"
    run("demo", "--no-serve", "--people", "60", "--incidents", "60", "--crimes", str(crimes))
    for kind in ("beats", "districts", "community-areas"):
        run("import", kind, str(Path(data) / "chicago" / f"{kind.replace('-', '_')}.geojson.gz"), "--valid-from", "1900-01-01")  # fmt: skip
    in_2018 = [({"since": "2018-01-01", "until": "2018-06-30"} | narrow, by) for narrow, by, _ in TWENTY]
    asked = subprocess.run(
        [sys.executable, "-c", _ASK], input=json.dumps(in_2018), env=environment, check=True, capture_output=True, text=True
    )  # fmt: skip
    answers, beats = json.loads(asked.stdout.splitlines()[-1])
    connection = duckdb.connect()
    connection.execute(
        f"CREATE VIEW crimes AS SELECT *, strptime(\"Date\", '%m/%d/%Y %I:%M:%S %p') AS date_ FROM read_csv('{crimes}', types = {{'Date': 'VARCHAR'}})"
    )
    # On 11 March the clock went from two to three: what the file puts between (eight incidents) is kept an hour later.
    gap = "date_ >= '2018-03-11 02:00' AND date_ < '2018-03-11 03:00'"
    connection.execute(
        f'CREATE VIEW file AS SELECT * EXCLUDE ("Date", date_), date_ + INTERVAL (({gap})::INT) HOUR AS date FROM crimes'
    )
    assert connection.execute(f"SELECT count(*) FROM crimes WHERE {gap}").fetchone() == (8,)
    for (narrow, by, value), answer in zip(TWENTY, answers, strict=True):
        where = " AND ".join(_COLUMNS[name].format(chosen) for name, chosen in narrow.items()) or "true"
        wanted = connection.execute(f"SELECT {value}, count(*) FROM file WHERE {where} GROUP BY 1").fetchall()
        assert answer == dict(wanted), (narrow, by)
    assert 0.90 < beats["share"] < 0.93
    reasons = [beats[name] for name in ("equal", "renamed", "outside", "within_a_block", "farther")]
    assert sum(reasons) == beats["compared"]
    assert beats["compared"] + beats["without_point"] + beats["without_code"] == 125_590
    assert beats["within_a_block"] > 10_000
    run("edition", "refresh")
    told = subprocess.run(
        [sys.executable, "-c", _PUBLIC], check=True, capture_output=True, text=True,
        env=environment | {"OPENCLEAR_PUBLIC_FOLDER": str(tmp_path / "public"), "DJANGO_SETTINGS_MODULE": "openclear.config.settings.public"},
    )  # fmt: skip
    _public_counts_are_those_of_the_file(connection, json.loads(told.stdout))
    homicides = Path(data) / "chicago" / "homicides_2001_2018.csv.gz"
    run("import", "chicago-crimes", str(homicides))
    asked = subprocess.run(
        [sys.executable, "-c", _ASK], env=environment, check=True, capture_output=True, text=True,
        input=json.dumps([[{"until": "2017-12-31"}, "month"], [{"until": "2017-12-31"}, "district"]]),
    )  # fmt: skip
    by_month, by_district = json.loads(asked.stdout.splitlines()[-1])[0]
    question = (
        "SELECT {}, count(*) FROM read_csv('{}', types = {{'Date': 'VARCHAR'}}) WHERE Year < 2018 GROUP BY 1"
    )
    months = "strftime(strptime(\"Date\", '%m/%d/%Y %I:%M:%S %p'), '%Y-%m-01')"
    assert by_month == dict(connection.execute(question.format(months, homicides)).fetchall())
    districts = "lpad(CAST(District AS VARCHAR), 3, '0')"
    assert by_district == dict(connection.execute(question.format(districts, homicides)).fetchall())


def _public_counts_are_those_of_the_file(connection, told):
    """Of each month the map's areas are the file's, or withheld whole with those too small; and so is each type in an area.

    Without offenses against children and those that name a victim, which are in no edition.
    """
    kinds = 'SELECT DISTINCT "IUCR", "Primary Type", "Description" FROM file'
    rows = connection.execute(kinds).fetchall()
    labels = [handling_of(row[0].upper().zfill(4) if row[0] else "", *row[1:]).labels for row in rows]
    hidden, sensitive = Label.JUVENILE | Label.VICTIM, Label.DOMESTIC | Label.SEXUAL_ASSAULT
    kept = [(*row, bool(own & sensitive)) for row, own in zip(rows, labels, strict=True) if not own & hidden]
    connection.execute("CREATE TABLE told (code VARCHAR, kind VARCHAR, words VARCHAR, is_sensitive BOOLEAN)")
    connection.executemany("INSERT INTO told VALUES (?, ?, ?, ?)", kept)
    connection.execute(
        'CREATE VIEW open_file AS SELECT file.*, is_sensitive OR "Domestic" AS is_sensitive FROM file JOIN told ON "IUCR" IS NOT DISTINCT FROM code AND "Primary Type" = kind AND "Description" = words'
    )
    areas = "SELECT strftime(date, '%Y-%m'), CAST(\"Community Area\" AS VARCHAR), count(*) FROM open_file GROUP BY 1, 2"
    of_area = {(month, area): count for month, area, count in connection.execute(areas).fetchall()}
    assert all(count in {0, of_area[month, area]} for month, area, count in told["areas"])
    assert sum(count for *_, count in told["areas"]) > 0.99 * sum(of_area.values())
    types = "SELECT \"Primary Type\", strftime(date, '%Y-%m'), count(*) FROM open_file GROUP BY 1, 2"
    of_file = {(kind, month): count for kind, month, count in connection.execute(types).fetchall()}
    for kind, months in told["types"].items():
        for month, count in months.items():
            assert count is None or count == of_file[kind, month], (kind, month)
    cells = 'SELECT strftime(date, \'%Y-%m\'), "Primary Type", CAST("Community Area" AS VARCHAR), count(*), count(*) FILTER (NOT is_sensitive) FROM open_file GROUP BY 1, 2, 3'
    # Whole, or without all that is sensitive: one or two of those could be counted.
    of_cell = {tuple(row[:3]): set(row[3:]) for row in connection.execute(cells).fetchall()}
    shown = {(month, kind, area): count for month, kind, area, count in told["cells"] if count}
    assert all(count in of_cell[cell] and count >= 3 for cell, count in shown.items())
    assert sum(shown.values()) > 0.8 * sum(map(max, of_cell.values()))
