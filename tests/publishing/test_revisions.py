"""Two revisions of one month: whoever holds both knows no hidden cell, and none is public under two manifests."""

import json
import threading
import time
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.conf import settings as city_settings
from django.db import DatabaseError, connections
from hypothesis import given, settings
from hypothesis import strategies as st

from openclear.access import gate
from openclear.audit import log
from openclear.audit.models import Entry
from openclear.publishing import editions
from openclear.publishing.rows import Incident, published
from openclear.records import changes, intake, sealing
from openclear.records import models as records
from openclear.records.extracts import incidents_of_month
from openclear.records.incidents import commands as incidents
from openclear.records.incidents.rows import IncidentFacts
from openclear.records.rules import record_id
from openclear.release import commands as release
from openclear.release.models import Edition, PublishedIncident
from openclear.vocabulary.actions import Action
from openclear.vocabulary.purposes import Purpose
from tests.cast import grant
from tests.publishing.attacker import bounds


def publisher():
    return gate.open_for("publisher", Action.EDITION_MAKE, purpose=Purpose.PUBLIC_RELEASE)


def busiest():
    """The public edition with the most incidents: other stories leave months with a few."""
    return Edition.objects.filter(withdrawn=None).order_by("-incidents", "month").first()


def aside(act, *given, **named):
    """A thread that does one act and leaves no connection behind."""

    def run():
        try:
            act(*given, **named)
        finally:
            log.hang_up()
            connections.close_all()

    return threading.Thread(target=run)


def incident(area, kind, block="001XX N STATE ST"):
    return Incident(
        occurred=datetime(2026, 3, 4, 5, 6), area=area, primary_type=kind, description="", block=block,  # noqa: DTZ001 - Chicago's clock
        latitude=41.88, longitude=-87.63, arrest=False, is_sensitive=False,
    )  # fmt: skip


def city(table):
    return [incident(area, kind) for (area, kind), count in sorted(table.items()) for _ in range(count)]


def shown(told):
    return Counter((row.area, row.primary_type) for row in told.rows if row.primary_type)


def test_what_one_revision_hides_no_later_one_shows():
    """Sealing two robberies would move the complement elsewhere, and the two revisions together would name a cell of two."""
    table = {
        (area, kind): count
        for area in (1, 2)
        for kind, count in (("THEFT", 2), ("BATTERY", 5), ("ROBBERY", 6))
    }
    table |= {(3, kind): 30 for kind in ("THEFT", "BATTERY", "ROBBERY")}
    first = published(city(table))
    assert (1, "THEFT") not in shown(first)
    later = table | {(1, "ROBBERY"): 4, (2, "ROBBERY"): 4}
    alone, second = published(city(later)), published(city(later), first.withheld)
    both = {
        cell: count for cell, count in (shown(first) | shown(second)).items() if later[cell] == table[cell]
    }
    by_area = Counter({area: sum(n for (a, _), n in table.items() if a == area) for area in (1, 2, 3)})
    known = [[1, 2, 3], ["THEFT", "BATTERY", "ROBBERY"]]
    low, high = bounds((1, "THEFT"), *known, both | dict(shown(first)), by_area, first.totals)
    assert high - low > 0.5
    careless = dict(shown(first)) | {
        cell: n for cell, n in shown(alone).items() if later[cell] == table[cell]
    }
    assert bounds((1, "THEFT"), *known, careless, by_area, first.totals) == [2, 2]


TABLES = st.dictionaries(
    st.tuples(st.integers(1, 4), st.sampled_from(["THEFT", "BATTERY", "ARSON"])),
    st.integers(1, 8),
    min_size=4,
)


@settings(max_examples=150)
@given(
    TABLES,
    st.lists(st.integers(0, 200), max_size=5),
    st.lists(st.sampled_from(["THEFT", "ARSON"]), max_size=3),
)
def test_in_any_revision_hidden_rows_tell_no_area_and_no_cell_comes_out(table, sealed, late):
    rows = city(table)
    first = published(rows)
    left = [row for place, row in enumerate(rows) if place not in sealed] + [
        incident(1, kind) for kind in late
    ]
    second = published(left, first.withheld)
    raw = {(row.area, row.primary_type) for row in rows}
    hidden_before = {cell for cell in raw if cell not in shown(first)}
    assert not hidden_before & set(shown(second))
    assert all(row.area is None for row in second.rows if not row.primary_type)
    assert len(second.rows) == len(left) == sum(second.totals.values())
    third = published(left, second.withheld)
    assert third.withheld == second.withheld


def test_an_area_and_a_type_too_small_to_name_stay_unnamed():
    table = {(area, kind): 9 for area in (1, 2) for kind in ("THEFT", "BATTERY")}
    first = published(city(table | {(3, "THEFT"): 1, (1, "ARSON"): 1}))
    later = table | {(3, kind): 9 for kind in ("THEFT", "BATTERY", "ROBBERY", "GAMBLING")} | {(2, "ARSON"): 9}
    later |= {(2, kind): 9 for kind in ("ROBBERY", "GAMBLING")}
    alone, second = published(city(later)), published(city(later), first.withheld)
    assert {(3, "BATTERY"), (2, "ARSON")} <= set(shown(alone))
    assert 3 not in {row.area for row in second.rows}
    assert "ARSON" not in {row.primary_type for row in second.rows} | set(second.totals)


def test_a_month_that_is_made_again_remembers_what_it_withheld():
    """From the real records to the public tables: hidden rows of a second revision tell no area, and no cell comes back."""
    edition = busiest()
    cells = set(told_of(edition).values_list("area", "primary_type"))
    editions.make_edition(publisher(), month=edition.month)
    second = Edition.objects.get(month=edition.month, withdrawn=None)
    hidden = told_of(second).filter(primary_type="")
    assert hidden.exists()
    assert not hidden.exclude(area=None).exists()
    assert set(told_of(second).exclude(primary_type="").values_list("area", "primary_type")) <= cells


def told_of(edition):
    return PublishedIncident.objects.filter(edition=edition)


def test_an_address_in_a_source_is_no_block():
    told = published([incident(1, "THEFT", "1234 N STATE ST APT 5")] * 9)
    assert {(row.block, row.latitude) for row in told.rows} == {("", None)}
    assert {row.block for row in published([incident(1, "THEFT", "0000X S COLUMBUS DR")] * 9).rows} == {
        "0000X S COLUMBUS DR"
    }


def test_two_who_make_editions_at_once_wait_for_each_other(monkeypatch):
    month = busiest().month
    under_way, most = [], []
    keep = release.keep_edition

    def slowly(edition):
        under_way.append(edition)
        most.append(len(under_way))
        time.sleep(0.3)
        keep(edition)
        under_way.pop()

    monkeypatch.setattr(release, "keep_edition", slowly)
    grants = [publisher() for _ in range(2)]
    threads = [aside(editions.make_edition, one, month=month) for one in grants]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1]
    edition = Edition.objects.get(month=month, withdrawn=None)
    assert (city_settings.EDITIONS_FOLDER / str(edition) / "manifest.json").read_text() == edition.manifest


def test_an_edition_that_was_broken_off_is_called_off_in_the_log_and_its_number_not_used_again(monkeypatch):
    edition = busiest()
    with monkeypatch.context() as broken:
        broken.setattr(
            release, "keep_edition", lambda _edition: (_ for _ in ()).throw(DatabaseError("the disk is full"))
        )
        with pytest.raises(DatabaseError):
            editions.make_edition(publisher(), month=edition.month)
    name = editions.make_edition(publisher(), month=edition.month)
    assert name == f"{edition.month:%Y-%m}.{edition.revision + 2}"
    headers = Entry.objects.using("audit").order_by("index").values_list("header", flat=True)
    told = [one for header in headers if (one := json.loads(bytes(header)))["kind"] == "edition"]
    states = [
        (one["edition"]["revision"], one["edition"]["state"])
        for one in told
        if one["edition"]["month"] == f"{edition.month:%Y-%m}"
    ]
    broken_off = edition.revision + 1
    assert states.count((broken_off, "published")) == states.count((broken_off, "withdrawn")) == 1
    assert states[-1] == (broken_off + 1, "published")


@pytest.fixture
def arrest():
    """An incident with one arrest, sealed by the test and opened again behind it."""
    from openclear.records.arrests.models import Arrest

    one = (
        Arrest.objects.filter(labels=0, incident__labels=0, incident__arrest_made=True).order_by("pk").first()
    )
    assert one.incident.arrests.count() == 1
    yield one
    Arrest.objects.filter(pk=one.pk).update(labels=0)
    one.charges.update(labels=0)
    changes.note_changes([one.incident.occurred])


def test_a_sealed_arrest_is_no_arrest_in_figures_and_editions(arrest):
    from openclear.analysis.questions import incident_counts

    def arrests():
        key = grant("chen", Action.ANALYSIS_ASK, Purpose.CRIME_ANALYSIS)
        return sum(row.arrests for row in incident_counts(key, by="month"))

    before = arrests()
    editions.refresh_editions(publisher())
    key = grant("osei", Action.RECORD_SEAL, Purpose.RECORDS_MAINTENANCE)
    sealing.seal(key, kind="arrest", record=arrest.id, court_order="26 CR 9")
    assert arrests() == before - 1
    assert len(editions.refresh_editions(publisher())) == 1


def importer():
    return grant("importer", Action.RECORDS_IMPORT, Purpose.RECORDS_MAINTENANCE)


def bring(source_id, occurred, **more):
    facts = {"source_id": source_id, "rd_number": f"LT{source_id}", "occurred": occurred, "block": "001XX N STATE ST",
             "location": "STREET", "beat": "0111", "district": "001", "community_area": 32, "narrative": ""} | more  # fmt: skip
    intake.insert_records(importer(), source="late", table="incident", rows=[facts])
    return record_id("late", "incident", source_id)


def table_of(occurred):
    from openclear.records.changes import month_of

    return incidents_of_month(publisher(), month=month_of(occurred)).to_pylist()


@pytest.fixture
def occurred():
    yield (moment := records.Incident.objects.order_by("occurred")[40].occurred)
    records.Incident.objects.filter(source="late").delete()
    changes.note_changes([moment])


def test_an_offense_that_comes_behind_its_incident_is_counted(occurred):
    from openclear.analysis.questions import incident_counts

    key = grant("chen", Action.ANALYSIS_ASK, Purpose.CRIME_ANALYSIS)
    identity = bring("1", occurred)
    assert "" in {row.value for row in incident_counts(key, by="primary_type")}
    offense = {"source_id": "1", "incident_id": identity, "iucr": "1010", "primary_type": "ARSON LATE", "description": "", "fbi_code": "09", "nibrs": "200"}  # fmt: skip
    intake.insert_records(importer(), source="late", table="offense", rows=[offense])
    found = {row.value: row.incidents for row in incident_counts(key, by="primary_type")}
    assert found["ARSON LATE"] == 1
    assert "" not in found


HAIRY = [
    'say "stop", now',
    "two\nlines\r\n",
    "100 %w %s",
    "a\\.b\\N",
    "NULL",
    "",
    "\N{SPIDER WEB}, ñ",
    ",",
    '"',
]


def test_whatever_a_text_holds_it_comes_out_of_the_database_as_it_is(occurred):
    moments = [occurred + timedelta(microseconds=number) for number in range(len(HAIRY))]
    for number, (text, moment) in enumerate(zip(HAIRY, moments, strict=True)):
        bring(str(number), moment, location=text, latitude=41.87654321 if number else None, ward=None)
    rows = {
        row["occurred"]: row
        for row in table_of(occurred)
        if row["occurred"] in moments and row["beat"] == "0111"
    }
    assert [rows[moment]["location"] for moment in moments] == HAIRY
    assert rows[moments[0]]["latitude"] is None
    assert rows[moments[1]]["latitude"] == 41.87654321
    assert rows[moments[1]]["ward"] is None


def test_of_several_offenses_the_first_counts_and_all_labels_of_it(occurred):
    identity = bring("7", occurred, beat="0777")
    offenses = [
        {"source_id": str(number), "incident_id": identity, "iucr": f"{number}", "primary_type": f"KIND {number}",
         "description": "", "fbi_code": "", "nibrs": "", "labels": number}
        for number in range(4)
    ]  # fmt: skip
    intake.insert_records(importer(), source="late", table="offense", rows=offenses)
    first = min(offenses, key=lambda row: record_id("late", "offense", row["source_id"]))
    (row,) = [row for row in table_of(occurred) if row["beat"] == "0777"]
    assert (row["primary_type"], row["labels"]) == (first["primary_type"], first["labels"])


@pytest.mark.skipif(
    city_settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"),
    reason="one writer at a time on SQLite anyway",
)
def test_a_sealing_in_the_middle_of_an_import_is_not_written_over(occurred, monkeypatch):
    facts = {"rd_number": "LT1", "occurred": occurred, "block": "001XX N STATE ST", "location": "STREET", "beat": "0111",
             "district": "001", "community_area": 32, "narrative": "", "labels": 0}  # fmt: skip
    offense = {
        "iucr": "0820",
        "primary_type": "THEFT",
        "description": "",
        "fbi_code": "06",
        "nibrs": "23H",
        "labels": 0,
    }

    def batch(revision):
        return [IncidentFacts("1", revision, facts, offense)]

    incidents.upsert_incidents(importer(), source="late", batch=batch("1"))
    identity = record_id("late", "incident", "1")
    key = grant("osei", Action.RECORD_SEAL, Purpose.RECORDS_MAINTENANCE)
    sealer = aside(sealing.seal, key, kind="incident", record=identity, court_order="26 CR 8")
    update = incidents._update

    def meanwhile(*arguments):
        sealer.start()
        time.sleep(0.5)  # long enough for a sealing that nothing holds up
        update(*arguments)

    monkeypatch.setattr(incidents, "_update", meanwhile)
    incidents.upsert_incidents(importer(), source="late", batch=batch("2"))
    sealer.join()
    assert records.Incident.objects.get(pk=identity).labels == sealing.LABELS["seal"].value


@pytest.mark.skipif(
    city_settings.DATABASES["public"]["ENGINE"].endswith("sqlite3"), reason="of SQLite the live test tries it"
)
def test_the_public_site_reads_its_database_and_writes_nothing():
    import psycopg

    from openclear.config.configuration import Configuration
    from openclear.config.databases import public_database

    described = public_database(
        Configuration.read().public_database, city_settings.PUBLIC_FOLDER, writes=False
    )
    parameters = {"dbname": described["NAME"], "user": described["USER"], "password": described["PASSWORD"], "host": described["HOST"], "port": described["PORT"]}  # fmt: skip
    with psycopg.connect(**parameters, **described["OPTIONS"], autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM release_edition").fetchone()[0] > 0
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("DELETE FROM release_edition")
