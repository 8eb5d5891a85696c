"""Each variant of a row that real files have: in with the right value, or rejected with the column and the true reason."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from openclear.cli.main import main
from openclear.records.incidents.models import Incident, Offense
from openclear.sources.crimes.mapping import columns_of
from openclear.sources.crimes.moments import moment_of
from openclear.sources.crimes.parse import parse_row
from openclear.sources.errors import BadValue
from tests.sources.test_portal import row

CRIMES = columns_of("chicago-crimes")
NOON = datetime(2018, 5, 10, 18, 30, tzinfo=UTC)
POINT = (41.815117282, -87.669999562)

# What is stored, by variant: of the incident, or "offense." and of its offense; or the column and a part of the reason.
STORED = {
    "RSocrata/ISO with Z": {"occurred": datetime(2018, 5, 10, 13, 30, tzinfo=UTC)},
    "Excel re-saved": {"occurred": NOON},
    "Excel re-saved w/ seconds": {"occurred": NOON},
    "new portal export form": {"occurred": NOON},
    "updated_on new portal export form": {"occurred": NOON, "revision": "2019-02-10T15:50:01"},
    "Hour 13 with PM": {"occurred": NOON},
    "Hour 00 with AM": {"occurred": datetime(2018, 5, 10, 5, 30, tzinfo=UTC)},
    "DST gap 02:30": {"occurred": datetime(2018, 3, 11, 8, 30, tzinfo=UTC)},
    "DST fold 01:30": {"occurred": datetime(2018, 11, 4, 6, 30, tzinfo=UTC)},
    "Missouri 0,0": {"latitude": None, "longitude": None, "x_coordinate": None, "y_coordinate": None},
    "lat nan": {"latitude": None, "longitude": None},
    "lat NaN text NULL": {"latitude": None, "longitude": None},
    "lat NA": {"latitude": None, "longitude": None},
    "X float .0": {"x_coordinate": 1165074},
    "X fractional": {"x_coordinate": 1165074},
    "Ward NA": {"ward": None, "community_area": 61},
    "Beat 924 no zero": {"beat": "0924"},
    "Beat float": {"beat": "0924"},
    "District 31": {"district": "031"},
    "Arrest TRUE": {"arrest_made": True},
    "Arrest 1.0": {"arrest_made": True},
    "IUCR 3-digit": {"offense.iucr": "0486"},
    "IUCR blank": {"offense.iucr": ""},
    "IUCR lower 141a": {"offense.iucr": "141A"},
    "IUCR unknown 9999": {"offense.iucr": "9999"},
    "primary type lower": {"offense.primary_type": "BATTERY"},
    "primary type trailing space": {"offense.primary_type": "BATTERY"},
    "CRIM SEXUAL ASSAULT (old name)": {"offense.primary_type": "CRIM SEXUAL ASSAULT"},
    "CRIMINAL SEXUAL ASSAULT (new name)": {"offense.primary_type": "CRIM SEXUAL ASSAULT"},
    "NON-CRIMINAL (SUBJECT SPECIFIED)": {"offense.primary_type": "NON-CRIMINAL (SUBJECT SPECIFIED)"},
    "case number blank": {"rd_number": ""},
    "description blank": {"offense.description": ""},
    "formula block": {"block": '=HYPERLINK("HTTP://E","X")'},
    "formula description": {"offense.description": "+CMD|CALC"},
    "id with .0": {"source_id": "91000999"},
    "id with comma": {"source_id": "91000998"},
}
REJECTED = {
    "future": ("date", "in the future"),
    "year 1900": ("date", "before 2001-01-01"),
    "swapped lat/lon": ("latitude", "latitude and longitude are swapped"),
    "block blank": ("block", "missing"),
    "exp id": ("id", "last digits are lost"),
}


def test_every_variant_of_the_shared_file_is_stored_right_or_rejected_with_its_reason(data, capsys):
    path = data / "imports" / "row_variants.csv"
    with path.open(newline="") as file:
        lines = {number: told["variant"] for number, told in enumerate(csv.DictReader(file), start=2)}
        file.seek(0)
        number_of = {told["variant"]: told["Case Number"] for told in csv.DictReader(file)}
    assert set(lines.values()) == set(STORED) | set(REJECTED)
    assert main(["import", "chicago-crimes", str(path), "--json"], lambda: None) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["read"], told["inserted"], told["rejected"], told["lines"]) == (41, 36, 5, 41)
    with Path(told["rejects_file"]).open() as file:
        rejected = {
            lines[int(line)]: (column, reason) for line, column, reason, *_ in list(csv.reader(file))[1:]
        }
    assert set(rejected) == set(REJECTED)
    for variant, (column, reason) in REJECTED.items():
        assert rejected[variant][0] == column
        assert reason in rejected[variant][1]
    for variant, facts in STORED.items():
        incident = Incident.objects.get(source="chicago-portal", rd_number=number_of[variant])
        offense = Offense.objects.get(incident=incident)
        for name, value in facts.items():
            owner = offense if name.startswith("offense.") else incident
            assert getattr(owner, name.removeprefix("offense.")) == value, (variant, name)
    whole = Incident.objects.get(source="chicago-portal", source_id="91000005")
    assert (whole.latitude, whole.longitude) == POINT


def parsed(**changes):
    told = {CRIMES_NAME[name]: value for name, value in row(900_000, **changes).items()}
    return parse_row(told, CRIMES)


CRIMES_NAME = {name: name.lower().replace(" ", "_") for name in row(1)}


@pytest.mark.anywhere
@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("05/10/2018 01:30:00 PM", NOON),
        ("05/10/2018 01:30:00 pm", NOON),
        ("05/10/2018 1:30 p.m.", NOON),
        ("05/10/2018 01:30 PM", NOON),
        ("05/10/2018 13:30", NOON),
        ("5/10/2018 13:30:00", NOON),
        ("2018 May 10 01:30:00 PM", NOON),
        ("2018 may 10 1:30 PM", NOON),
        ("2018-05-10T13:30:00.000", NOON),
        ("2018-05-10 13:30", NOON),
        ("2018-05-10T13:30:00-05:00", NOON),
        ("2018-05-10T18:30:00Z", NOON),
        ("2018-05-10 18:30:00+00", NOON),
        ("2018-05-10T20:30+0200", NOON),
        ("05/10/2018", datetime(2018, 5, 10, 5, tzinfo=UTC)),
        ("2018-05-10", datetime(2018, 5, 10, 5, tzinfo=UTC)),
        ("12/31/2018 12:00:00 AM", datetime(2018, 12, 31, 6, tzinfo=UTC)),
        ("12/31/2018 12:00:00 PM", datetime(2018, 12, 31, 18, tzinfo=UTC)),
    ],
)
def test_one_moment_in_every_form(text, moment):
    assert parsed(Date=text).incident["occurred"] == moment


@pytest.mark.anywhere
@pytest.mark.parametrize(
    "text",
    [
        "05/10/2018 13:30:00 AM", "05/10/2018 00:30:00 PM", "13/10/2018 01:30:00 PM", "02/30/2018", "43230.5625", "2018-05-10T25:00",
        "2018-05-10T13:60", "05/10/18 13:30", "1525959000", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0000-01-01", "\u0662018-05-10",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_rejected(text):
    with pytest.raises(BadValue) as raised:
        parsed(Date=text)
    assert raised.value.column == "date"


@pytest.mark.anywhere
def test_a_day_alone_is_midnight_and_that_is_told():
    moment = moment_of(CRIMES.dates, "05/10/2018")
    assert not moment.has_time
    assert moment_of(CRIMES.dates, "05/10/2018 12:00:00 AM").has_time


@pytest.mark.anywhere
@pytest.mark.parametrize(
    ("column", "value", "name", "kept"),
    [
        *[("Arrest", value, "arrest_made", True) for value in ("t", "T", "Yes", "Y", "1", "1.0", "TRUE")],
        *[("Arrest", value, "arrest_made", False) for value in ("f", "No", "n", "0", "0.0", "FALSE")],
        *[("Arrest", value, "arrest_made", None) for value in ("", "NA", "NULL", "nan", "None", "\\N")],
        *[("Ward", value, "ward", None) for value in ("", "NA", "#N/A", "NaN")],
        ("Ward", "3.0", "ward", 3),
        ("Community Area", "0", "community_area", 0),
        ("Beat", "0211.0", "beat", "0211"),
        ("District", "2.0", "district", "002"),
        ("X Coordinate", "1,165,074", "x_coordinate", 1165074),
        ("X Coordinate", "1,165,074.00", "x_coordinate", 1165074),
        ("X Coordinate", "0", "x_coordinate", None),
        ("Case Number", "HY123456 (SUPPLEMENT)", "rd_number", "HY123456"),
        ("Case Number", "hy123456 - amended", "rd_number", "HY123456"),
        ("Case Number", "HY1234567", "rd_number", "HY1234567"),
        ("Case Number", "HY123456-1", "rd_number", "HY123456-1"),
        ("Block", " 035XX  S\tMICHIGAN\u00a0AVE ", "block", "035XX S MICHIGAN AVE"),
        ("Location Description", "NA", "location", ""),
    ],
)
def test_one_value_in_every_spelling(column, value, name, kept):
    assert parsed(**{column: value}).incident[name] == kept


@pytest.mark.anywhere
@pytest.mark.parametrize(
    ("value", "code"),
    [("051-A", "051A"), ("051a", "051A"), ("486", "0486"), ("486.0", "0486"), ("", ""), ("NA", "")],
)
def test_an_offense_code_in_every_spelling(value, code):
    assert parsed(IUCR=value).offense["iucr"] == code


@pytest.mark.anywhere
@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"Ward": "51"}, "ward", "numbers 1 to 50"),
        ({"Community Area": "78"}, "community_area", "numbers 1 to 77"),
        ({"District": "032"}, "district", "districts 1 to 31"),
        ({"Beat": "9911"}, "beat", "districts 1 to 31"),
        ({"Date": "12/31/2000 11:59:59 PM"}, "date", "before 2001-01-01"),
        ({"Date": "01/01/2099 12:00:00 AM"}, "date", "in the future"),
        ({"Updated On": "01/01/2099 12:00:00 AM"}, "updated_on", "in the future"),
        ({"Latitude": "-87.62", "Longitude": "41.83"}, "latitude", "swapped"),
        ({"Latitude": "40.71", "Longitude": "-74.0"}, "latitude", "outside the city"),
        ({"Latitude": "inf", "Longitude": "-87"}, "latitude", "not a number of degrees"),
        ({"X Coordinate": "5", "Y Coordinate": "5"}, "x_coordinate", "outside the city"),
        ({"Block": "035XX\x07 S MICHIGAN AVE"}, "block", "U+0007"),
        ({"Block": "035XX\u202e S MICHIGAN AVE"}, "block", "U+202E"),
        ({"Description": "\x00"}, "description", "U+0000"),
        ({"Domestic": ""}, "domestic", "handling label"),
        ({"ID": "9.1E+07"}, "id", "last digits are lost"),
        ({"Arrest": "maybe"}, "arrest", "neither true nor false"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_rejected_with_its_column_and_reason(changes, column, reason):
    with pytest.raises(BadValue) as raised:
        parsed(**changes)
    assert (raised.value.column, reason in raised.value.reason) == (column, True), raised.value.reason


@pytest.mark.anywhere
@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("0", "0"), ("0.0", "0.0"), ("36.6194", "-91.6866"), ("36,619446395", "-91,686565684")],
)
def test_a_point_that_stands_for_an_unknown_place_is_no_point(latitude, longitude):
    told = parsed(Latitude=latitude, Longitude=longitude).incident
    assert (told["latitude"], told["longitude"]) == (None, None)


@pytest.mark.anywhere
def test_a_decimal_comma_is_read_as_what_it_is():
    told = parsed(Latitude="41,83805499", Longitude="-87,645458414").incident
    assert (told["latitude"], told["longitude"]) == (41.83805499, -87.645458414)


@pytest.mark.anywhere
def test_a_value_that_grows_in_capitals_is_measured_in_capitals():
    with pytest.raises(BadValue, match="longer than 80"):
        parsed(Description="ß" * 50)
