"""Whom a source protects: the city's list of offense codes, asked code by code, and files with offenses that nobody knows."""

import csv
import re

import pytest

from openclear.cli.main import main
from openclear.records.incidents.models import Incident, Offense
from openclear.sources.synthetic.offense_mix import kinds
from openclear.vocabulary.handling import handling_of, offense_table
from openclear.vocabulary.labels import Label
from tests.sources.test_portal import bring, row, stored, write
from tests.sources.test_synthetic import city, table

pytestmark = pytest.mark.anywhere

# What anyone would call sensitive who reads the city's list; the table of this house is not asked.
SENSITIVE = re.compile(
    r"SEX|CHILD|JUVENILE|MINOR(?! INJURY)|DOMESTIC|FAMILY|PORN|PREDATORY|TRAFFICKING|INVOLUNTARY SERVITUDE|STALK"
    r"|PROTECTION|NO CONTACT|PEEPING|UNDER 18|VISITATION|RUNAWAY|RESTROOM|UNDER/THRU CLOTHES|CARE FACILITY"
)
HIDING = (Label.JUVENILE | Label.VICTIM | Label.DOMESTIC | Label.SEXUAL_ASSAULT).value


def facts(code, kind, words):
    return {"IUCR": code, "Primary Type": kind, "Description": words, "Domestic": "false"}


@pytest.fixture
def listed(data):
    with (data / "chicago" / "iucr_codes.csv").open(newline="") as file:
        return [
            (code["iucr"], code["primary_description"], code["secondary_description"])
            for code in csv.DictReader(file)
        ]


def test_every_code_of_the_citys_list_is_decided(listed):
    assert {code for code, *_ in listed} <= set(offense_table().codes)
    assert {offense_table().codes[code][0] for code, *_ in listed} == {
        re.sub("[^A-Z]+", " ", kind).strip() for _, kind, _ in listed
    }


def test_every_code_that_sounds_sensitive_is_labelled_with_and_without_its_number(listed):
    sensitive = [one for one in listed if SENSITIVE.search(f"{one[1]} {one[2]}")]
    assert len(sensitive) > 90
    for code, kind, words in sensitive:
        assert handling_of(code, kind, words).labels & HIDING, (code, kind, words)
        assert handling_of("", kind, words).labels & HIDING, (code, kind, words)


def test_who_speaks_of_a_child_is_a_childs_record(listed):
    for code, kind, words in listed:
        if re.search(r"CHILD|JUVENILE|TO MINOR|BY MINOR|UNDER 18", f"{kind} {words}"):
            assert handling_of(code, kind, words).labels & Label.JUVENILE, (code, kind, words)


@pytest.mark.parametrize(
    ("number", "offense", "labels"),
    [
        (961_000, ("1753", "OFFENSE INVOLVING CHILDREN", "SEXUAL ASSAULT OF CHILD BY FAMILY MEMBER"),
         Label.JUVENILE | Label.SEXUAL_ASSAULT | Label.DOMESTIC),
        (961_001, ("1563", "SEX OFFENSE", "AGGRAVATED CRIMINAL SEXUAL ABUSE"), Label.SEXUAL_ASSAULT),
        (961_002, ("0486", "BATTERY", "DOMESTIC BATTERY SIMPLE"), Label.DOMESTIC),
        (961_003, ("", "BATTERY", "DOMESTIC BATTERY SIMPLE"), Label.DOMESTIC),
        (961_004, ("0820", "THEFT", "$500 AND UNDER"), Label(0)),
    ],
)  # fmt: skip
def test_a_row_of_the_portal_is_labelled_by_what_it_says(tmp_path, capsys, number, offense, labels):
    bring(write(tmp_path / "a.csv", [row(number, **facts(*offense))]), capsys)
    assert stored(number).labels == labels
    assert Offense.objects.get(source="chicago-portal", source_id=str(number)).labels == labels
    assert not stored(number).domestic, "the column says what the source says"


def test_an_offense_that_nobody_knows_is_hidden_and_said(tmp_path, capsys):
    rows = [row(962_000 + number, **facts("0999", "BATTERY", "WITH A FISH")) for number in range(2)]
    path = write(tmp_path / "a.csv", rows)
    assert main(["import", "chicago-crimes", str(path)], lambda: None) == 0
    said = capsys.readouterr().out
    assert "0999 BATTERY: WITH A FISH (2 rows) is in no table of handling labels." in said
    assert "openclear labels list" in said
    assert stored(962_000).labels == Label.JUVENILE | Label.VICTIM | Label.DOMESTIC
    assert main(["import", "chicago-crimes", str(path), "--json"], lambda: None) == 0
    out = capsys.readouterr()
    assert out.out.startswith("{"), "a program reads one object"
    assert "0999 BATTERY" in out.err


def test_an_offense_that_is_called_otherwise_later_loses_what_the_source_said_and_nothing_else(
    tmp_path, capsys
):
    bring(
        write(
            tmp_path / "a.csv", [row(963_000, **facts("1750", "OFFENSE INVOLVING CHILDREN", "CHILD ABUSE"))]
        ),
        capsys,
    )
    assert stored(963_000).labels == Label.JUVENILE
    Incident.objects.filter(source_id="963000").update(labels=Label.JUVENILE | Label.INFORMANT | Label.VICTIM)
    newer = facts("0460", "BATTERY", "SIMPLE") | {"Updated On": "08/01/2019 04:00:00 PM"}
    bring(write(tmp_path / "b.csv", [row(963_000, **newer)]), capsys)
    assert stored(963_000).labels == Label.INFORMANT | Label.VICTIM


def test_a_row_that_an_older_version_left_bare_is_labelled_when_it_comes_again(tmp_path, capsys):
    path = write(tmp_path / "a.csv", [row(964_000, **facts("1752", "OFFENSE INVOLVING CHILDREN", "X"))])
    bring(path, capsys)
    Incident.objects.filter(source_id="964000").update(labels=0)
    assert bring(path, capsys)[1]["updated"] == 1
    assert stored(964_000).labels == Label.JUVENILE | Label.SEXUAL_ASSAULT | Label.DOMESTIC


def test_the_invented_city_has_the_labels_of_its_offenses_on_everything_that_hangs_on_them():
    incidents = city(7)[1]
    codes = {kind.iucr for kind in kinds()}
    assert {"0281", "0486", "4387"} <= codes
    labels = {offense["incident_id"]: handling_of(offense["iucr"], offense["primary_type"], offense["description"]).labels
              for offense in table(incidents, "offense")}  # fmt: skip
    assert any(labels.values())
    for name in ("offense", "involvement", "arrest"):
        for one in table(incidents, name):
            assert one["labels"] & labels[one["incident_id"]] == labels[one["incident_id"]], name
    for each in incidents:
        (incident,), (offense,) = each.tables["incident"], each.tables["offense"]
        assert incident["labels"] == offense["labels"]
        for charge in each.tables.get("charge", ()):
            assert charge["labels"] & offense["labels"] == offense["labels"]
