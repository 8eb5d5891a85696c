"""A second, invented city with a profile of its own: import by mapping, search, order, proof, public site (law 11)."""

import csv
import json
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.live.city import City
from tests.live.test_real_city import Browser
from tests.ports import free_port

pytestmark = pytest.mark.live
PROFILE = Path(__file__).resolve().parents[1] / "profiles" / "larkspur"
TWO = ("--by", "tanaka", "--approved-by", "byrd")
HEADING = [
    "Report No", "Occurred At", "Hundred Block", "Statute", "Category", "Offense", "Cleared By Arrest", "Patrol Area",
    "District", "Lat", "Lon", "Reported By",
]  # fmt: skip
ROWS = [
    ["26-900001", "2026/07/10 23:30", "300 block of Alder St", "164043", "THEFT", "THEFT IN THE THIRD DEGREE", "Y", "7",
     "1", "44.05", "-123.09", "a clerk"],
    ["26-900002", "2026/07/11 01:00", "100 block of Larch St", "163415", "SEX CRIMES", "SEXUAL ABUSE", "N", "12", "1",
     "", "", ""],
    ["26-900003", "11 July 2026", "100 block of Larch St", "164043", "THEFT", "THEFT", "N", "12", "1", "", "", ""],
]  # fmt: skip


class Larkspur(City):
    """The second city, served with its public site."""

    def __init__(self, home):
        super().__init__(home)
        self.public_port = free_port()
        self.environment |= {"OPENCLEAR_PUBLIC_SITE": "auto", "OPENCLEAR_PUBLIC_PORT": str(self.public_port)}

    def token(self, officer):
        return self._once("token", "create", "--officer", officer, *TWO).strip()

    def case(self):
        return json.loads(self._once("cases", "--open", "--json", "--by", "lopez"))[0]["number"]

    def ask(self, officer, path):
        status, body = self.get(f"/api/v1/{path}", self.token(officer))
        return status, json.loads(body)

    def public(self, path):
        until = time.monotonic() + 20
        while True:
            try:
                with urllib.request.urlopen(
                    f"http://127.0.0.1:{self.public_port}/{path}", timeout=20
                ) as page:
                    return page.read().decode()
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)


@pytest.fixture(scope="module")
def larkspur(tmp_path_factory):
    home = tmp_path_factory.mktemp("larkspur")
    own = Larkspur(home / "city")
    own.run("init", "--demo", "--city", str(PROFILE / "city.toml"))
    own.run("demo", "--no-serve", "--people", "80", "--incidents", "400", wait=240)
    with (home / "july.csv").open("w", newline="") as file:
        csv.writer(file).writerows([HEADING, *ROWS])
    own.start()
    yield own
    own.stop()


def test_its_file_comes_in_by_its_own_mapping_and_again_changes_nothing(larkspur):
    july = str(larkspur.home.parent / "july.csv")
    first = json.loads(larkspur.run("import", "incident-log", july, "--json").splitlines()[-1])
    assert (first["read"], first["inserted"], first["rejected"]) == (3, 2, 1)
    assert "not a date and time such as 2024/07/10 13:30" in Path(first["rejects_file"]).read_text()
    again = json.loads(larkspur.run("import", "incident-log", july, "--json").splitlines()[-1])
    assert (again["inserted"], again["unchanged"]) == (0, 2)
    found = larkspur.ask(
        "lopez", f"incidents?q=26-900001&purpose=criminal-investigation&case={larkspur.case()}"
    )[1]
    assert [row["rd_number"] for row in found["results"]] == ["26-900001"]
    told = found["results"][0]
    assert told["occurred"].startswith(("2026-07-10T23:30", "2026-07-11T06:30")), (
        "by the clock of the Pacific coast"
    )
    assert (told["beat"], told["district"], told["iucr"]) == ("07", "1", "164043")


def test_files_of_the_city_that_ships_are_unknown_here_and_that_is_said(larkspur):
    larkspur.run("import", "chicago-crimes", "x.csv", code=2)


def test_an_officer_finds_a_report_by_its_number_and_reads_the_citys_words(larkspur):
    lopez = Browser(larkspur).open("/sign-in").open("/sign-in", {"officer": "lopez"})
    lopez.open(f"/search?q=24-001003&purpose=criminal-investigation&case={larkspur.case()}")
    assert lopez.status == 200
    assert "24-001003" in lopez.page
    record = re.search(r'href="(/incidents/[0-9a-f-]+[^"]*)"', lopez.page)[1].replace("&amp;", "&")
    assert "Report number 24-001003" in lopez.open(record).page


def test_an_analyst_counts_by_district_and_prints_its_book(larkspur, tmp_path):
    park = Browser(larkspur).open("/sign-in").open("/sign-in", {"officer": "park"}).open("/figures")
    assert park.status == 200
    assert 'name="district"' in park.page
    assert "community_area" not in park.page, "a city without such areas is asked for none"
    counted = json.loads(larkspur.run("figures", "--by", "district", "--json"))
    assert "1" in json.dumps(counted)
    larkspur.run("report", "book", "district=1", "month=2026-05", "--to", str(tmp_path / "book.pdf"))
    told = "".join(page.extract_text() for page in PdfReader(tmp_path / "book.pdf").pages)
    assert "in Larkspur" in told
    assert not re.search("chicago", told, re.IGNORECASE)


def test_rules_say_the_law_of_its_own_state(larkspur):
    status, said = larkspur.ask("lopez", "people?q=holloway&purpose=civil-immigration-enforcement")
    assert status == 403
    assert "ORS 181A.820" in json.dumps(said)


def test_an_order_holds_here_as_anywhere_and_its_proof_is_read_without_us(larkspur, tmp_path):
    asked = f"people?q=holloway&purpose=criminal-investigation&case={larkspur.case()}"
    assert larkspur.ask("crane", asked)[0] == 200
    larkspur.run("cut-off", "or.larkspur.police", "--ground", "by mistake", *TWO, code=1)
    receipt = json.loads(
        larkspur.run("cut-off", "us.dhs.ice", "--ground", "Order 24-7 of the mayor", *TWO, "--json")
    )
    assert all(item["after"] == 0 for item in receipt["receipts"] if item["target"] != "publication"), receipt
    assert larkspur.ask("crane", asked)[0] == 403
    assert larkspur.ask("ward", asked)[0] == 200
    larkspur.run("log", "export", str(tmp_path / "log"))
    checked = subprocess.run(
        [sys.executable, "-I", tmp_path / "log" / "verify.py", tmp_path / "log", "--agency", "us.dhs.ice"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "or.larkspur.police" in (tmp_path / "log" / "headers.jsonl").read_text().splitlines()[0]
    larkspur.run("restore", "us.dhs.ice", *TWO)


def test_the_public_site_speaks_of_this_city_and_counts_by_its_one_district(larkspur):
    home = larkspur.public("")
    assert "Police data of Larkspur, open to check" in home
    areas = larkspur.public("map/")
    assert '<th scope="col">District</th>' in areas
    assert 'href="/en/areas/1/"' in areas
    one = larkspur.public("en/areas/1/")
    assert "Larkspur" in one
    numbers = [int(number) for number in re.findall(r'class="[^"]*numbers[^"]*">(\d+)<', one)]
    assert sum(numbers) > 20, "its incidents are counted in the one district"


def test_its_published_files_name_the_district_and_its_license(larkspur):
    header = larkspur.public("editions/latest/incidents.csv").splitlines()[0].split(",")
    assert "district" in header
    assert "community_area" not in header
    blocks = json.loads(larkspur.public("map/blocks.geojson"))["features"]
    assert set(blocks[0]["properties"]) == {"block", "district", "incidents"}
    package = json.loads(larkspur.public("editions/latest/datapackage.json"))
    told = {field["name"]: field["description"] for field in package["resources"][1]["schema"]["fields"]}
    assert told["district"] == "Number of the district"
    assert package["licenses"][0]["path"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert "Creative Commons Zero 1.0" in larkspur.public("data/")


def test_an_address_finds_its_block_in_either_of_its_forms(larkspur):
    block = json.loads(larkspur.public("map/blocks.geojson"))["features"][0]["properties"]["block"]
    found = larkspur.public(f"map/?q={block[1:3]}21+{block[6:].replace(' ', '+')}")
    assert f">{block}</a>" in found


def test_nothing_that_anyone_reads_names_another_city(larkspur):
    lopez = Browser(larkspur).open("/sign-in").open("/sign-in", {"officer": "lopez"})
    pages = [
        lopez.open(path).page
        for path in ("/", "/cases", "/saved", "/account/", "/log", "/api/v1/openapi.json", "/sign-in")
    ]
    pages += [
        larkspur.public(path)
        for path in ("", "map/", "trends/", "transparency/", "data/", "about/", "es/", "es/map/")
    ]
    for page in pages:
        assert not re.search(r"chicago|illinois|\bCPD\b|ILCS|HALSTED|79TH|ASHLAND", page, re.IGNORECASE), (
            page[:300]
        )


def test_a_profile_that_names_another_department_is_not_served(tmp_path):
    own = Larkspur(tmp_path / "city")
    own.run("init", "--demo", "--city", str(PROFILE / "city.toml"))
    profile = own.home / "public" / "city" / "city.toml"
    began = profile.read_text()
    try:
        profile.write_text(began.replace('area_kind = "district"', 'area_kind = "community-area"'))
        own.run("officers", code=1)
        profile.write_text(began.replace('host = "or.larkspur.police"', 'host = "or.larkspur.attorney"'))
        for verb in (["serve", "--port", str(own.port)], ["officers"]):
            done = subprocess.run(
                [sys.executable, "-m", "openclear.config.program", *verb],
                env=own.environment, capture_output=True, text=True, check=False, timeout=60,
            )  # fmt: skip
            assert done.returncode == 1
            assert "host is or.larkspur.attorney, but this city began with or.larkspur.police" in done.stderr
            assert len(done.stderr.strip().splitlines()) == 1
    finally:
        own.stop()
