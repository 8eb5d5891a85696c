"""A city's profile: read whole or refused in one sentence, and the same program for every city."""

import json
import re
import shutil
import tomllib
from datetime import date, time
from pathlib import Path

import pytest

from openclear.access.policy.written import load_policies
from openclear.config.city import profile_folder
from openclear.sources.crimes.mapping import read_columns
from openclear.vocabulary import city as current
from openclear.vocabulary.city import shipped_city
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.handling import CODES, WORDINGS, read_offense_table
from openclear.vocabulary.labels import Label
from openclear.vocabulary.profile_file import read_city

pytestmark = pytest.mark.anywhere
LARKSPUR = Path(__file__).resolve().parents[1] / "profiles" / "larkspur"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def profile(tmp_path):
    return Path(shutil.copytree(LARKSPUR, tmp_path / "larkspur"))


@pytest.mark.parametrize("folder", [LARKSPUR, shipped_city()], ids=lambda folder: folder.name)
def test_a_profile_is_read_with_its_tables_and_mappings(folder):
    city = read_city(folder)
    assert city.host.startswith(city.root)
    assert city.words_in("es-mx").city
    table = read_offense_table(city.text(CODES), city.text(WORDINGS))
    assert table.codes
    assert {row["code"] for row in city.table("offense_codes.csv")} <= set(table.codes)
    assert all(read_columns(path).source for path in city.imports().values())


def test_every_city_names_the_same_sources_and_every_rule_finds_its_own():
    ours, theirs = read_city(shipped_city()), read_city(LARKSPUR)
    assert set(ours.sources) == set(theirs.sources)
    assert theirs.source("$welcoming; CJIS") == "ORS 181A.820, sanctuary promise; CJIS"
    rules = load_policies().rules.values()
    assert not [rule for rule in rules if "$" in rule.source]
    assert any("5 ILCS 805/15" in rule.source for rule in rules)


def test_a_source_that_the_profile_does_not_name_is_said():
    with pytest.raises(WrongUsage, match="names no source 'unheard_of'; add it to its table"):
        read_city(LARKSPUR).source("$unheard_of")


def test_small_tables_label_as_large_ones_do():
    city = read_city(LARKSPUR)
    table = read_offense_table(city.text(CODES), city.text(WORDINGS))
    assert table.handling_of("163415", "SEX CRIMES", "SEXUAL ABUSE").labels == Label.SEXUAL_ASSAULT
    unknown = table.handling_of("999999", "ASSAULT", "WITH A LADDER")
    assert not unknown.decided
    assert unknown.labels == Label.DOMESTIC, "as the most sensitive of its type"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('time_zone = "America/Los_Angeles"', 'time_zone = "Pacific"', "there is no time zone 'Pacific'"),
        (
            'host = "or.larkspur.police"',
            'host = "or.elsewhere"',
            "must be below the root or.larkspur; or.elsewhere is not",
        ),
        (
            'oversight = "or.larkspur.auditor"',
            'oversight = "or.larkspur.police.ia"',
            "is not part of the department",
        ),
        ('root = "or.larkspur"', 'root = "OR"', "is not an agency path"),
        (
            'area_kind = "district"',
            'area_kind = "ward"',
            "area_kind is community-area or district, not 'ward'",
        ),
        ("[words.en]", "[words.de]", "words in English"),
        ("beat = 2", 'beat = "two"', "formats.beat is a whole number"),
        ("beat = 2", "beat = 40", "at most 12"),
        (r"'\d{2}-\d{6}'", "'('", "formats.incident_number is not a regular expression"),
        (
            'incident_number_example = "24-001234"',
            'incident_number_example = "JB123456"',
            "is not of the form",
        ),
        ("earliest_birth = 1895-01-01", "earliest_birth = 1895", "a day such as 1901-01-01"),
        (
            'plate_state = "OR"',
            'plate_state = "OR"\nsheriff = "x"',
            "there is no sheriff; the names here are",
        ),
        (
            'path = "or.larkspur.auditor"',
            'path = "or.larkspur.other"',
            "[[agencies]] lists root, host and oversight",
        ),
        ("[sources]", "[sources", "is not a TOML file"),
        (
            r"block = '\d{3}XX |\d+00 BLOCK OF '",
            r"block = '\d+'",
            "takes the exact address 4721 S MAIN AVE for a block",
        ),
        ('"ORS 137.225"', "137", "sources.court_sealing is missing; write it as a text in quotes"),
        ("{hundreds:03}XX ", "{thousands}XX ", "writes no house number"),
        ("{hundreds:03}XX ", "{hundreds} ", "which formats.block does not match"),
        ('block_forms = ["', 'block_forms = "', "is not a TOML file"),
        ('address = "https://creative', 'address = "creative', "license.address is where"),
        (
            '[[agencies]]\npath = "or"',
            "[[agencies]]\npath = 5",
            "path of an entry of [[agencies]] is a text in quotes",
        ),
        ('oris = ["OR0999900"]', "oris = 5", "oris of an entry of [[agencies]] is a list of texts"),
        (
            '"ORS 137.225"',
            "'ORS \") permit(principal, action, resource);'",
            "sources.court_sealing has a quote",
        ),
    ],
)
def test_what_is_wrong_in_a_profile_is_one_sentence(profile, old, new, sentence):
    file = profile / "city.toml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(WrongUsage, match=re.escape(sentence)) as raised:
        read_city(profile)
    assert str(file) in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("[columns]", "[column]", "there is no 'column'"),
        ('source_id = "report_no"\n', "", "there is no column for source_id"),
        ('block = "hundred_block"', 'block = "hundred_block"\nage = "age"', "there is no field age"),
        ('dates = ["%Y/%m/%d %H:%M"]', "dates = []", "'dates' is missing, or is not a list"),
        (
            'arrest_made = "cleared_by_arrest"',
            'arrest_made = "Cleared By Arrest"',
            "in lower case with underscores: cleared_by_arrest",
        ),
        (
            'block = "hundred_block"',
            'block = "hundred_block"\nlocation = "birth_city"',
            "birth_city is about immigration or birthplace",
        ),
        ('block = "hundred_block"', "block = 5", "texts in quotes"),
        ('title = "the', 'id_form = "("\ntitle = "the', "'id_form' is not a regular expression"),
        ('title = "the', 'id_form = 5\ntitle = "the', "'id_form' is not a text in quotes"),
        ('title = "the', 'revision = 5\ntitle = "the', "'revision' is not a text in quotes"),
        ('[known]\nnames = ["reported_by"]', "[known]\nnames = 5", "known.names is not a list"),
        ('[known]\nnames = ["reported_by"]', '[known]\nnames = "reported_by"', "known.names is not a list"),
        ('[known]\nnames = ["reported_by"]', "[known]\nnames = [5]", "texts in quotes"),
        ("[known]\nnames", "[known]\nname", "there is no known.name"),
        ('[known]\nnames = ["reported_by"]', "[[known]]", "'known' is not a table"),
    ],
)
def test_what_is_wrong_in_a_mapping_is_one_sentence(profile, old, new, sentence):
    file = profile / "imports" / "incident-log.toml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(WrongUsage, match=re.escape(sentence)):
        read_columns(file)


# One value of each type that TOML has, apart from tables in tables.
VALUES = (5, -1, 1.5, True, "", "x", "{", [], [5], ["x"], [[]], {}, {"x": 5}, date(2020, 1, 1), time(1, 2))


def written(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return str(value) if isinstance(value, date | time) else json.dumps(value)


def sentence_of(read):
    try:
        read()
    except WrongUsage as error:
        return str(error)
    return ""


def with_another(told, read, path):
    """Try each value of the file in turn as each of the others: it is read, or one sentence says what is wrong."""
    for table in [told, *(each for each in told.values() if isinstance(each, dict))]:
        for name, kept in list(table.items()):
            for value in VALUES:
                table[name] = value
                path.write_text("\n".join(f"{key} = {written(each)}" for key, each in told.items()))
                said = sentence_of(read)
                assert not said or (str(path) in said and "\n" not in said)
            table[name] = kept


def test_any_value_of_any_type_in_a_profile_is_read_or_one_sentence(profile):
    path = profile / "city.toml"
    with_another(tomllib.loads(path.read_text()), lambda: read_city(profile), path)


def test_any_value_of_any_type_in_a_mapping_is_read_or_one_sentence(profile):
    path = profile / "imports" / "incident-log.toml"
    with_another(tomllib.loads(path.read_text()), lambda: read_columns(path), path)


def test_a_city_serves_its_own_profile_whatever_a_variable_says(tmp_path):
    named = {"OPENCLEAR_CITY": str(LARKSPUR / "city.toml")}
    assert profile_folder(tmp_path, founded=False, environment=named) == LARKSPUR
    assert profile_folder(tmp_path, founded=False, environment={}) == shipped_city()
    assert profile_folder(tmp_path, founded=True, environment=named) == shipped_city()
    (tmp_path / "city").mkdir()
    assert profile_folder(tmp_path, founded=True, environment=named) == tmp_path / "city"
    assert profile_folder(tmp_path, founded=False, environment=named) == LARKSPUR, (
        "what a set-up that broke off left"
    )


def test_the_program_names_no_city():
    named = re.compile(r"chicago|illinois|\bCPD\b|\bILCS\b", re.IGNORECASE)
    package = ROOT / "src" / "openclear"
    found = [
        path.relative_to(package).as_posix()
        for path in package.rglob("*")
        if path.is_file() and path.suffix not in {".mo", ".pyc", ".br", ".gz"} and "assets" not in path.parts
        and "cities" not in path.parts and "built" not in path.parts and named.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]  # fmt: skip
    assert found == []


def test_this_process_serves_the_city_that_ships():
    assert current.city().folder == shipped_city()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("wards = 0", "ranges.wards is a whole number from 1 to 9999"),
        ("wards = true", "ranges.wards is a whole number from 1 to 9999"),
        ("community_areas = '77'", "ranges.community_areas is a whole number"),
        ("earliest_incident = 2001", "ranges.earliest_incident is a day such as 1901-01-01"),
        ("latitude = [44.2, 43.9]", "ranges.latitude is two numbers, the lower one first"),
        ("latitude = [44.2]", "ranges.latitude is two numbers"),
        ("x_coordinate = 5", "ranges.x_coordinate is two numbers"),
        ("unknown_points = [36.6, -91.6]", "ranges.unknown_points is a list of points"),
        ("parks = 5", "there is no ranges.parks; the names here are"),
    ],
)
def test_a_wrong_limit_is_one_sentence(profile, line, sentence):
    file = profile / "city.toml"
    file.write_text(file.read_text().replace("[ranges]\n", f"[ranges]\n{line}\n", 1))
    with pytest.raises(WrongUsage, match=re.escape(sentence)):
        read_city(profile)


def test_a_profile_without_optional_limits_is_a_profile(profile):
    ranges = read_city(profile).ranges
    assert (ranges.wards, ranges.latitude, ranges.unknown_points) == (None, None, ())
    assert ranges.holds(0.0, 0.0)


def test_the_limits_of_the_city_that_ships_hold_its_invented_places():
    from openclear.sources.synthetic.outlines import draw_outlines
    from openclear.vocabulary.city import city

    ranges = city().ranges
    for rows in draw_outlines():
        for row in rows:
            polygons = (
                row.shape["coordinates"]
                if row.shape["type"] == "MultiPolygon"
                else [row.shape["coordinates"]]
            )
            points = [point for polygon in polygons for ring in polygon for point in ring]
            assert all(ranges.holds(latitude, longitude) for longitude, latitude in points), row.code
