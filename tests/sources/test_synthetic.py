"""The invented city: the same for the same seed, believable, and plainly invented."""

from collections import Counter
from datetime import date
from random import Random

import pytest

from openclear.records.people.rules import name_words
from openclear.sources.synthetic.city import SEED, UNTIL, build_city
from openclear.sources.synthetic.grid import areas, districts, point_at
from openclear.sources.synthetic.incidents import draw_incidents
from openclear.sources.synthetic.names import draw_name, misspelled
from openclear.sources.synthetic.people import draw_people
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.labels import Label
from openclear.vocabulary.purposes import Purpose
from tests.cast import grant

pytestmark = pytest.mark.anywhere


def city(seed, people=2000, incidents=4000):
    random = Random(seed)
    drawn = list(draw_people(random, people, UNTIL))
    labels = [label for label, _ in drawn]
    return [rows for _, rows in drawn], list(draw_incidents(random, incidents, labels, UNTIL))


@pytest.fixture(scope="module")
def drawn():
    return city(SEED)


def table(rows, name):
    return [row for each in rows for row in each.tables.get(name, [])]


def test_the_same_seed_is_the_same_city(drawn):
    again = city(SEED)
    assert table(again[0], "person") == table(drawn[0], "person")
    assert table(again[1], "incident") == table(drawn[1], "incident")
    assert table(city(SEED + 1)[0], "person") != table(drawn[0], "person")


def test_people_are_named_as_in_chicago(drawn):
    names = table(drawn[0], "person")
    families = Counter(row["family"] for row in names)
    assert any("-" in family for family in families)
    assert any(" " in family for family in families)
    assert any(not family.isascii() for family in families)
    assert any("'" in family for family in families)
    assert Counter((row["given"], row["family"]) for row in names).most_common(1)[0][1] >= 10
    kinds = Counter(row["kind"] for row in table(drawn[0], "name"))
    assert kinds["nickname"] > 20
    assert kinds["as written"] > 50
    assert all(name_words(f"{row['given']} {row['family']}") for row in names)


def test_labels_are_there_and_rare(drawn):
    labels = [row["labels"] for row in table(drawn[0], "person")]
    assert 0.02 < sum(bool(label & Label.JUVENILE) for label in labels) / len(labels) < 0.3
    assert any(label & Label.SEALED for label in labels)
    assert sum(label == 0 for label in labels) / len(labels) > 0.6


def test_an_officer_would_nod(drawn):
    incidents, offenses = table(drawn[1], "incident"), table(drawn[1], "offense")
    common = [code for code, _ in Counter(row["iucr"] for row in offenses).most_common(6)]
    assert {"0820", "0486", "0460"} <= set(common)
    hours = Counter(row["occurred"].hour for row in incidents)
    assert hours[4] + hours[5] < (hours[17] + hours[18]) / 2
    arrests = sum(row["arrest_made"] for row in incidents) / len(incidents)
    assert 0.1 < arrests < 0.35
    assert all(41.6 < row["latitude"] < 42.05 and -87.95 < row["longitude"] < -87.5 for row in incidents)
    assert all(row["occurred"].date() < UNTIL for row in incidents)
    assert all(row["beat"].startswith(row["district"][1:]) for row in incidents)


def test_it_is_plainly_invented(drawn):
    assert all(row["rd_number"].startswith("ZZ") for row in table(drawn[1], "incident"))
    assert all(row["plate"].startswith("OC") for row in table(drawn[0], "vehicle"))
    assert all(row["narrative"].startswith("Invented") for row in table(drawn[1], "incident"))
    assert all(row["birth_date"] > date(1901, 1, 1) for row in table(drawn[0], "person"))


def test_cases_are_open_and_closed(drawn):
    cases = table(drawn[1], "case")
    assert {row["closed"] is None for row in cases} == {True, False}
    assert len({row["number"] for row in cases}) == len(cases)


def test_a_city_is_built_once():
    key = grant("importer", Action.RECORDS_IMPORT, Purpose.RECORDS_MAINTENANCE)
    with pytest.raises(NotPossible, match="--fresh"):
        build_city(key, people=10, incidents=10)


def test_misspelling_changes_little():
    random = Random(1)
    for _ in range(200):
        name = draw_name(random)
        assert abs(len(misspelled(random, name.family)) - len(name.family)) <= 1


def test_places_are_where_they_are():
    assert len(districts()) == 22
    assert len(areas()) == 77
    latitude, longitude = point_at(0, 0)
    assert abs(latitude - 41.882) < 0.001
    assert abs(longitude + 87.628) < 0.001
    assert {area.district for area in areas()} <= set(districts())
