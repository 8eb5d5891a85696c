"""Sensitive incidents in an edition: nobody counts one or two of them, and no block's point moves because of one."""

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest
from django.conf import settings as city_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openclear.publishing import editions
from openclear.publishing.files import write_files
from openclear.publishing.history import History, history_of, remember
from openclear.publishing.rows import Incident, Withheld, published
from openclear.publishing.suppression import K
from openclear.release.models import Edition, PublishedIncident, TypeTotal
from tests.publishing.attacker import hidden_bounds, sensitive_groups
from tests.publishing.test_editions import publisher

pytestmark = pytest.mark.anywhere

AREAS, TYPES = range(1, 5), ["THEFT", "BATTERY", "ROBBERY", "ARSON"]
COLUMNS = ("area", "primary_type", "description", "block", "latitude", "longitude", "arrest")
# How many ordinary and how many sensitive incidents a cell has.
TABLES = st.dictionaries(
    st.tuples(st.sampled_from(AREAS), st.sampled_from(TYPES)),
    st.tuples(st.integers(0, 9), st.integers(0, 6)),
    min_size=1,
    max_size=16,
)


def incident(area, kind, number=0, **more):
    facts = {"occurred": datetime(2026, 3, 4, number % 24, 6), "area": area, "primary_type": kind, "description": "SIMPLE",  # noqa: DTZ001 - Chicago's clock
             "block": f"{number % 3:03d}XX N STATE ST", "latitude": 41.88, "longitude": -87.63,
             "arrest": number % 2 == 0, "is_sensitive": False}  # fmt: skip
    return Incident(**(facts | more))


def city(table):
    return [
        incident(area, kind, number, is_sensitive=is_sensitive)
        for (area, kind), counts in sorted(table.items())
        for is_sensitive, count in zip((False, True), counts, strict=True)
        for number in range(count)
    ]


def cells(rows, *, told):
    """The cells of the records whose sensitive incidents the edition tells, or does not."""
    shown = {(row.area, row.primary_type) for row in rows if row.primary_type and row.hour is None}
    return {cell for cell in told if cell in shown}


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(TABLES)
def test_whoever_groups_and_filters_counts_no_one_or_two_of_the_sensitive(table):
    incidents = city(table)
    if len(incidents) < K:
        return  # no edition is made of so few
    told = published(incidents)
    groups = sensitive_groups(told.rows, *COLUMNS)
    assert all(count >= K for count in groups.values()), groups
    shown = Counter((row.area, row.primary_type) for row in told.rows if row.primary_type)
    assert all(count >= K for count in shown.values())
    assert len(told.rows) == len(incidents) == sum(told.totals.values())


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(TABLES)
def test_nobody_with_a_solver_finds_how_many_sensitive_incidents_are_hidden(table):
    """The attacker even knows which cells hide something, and has only the numbers to find."""
    incidents = city(table)
    if len(incidents) < K:
        return
    told = published(incidents)
    named = {row.area for row in told.rows}, set(told.totals)
    here = {
        cell for cell, counts in table.items() if sum(counts) and cell[0] in named[0] and cell[1] in named[1]
    }
    rows_of = Counter((row.area, row.primary_type) for row in told.rows)
    whole = {cell for cell in here if rows_of[cell] == sum(table[cell])}
    for cell in here - whole:
        hidden = sum(table[cell]) - rows_of[cell]
        if hidden >= K and rows_of[cell] == 0:
            continue  # how many of so many are sensitive is said nowhere
        low, high = hidden_bounds(cell, told.rows, told.totals, whole)
        assert hidden >= K or high - low > 0.5, (cell, hidden, table)


def test_one_sensitive_incident_is_hidden_and_takes_others_with_it():
    table = {(area, kind): (9, 4) for area in (1, 2, 3) for kind in ("THEFT", "BATTERY")}
    table[1, "THEFT"] = (9, 1)
    told = published(city(table))
    rows = [row for row in told.rows if row.hour is None]
    assert Counter((row.area, row.primary_type) for row in rows if row.primary_type)[1, "THEFT"] == 0
    assert Counter(row.area for row in rows if not row.primary_type)[1] >= K
    plain = Counter((row.area, row.primary_type) for row in told.rows if row.hour)
    assert plain == dict.fromkeys(table, 9), "the ordinary ones are told as before"


def test_where_few_others_are_left_the_whole_cell_is_hidden():
    table = {(area, kind): (9, 4) for area in (1, 2, 3) for kind in ("THEFT", "BATTERY")}
    table[1, "THEFT"] = (2, 1)
    told = published(city(table))
    assert not [row for row in told.rows if (row.area, row.primary_type) == (1, "THEFT")]


def test_the_attacker_of_before_finds_single_ones():
    """What this stands against: the rows as they were told until now hold groups of one."""
    from openclear.release.rows import PublicIncident

    rows = [PublicIncident(1, "THEFT", "", "", None, None, None, arrest=True)]
    assert min(sensitive_groups(rows, *COLUMNS).values()) == 1


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(TABLES, st.lists(st.integers(0, 200), max_size=6), st.lists(st.sampled_from(TYPES), max_size=3))
def test_a_later_revision_tells_no_sensitive_group_that_an_earlier_one_hid(table, gone, late):
    incidents = city(table)
    left = [row for place, row in enumerate(incidents) if place not in gone]
    left += [incident(1, kind, is_sensitive=True) for kind in late]
    if len(incidents) < K or len(left) < K:
        return
    first = published(incidents)
    second = published(left, first.withheld)
    sensitive = {(row.area, row.primary_type) for row in incidents if row.is_sensitive}
    hidden = sensitive - cells(first.rows, told=sensitive)
    assert not cells(second.rows, told=hidden)
    assert all(count >= K for count in sensitive_groups(second.rows, *COLUMNS).values())
    assert all(row.area is None for row in second.rows if not row.primary_type)
    assert published(left, second.withheld).withheld == second.withheld


def test_of_all_editions_together_nobody_counts_one_or_two():
    """The real public tables: every edition, every column, alone and with others."""
    for edition in Edition.objects.filter(withdrawn=None):
        rows = list(PublishedIncident.objects.filter(edition=edition))
        groups = sensitive_groups(rows, *COLUMNS)
        assert all(count >= K for count in groups.values()), str(edition)
        totals = dict(TypeTotal.objects.filter(edition=edition).values_list("primary_type", "incidents"))
        assert sum(totals.values()) == len(rows)
    everything = PublishedIncident.objects.filter(edition__withdrawn=None)
    assert sensitive_groups(everything, "area", "primary_type", "arrest")


def test_what_was_kept_by_an_older_version_knows_of_no_sensitive_cells(tmp_path, monkeypatch):
    monkeypatch.setattr(city_settings, "POLICE_FOLDER", tmp_path)
    month = datetime(2026, 3, 1).date()  # noqa: DTZ001 - a month
    held = Withheld(
        frozenset({1, ""}), frozenset({"ARSON"}), frozenset({(1, "ARSON")}), frozenset({(2, "THEFT")})
    )
    remember(month, History(3, held))
    assert history_of(month) == History(3, held)
    file = tmp_path / "editions" / "2026-03.json"
    kept = json.loads(file.read_text())
    del kept["sensitive"]
    file.write_text(json.dumps(kept))
    assert history_of(month) == History(3, replace(held, sensitive=frozenset()))


PLACES = st.tuples(st.floats(41.6, 42.0), st.floats(-87.9, -87.5))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(TABLES, st.data())
def test_wherever_the_hidden_incidents_are_no_byte_of_any_file_changes(tmp_path, table, data):
    """Sensitive ones, and those of small cells, on the same blocks as others: moved about in the records, one by one."""
    incidents = city(table)
    if len(incidents) < K:
        return
    rows_of = Counter((row.area, row.primary_type) for row in published(incidents).rows if row.hour)
    moved = [
        row
        if rows_of[row.area, row.primary_type] and not row.is_sensitive
        else replace(row, latitude=(place := data.draw(PLACES))[0], longitude=place[1])
        for row in incidents
    ]
    assert files(tmp_path / "moved", moved) == files(tmp_path / "as-they-are", incidents)


def test_a_hidden_incident_more_or_less_moves_no_point(tmp_path):
    """Ten sensitive ones at the other end of the block, and two of a type that is too rare to tell."""
    base = city({(area, kind): (9, 4) for area in AREAS for kind in ("THEFT", "BATTERY")})
    base += [incident(None, "ARSON")] * 3
    far = {"latitude": 41.95, "longitude": -87.95}
    more = [incident(1, "THEFT", number, is_sensitive=True, **far) for number in range(10)]
    more += [incident(None, "ARSON", number, **far) for number in range(2)]
    points = files(tmp_path / "a", base)["blocks.geojson"]
    assert json.loads(points)["features"]
    assert files(tmp_path / "b", base + more)["blocks.geojson"] == points


def files(folder, incidents):
    folder.mkdir(exist_ok=True)
    told = published(incidents)
    write_files(folder, "2026-05.1", told.rows, told.totals)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def domestic():
    """A domestic incident at the far end of a block that an edition tells of."""
    from openclear.records import models
    from openclear.records.changes import note_changes
    from openclear.vocabulary.labels import Label

    editions.refresh_editions(publisher())
    told = (
        PublishedIncident.objects.filter(edition__withdrawn=None, latitude__isnull=False)
        .order_by("pk")
        .first()
    )
    edition = told.edition
    more = models.Incident.objects.create(
        source="test", source_id="far", rd_number="", occurred=told.hour, block=told.block, community_area=told.area,
        latitude=41.99, longitude=-87.99, labels=Label.DOMESTIC.value,
    )  # fmt: skip
    models.Offense.objects.create(
        source="test", source_id="far", incident=more, iucr="0486", primary_type="BATTERY",
        description="DOMESTIC BATTERY SIMPLE", labels=Label.DOMESTIC.value,
    )  # fmt: skip
    note_changes([more.occurred])
    yield edition, told
    more.delete()
    note_changes([told.hour])


def test_a_domestic_incident_in_the_records_moves_no_point_of_the_public_tables(domestic):
    edition, told = domestic
    editions.refresh_editions(publisher())
    second = Edition.objects.get(month=edition.month, withdrawn=None)
    assert second.revision == edition.revision + 1
    again = PublishedIncident.objects.filter(edition=second, block=told.block).exclude(latitude=None)
    assert {(row.latitude, row.longitude) for row in again} == {(told.latitude, told.longitude)}
