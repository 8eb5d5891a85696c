"""Editions of the invented city: what is in them, what is not, and what happens when a court seals a record."""

import csv
import hashlib
import json
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import product
from random import Random

import pytest
from django.conf import settings
from django.db.models import F

from openclear.access import gate
from openclear.access.errors import Refused
from openclear.analysis.questions import coverage
from openclear.publishing import editions
from openclear.publishing.rows import SQUARE_LATITUDE, SQUARE_LONGITUDE
from openclear.records import sealing
from openclear.records.changes import month_of, note_changes
from openclear.records.incidents.models import Incident, Offense
from openclear.records.models import Sealing
from openclear.release.commands import editions as all_editions
from openclear.release.models import Edition, PublishedIncident, TypeTotal
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.labels import EVERY_LABEL, Label
from openclear.vocabulary.purposes import Purpose
from tests.cast import grant
from tests.publishing.attacker import bounds


@pytest.fixture(autouse=True)
def _newest():
    """Other stories bring records in: editions are made of what is there now. What was sealed here is opened again."""
    editions.refresh_editions(publisher())
    yield
    for sealed in Sealing.objects.filter(kind="incident"):
        for rows in sealing.rows_of(sealing.BY_NOUN["incident"], sealed.record):
            rows.update(labels=F("labels").bitand(~sealed.label))
        note_changes(Incident.objects.filter(pk=sealed.record).values_list("occurred", flat=True))
        sealed.delete()


def publisher():
    return grant("publisher", Action.EDITION_MAKE, Purpose.PUBLIC_RELEASE)


def clerk():
    return grant("osei", Action.RECORD_SEAL, Purpose.RECORDS_MAINTENANCE)


def analyst():
    return grant("chen", Action.ANALYSIS_ASK, Purpose.CRIME_ANALYSIS)


def public():
    return Edition.objects.filter(withdrawn=None).order_by("month")


def files_of(edition):
    return settings.EDITIONS_FOLDER / str(edition)


def lines(edition):
    with (files_of(edition) / "incidents.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_month_that_is_due_has_one_edition_and_no_younger_one():
    moments = Incident.objects.filter(labels=0).values_list("occurred", flat=True)
    counts = Counter(month_of(moment) for moment in moments)
    due = {month for month, count in counts.items() if count >= 3 and editions.is_due(month, clock.today())}
    assert len(due) >= 17
    assert due <= set(public().values_list("month", flat=True))
    assert all(editions.is_due(edition.month, clock.today()) for edition in public())
    assert len(set(public().values_list("month", flat=True))) == public().count()


@pytest.mark.parametrize(
    ("today", "due"), [("2026-06-07", False), ("2026-06-08", True), ("2026-05-31", False)]
)
def test_an_edition_is_due_seven_days_after_its_month(today, due):
    assert editions.is_due(date(2026, 5, 1), date.fromisoformat(today)) is due


def test_a_month_that_is_not_due_is_refused():
    with pytest.raises(NotPossible, match="7 days after the end of the month"):
        editions.make_edition(publisher(), month=clock.today().replace(day=1))


def test_every_incident_is_counted_once_and_nobody_is_in_it():
    hidden = (EVERY_LABEL & ~(Label.DOMESTIC | Label.SEXUAL_ASSAULT)).value
    editions.refresh_editions(publisher())  # what other stories brought in is published before
    for edition in public():
        first = edition.month
        following = (first + timedelta(days=32)).replace(day=1)
        there = [
            row for row in Incident.objects.filter(occurred__date__gte=first, occurred__date__lt=following)
            if row.labels & hidden == 0
        ]  # fmt: skip
        told = lines(edition)
        assert len(told) == len(there) == edition.incidents
        text = (files_of(edition) / "incidents.csv").read_text()
        names = [str(row.id) for row in there] + [row.rd_number for row in there if row.rd_number]
        assert not any(name in text for name in names)


def test_a_place_is_a_block_and_its_point_a_square():
    for edition in public():
        points = {}
        for row in lines(edition):
            if row["latitude"]:
                points.setdefault(row["block"], set()).add((row["latitude"], row["longitude"]))
        assert all(len(places) == 1 for places in points.values())
        for (place,) in points.values():
            for degrees, side in zip(map(float, place), (SQUARE_LATITUDE, SQUARE_LONGITUDE), strict=True):
                assert abs(degrees / side % 1 - 0.5) < 0.02
    assert not {row["date"][13:] for row in lines(edition) if row["date"]} - {":00:00"}


def test_domestic_incidents_and_sexual_assaults_are_on_no_block():
    sensitive = Counter(Incident.objects.filter(domestic=True).values_list("block", flat=True))
    assert sensitive
    rows = PublishedIncident.objects.exclude(block="")
    plain = Counter(Incident.objects.filter(labels=0).values_list("block", flat=True))
    for block, count in Counter(rows.values_list("block", flat=True)).items():
        assert count <= plain[block], block


KINDS_OF_OFFENSE = (
    ("0320", "ROBBERY"), ("0460", "BATTERY"), ("0610", "BURGLARY"), ("0820", "THEFT"), ("1310", "CRIMINAL DAMAGE"),
    ("2022", "NARCOTICS"),
)  # fmt: skip


@pytest.fixture
def _scattered():
    """A month of this story's own: few incidents of each type in each area. Of other months other stories make revisions."""
    month, chance = datetime(1979, 2, 1, tzinfo=city().zone), Random(7)
    for number, (area, (code, kind)) in enumerate(product(range(1, 13), KINDS_OF_OFFENSE)):
        for again in range(chance.randrange(8)):
            incident = Incident.objects.create(
                source="scattered", source_id=f"{number}-{again}", labels=0, rd_number=f"SC{number:03d}{again:03d}",
                occurred=month + timedelta(days=number % 20, hours=13), community_area=area, block="077XX S BEFORE ST",
                latitude=41.75, longitude=-87.65,
            )  # fmt: skip
            Offense.objects.create(
                source="scattered", source_id=f"{number}-{again}", labels=0, incident=incident, iucr=code,
                primary_type=kind, description="AS IT WAS",
            )  # fmt: skip
    note_changes([month])
    editions.refresh_editions(publisher())
    yield
    Incident.objects.filter(source="scattered").delete()
    note_changes([month])
    editions.refresh_editions(publisher())


@pytest.mark.usefixtures("_scattered")
def test_nobody_with_a_solver_finds_a_hidden_cell():
    """All rows and totals of an edition together: the areas, the types, what is told and what is not."""
    first = list(public().filter(revision=1))
    assert first[0].month.year == 1979
    tried = [cells_tried(edition) for edition in [first[0], *first[1:][-4:]]]
    assert tried[0] > 10


def cells_tried(edition):
    """How many hidden cells of an edition the solver was asked for: it finds none of them."""
    tried = 0
    rows = PublishedIncident.objects.filter(edition=edition)
    by_area = Counter(rows.values_list("area", flat=True))
    by_type = dict(TypeTotal.objects.filter(edition=edition).values_list("primary_type", "incidents"))
    shown = Counter(rows.exclude(primary_type="").values_list("area", "primary_type"))
    assert min(shown.values(), default=3) >= 3
    assert min(by_type.values()) >= 3
    assert min(by_area.values()) >= 3
    areas, types = list(by_area), list(by_type)
    missing = {area: by_area[area] - sum(n for (a, _), n in shown.items() if a == area) for area in areas}
    for area in [area for area in areas if missing[area]][:4]:
        for kind in [kind for kind in types if (area, kind) not in shown][:6]:
            low, high = bounds((area, kind), areas, types, shown, by_area, by_type)
            if by_type[kind] == sum(n for (_, k), n in shown.items() if k == kind):
                continue  # all of this type is told: here there are none
            assert high - low > 0.5, (str(edition), area, kind)
            tried += 1
    return tried


def test_an_edition_is_signed_and_logged_and_its_files_are_those():
    from openclear.audit.models import Entry
    from openclear.audit.proof.notes import open_note, parse_key

    edition = public().last()
    folder = files_of(edition)
    manifest = (folder / "manifest.json").read_text()
    digest = hashlib.sha256(manifest.encode()).hexdigest()
    header = json.loads(bytes(Entry.objects.using("audit").get(index=edition.entry).header))
    assert header["edition"] == {
        "month": f"{edition.month:%Y-%m}", "revision": edition.revision, "state": "published", "manifest": digest,
    }  # fmt: skip
    key = parse_key((settings.EDITIONS_FOLDER / "editions.vkey").read_text().strip())
    assert digest in open_note((folder / "manifest.sig").read_text(), key)
    for file in json.loads(manifest)["files"]:
        assert hashlib.sha256((folder / file["name"]).read_bytes()).hexdigest() == file["sha256"]


def test_parquet_and_csv_hold_the_same_rows():
    import duckdb

    edition = public().first()
    rows = duckdb.sql(f"SELECT * FROM '{files_of(edition) / 'incidents.parquet'}'").fetchall()
    assert len(rows) == len(lines(edition))
    assert Counter(str(row[5] or "") for row in rows) == Counter(
        row["community_area"] for row in lines(edition)
    )


def test_sealing_takes_a_record_out_of_the_next_answer_and_the_edition_that_held_it():
    edition = public().last()
    following = (edition.month + timedelta(days=32)).replace(day=1)
    incident = Incident.objects.filter(
        labels=0, occurred__date__gt=edition.month, occurred__date__lt=following - timedelta(days=1)
    ).first()
    before = coverage(analyst()).incidents
    sealing.seal(
        clerk(), kind="incident", record=incident.id, court_order="26 CR 1, order of 1 November 2026"
    )
    assert coverage(analyst()).incidents == before - 1
    assert editions.refresh_editions(publisher()) == [f"{edition.month:%Y-%m}.{edition.revision + 1}"]
    old = Edition.objects.get(pk=edition.pk)
    assert old.withdrawn
    assert "sealed" in old.reason
    assert not PublishedIncident.objects.filter(edition=old).exists()
    assert not files_of(old).exists()
    assert Edition.objects.get(month=edition.month, withdrawn=None).incidents == edition.incidents - 1
    assert editions.refresh_editions(publisher()) == []


def test_a_sealing_that_a_crash_broke_off_is_completed_at_the_start(monkeypatch):
    class PowerLossError(BaseException):
        pass

    def crash(*_, **__):
        raise PowerLossError

    incident = Incident.objects.filter(labels=0).order_by("occurred").first()
    for step in ("note_incidents", "rows_of"):
        with monkeypatch.context() as broken:
            broken.setattr(sealing, step, crash)
            with pytest.raises(PowerLossError):
                sealing.seal(clerk(), kind="incident", record=incident.id, court_order=f"26 CR 2 {step}")
        assert Incident.objects.get(pk=incident.pk).labels == 0
    assert len(sealing.finish_sealings()) == 2
    assert Incident.objects.get(pk=incident.pk).labels == Label.SEALED.value
    assert sealing.finish_sealings() == []


def test_a_withdrawn_edition_says_why_and_nobody_but_the_publisher_makes_one():
    edition = public().first()
    editions.withdraw(publisher(), month=edition.month, revision=edition.revision, reason="A wrong district.")
    row = next(row for row in all_editions() if row.month == edition.month)
    assert row.reason == "A wrong district."
    with pytest.raises(NotPossible, match="to withdraw"):
        editions.withdraw(publisher(), month=edition.month, revision=edition.revision, reason="again")
    assert (
        editions.make_edition(publisher(), month=edition.month)
        == f"{edition.month:%Y-%m}.{edition.revision + 1}"
    )
    for who in ("chen", "okafor", "rivera", "frost"):
        with pytest.raises(Refused):
            gate.open_for(who, Action.EDITION_MAKE, purpose=Purpose.PUBLIC_RELEASE)


def test_the_log_with_its_editions_is_proved():
    from openclear.audit.queries import verify

    assert verify().ok
