"""Half a year of the city's real incidents, brought in and published: whoever is protected is nowhere below area and month.

Checked against the city's own list of codes and the rows of its file; the tables of this house are not asked.
"""

import csv
import gzip
import json
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.live.city import City
from tests.live.twenty_questions import ASK, COLUMNS, PUBLIC, TWENTY, check_public_counts
from tests.publishing.attacker import sensitive_groups
from tests.sources.test_labels import SENSITIVE

pytestmark = pytest.mark.live
CHICAGO = ZoneInfo("America/Chicago")
MONTHS = [f"2018-{month:02d}.1" for month in range(1, 7)]


@pytest.fixture(scope="module")
def crimes():
    folder = Path(__file__).resolve().parents[3] / "shared" / "data" / "chicago"
    if not folder.is_dir():
        pytest.skip("the shared data are not on this machine")
    return folder


@pytest.fixture(scope="module")
def source(crimes):
    """The file's rows, each with whether anyone would protect it who reads the city's list, or the row's own words and flag."""
    with (crimes / "iucr_codes.csv").open(newline="") as file:
        listed = {
            row["iucr"]: f"{row['primary_description']} {row['secondary_description']}"
            for row in csv.DictReader(file)
        }
    with gzip.open(crimes / "crimes_2018_h1.csv.gz", "rt", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        words = f"{listed.get(row['IUCR'], '')} {row['Primary Type']} {row['Description']}"
        row["protected"] = bool(SENSITIVE.search(words)) or row["Domestic"].lower() == "true"
    return rows


@pytest.fixture(scope="module")
def city(crimes, tmp_path_factory):
    """A city that has the real file, and its public editions."""
    made = City(tmp_path_factory.mktemp("real") / "city")
    small = ("--people", "60", "--incidents", "60")
    said = made.run("demo", "--no-serve", *small, "--crimes", str(crimes / "crimes_2018_h1.csv.gz"), wait=600)
    assert "inserted      125,590" in said
    assert made.run("labels", "list", "--by", "importer") == "", "every offense of the real file is decided"
    yield made
    made.stop()


@pytest.fixture(scope="module")
def public(city):
    """The folder of the city's public editions."""
    return city.home / "public" / "editions"


def told(folder):
    with (folder / "incidents.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def hour_of(row):
    # An hour that a night in March has not is the next one, as in every clock.
    moment = datetime.strptime(row["Date"], "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=CHICAGO)
    local = moment.astimezone(UTC).astimezone(CHICAGO)
    return local.replace(minute=0, second=0, tzinfo=None).isoformat()


def block_of(text):
    # The file writes some blocks in small letters; the import has one spelling for each.
    return " ".join(text.upper().split())


def key_of(row, hour):
    names = ("Block", "Primary Type", "Description")
    block, kind, words = (row.get(name) or row.get(name.lower().replace(" ", "_"), "") for name in names)
    return (hour, block_of(block), kind, words)


def test_a_protected_incident_is_in_no_public_file_below_area_and_month(source, public):
    """Each row that is told finely must be an unprotected row of the file, and each of those is told once at most."""
    free = Counter(key_of(row, hour_of(row)) for row in source if not row["protected"])
    fine = Counter()
    for name in MONTHS:
        for row in told(public / name):
            coarse = not (
                row["date"] or row["block"] or row["latitude"] or row["description"] or row["arrest"]
            )
            if not coarse:
                fine[key_of(row, row["date"])] += 1
                assert not SENSITIVE.search(f"{row['primary_type']} {row['description']}"), row
    assert sum(fine.values()) > 80_000
    assert not fine - free


def test_blocks_and_parquet_tell_no_more_than_the_rows(public):
    import duckdb

    for name in MONTHS:
        rows = told(public / name)
        blocks = json.loads((public / name / "blocks.geojson").read_text())["features"]
        assert sum(block["properties"]["incidents"] for block in blocks) == sum(
            bool(row["latitude"]) for row in rows
        )
        fine = duckdb.sql(
            f"SELECT count(*) FROM '{public / name / 'incidents.parquet'}' WHERE date IS NOT NULL OR block IS NOT NULL"
        ).fetchone()
        assert fine == (sum(bool(row["date"] or row["block"]) for row in rows),)


class Row:
    """A line of the public file with the names that the attacker asks by."""

    def __init__(self, line):
        self.primary_type, self.hour, self.area = (
            line["primary_type"],
            line["date"] or None,
            line["community_area"],
        )
        self.block, self.description, self.arrest = line["block"], line["description"], line["arrest"]


def test_nobody_counts_one_or_two_of_the_protected(public):
    for name in MONTHS:
        groups = sensitive_groups(
            [Row(line) for line in told(public / name)],
            "area",
            "primary_type",
            "block",
            "description",
            "arrest",
        )
        assert len(groups) > 100
        assert min(groups.values()) >= 3, name


def test_the_point_of_a_block_is_one_of_the_unprotected(source, public):
    """Where every protected row of a month is left out of the file, the points are the same: they are worked out from others."""
    from openclear.publishing.rows import SQUARE_LATITUDE, SQUARE_LONGITUDE

    places = defaultdict(list)
    for row in source:
        if not row["protected"] and row["Latitude"]:
            places[block_of(row["Block"])].append((float(row["Latitude"]), float(row["Longitude"])))
    for name in MONTHS:
        for row in told(public / name):
            if row["latitude"]:
                point = float(row["latitude"]), float(row["longitude"])
                near = places[row["block"]]
                for side, square in ((0, SQUARE_LATITUDE), (1, SQUARE_LONGITUDE)):
                    low, high = min(place[side] for place in near), max(place[side] for place in near)
                    assert low - square <= point[side] <= high + square, row


def test_twenty_questions_on_the_citys_real_data(city, crimes):
    import duckdb

    file = crimes / "crimes_2018_h1.csv.gz"
    for kind in ("beats", "districts", "community-areas"):
        outlines = crimes / f"{kind.replace('-', '_')}.geojson.gz"
        city.run("import", kind, str(outlines), "--valid-from", "1900-01-01")
    in_2018 = [({"since": "2018-01-01", "until": "2018-06-30"} | filters, by) for filters, by, _ in TWENTY]
    asked = subprocess.run(
        [sys.executable, "-c", ASK], input=json.dumps(in_2018), env=city.environment, check=True, capture_output=True, text=True
    )  # fmt: skip
    answers, beats = json.loads(asked.stdout.splitlines()[-1])
    connection = duckdb.connect()
    connection.execute(
        f"CREATE VIEW crimes AS SELECT *, strptime(\"Date\", '%m/%d/%Y %I:%M:%S %p') AS date_ FROM read_csv('{file}', types = {{'Date': 'VARCHAR'}})"
    )
    # On 11 March the clock went from two to three: what the file puts between (eight incidents) is kept an hour later.
    gap = "date_ >= '2018-03-11 02:00' AND date_ < '2018-03-11 03:00'"
    connection.execute(
        f'CREATE VIEW file AS SELECT * EXCLUDE ("Date", date_), date_ + INTERVAL (({gap})::INT) HOUR AS date FROM crimes'
    )
    assert connection.execute(f"SELECT count(*) FROM crimes WHERE {gap}").fetchone() == (8,)
    for (filters, by, value), answer in zip(TWENTY, answers, strict=True):
        where = " AND ".join(COLUMNS[name].format(chosen) for name, chosen in filters.items()) or "true"
        wanted = connection.execute(f"SELECT {value}, count(*) FROM file WHERE {where} GROUP BY 1").fetchall()
        assert answer == dict(wanted), (filters, by)
    assert 0.90 < beats["share"] < 0.93
    reasons = [beats[name] for name in ("equal", "renamed", "outside", "within_a_block", "farther")]
    assert sum(reasons) == beats["compared"]
    assert beats["compared"] + beats["without_point"] + beats["without_code"] == 125_590
    assert beats["within_a_block"] > 10_000
    told = subprocess.run(
        [sys.executable, "-c", PUBLIC], check=True, capture_output=True, text=True,
        env=city.environment | {"OPENCLEAR_PUBLIC_FOLDER": str(city.home / "public"), "DJANGO_SETTINGS_MODULE": "openclear.config.settings.public"},
    )  # fmt: skip
    check_public_counts(connection, json.loads(told.stdout))
    homicides = crimes / "homicides_2001_2018.csv.gz"
    city.run("import", "chicago-crimes", str(homicides))
    asked = subprocess.run(
        [sys.executable, "-c", ASK], env=city.environment, check=True, capture_output=True, text=True,
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
