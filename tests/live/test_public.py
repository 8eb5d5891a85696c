"""The public site alone: another user of the machine, one folder, and everything still works; and two people who read it."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.live.browser import CHROMIUM, OPTIONS, SIZES, Person
from tests.live.city import City

pytestmark = pytest.mark.live
ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
in_a_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
PAGES = (
    "",
    "map/",
    "map/?q=79TH",
    "areas/25/",
    "trends/",
    "trends/?type=THEFT",
    "transparency/",
    "data/",
    "about/",
)


def python_for(user):
    """Return an interpreter that another user may run, with the paths that it needs; skip where there is none."""
    if os.geteuid() != 0:
        pytest.skip("only root can start a process as another user")
    paths = os.pathsep.join(
        [str(ROOT / "src"), *(path for path in sys.path if path.endswith("site-packages"))]
    )
    for program in (sys.executable, "/usr/bin/python3"):
        environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [program, "-c", "import django, gunicorn, openclear.citizen"]
        try:
            subprocess.run(
                command,
                env=environment,
                user=user,
                group=user,
                extra_groups=[],
                check=True,
                capture_output=True,
                cwd="/",
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return program, environment
    pytest.skip("no interpreter here can be run by another user")
    raise AssertionError


class PublicCity(City):
    """A city whose public site runs as nobody."""

    def open_public(self) -> None:
        program, environment = python_for(NOBODY)
        folder = self.home / "public"
        environment |= {"OPENCLEAR_PUBLIC_FOLDER": str(folder), "HOME": "/nonexistent"}
        self.program, self.public_environment = program, environment
        command = [
            program, "-m", "gunicorn", "openclear.config.public_wsgi:application", "--bind", f"127.0.0.1:{self.port}",
            "--worker-class", "gthread", "--threads", "8", "--worker-tmp-dir", "/tmp", "--log-level", "error",
        ]  # fmt: skip
        self.server = subprocess.Popen(
            command,
            env=environment,
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            cwd="/",
            start_new_session=True,
        )
        for _ in range(400):
            try:
                if self.get("/healthz")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError("the public site did not start")


@pytest.fixture(scope="module")
def city():
    # Not under pytest's own folder, which no other user may enter.
    folder = Path(tempfile.mkdtemp(prefix="openclear-public-"))
    folder.chmod(0o711)
    made = PublicCity(folder / "city")
    made.build(600, 6000)
    made.case()  # the writer of the log runs beside the public site
    (folder / "city").chmod(0o711)
    made.open_public()
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


def page(city, path):
    status, body = city.get(path)
    assert status == 200, (path, status)
    return body.decode()


def test_every_page_is_there_in_both_languages_without_a_script_or_a_cookie(city):
    for language in ("en", "es"):
        for path in PAGES:
            text = page(city, f"/{language}/{path}")
            assert f'<html lang="{language}">' in text
            assert "set-cookie" not in text.lower()
    with urllib.request.urlopen(f"http://127.0.0.1:{city.port}/en/") as answer:
        assert "Set-Cookie" not in answer.headers
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Qué se denuncia" in page(city, "/es/")
    areas = json.loads(page(city, "/map/areas.geojson"))
    assert len(areas["features"]) == 77
    assert sum(feature["properties"]["incidents"] for feature in areas["features"]) > 1000


def test_the_other_databases_cannot_be_reached_whatever_one_tries(city):
    home = city.home
    officer = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env=city.environment)
    try:
        done = subprocess.run(
            [city.program, str(ROOT / "tests" / "live" / "stranger.py"), str(home), str(officer.pid)],
            env=city.public_environment, user=NOBODY, group=NOBODY, extra_groups=[], cwd="/", capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        officer.send_signal(signal.SIGKILL)
        officer.wait()
    assert done.returncode == 0, done.stderr
    first, *worked = done.stdout.split("\n")
    assert re.fullmatch(r"editions \d\d", first)
    assert [way for way in worked if way] == []


def test_the_ways_are_ways_for_somebody_who_may():
    """The stranger is worth something: as the city's own user nearly every way is open."""
    folder = Path(tempfile.mkdtemp(prefix="openclear-open-"))
    made = City(folder / "city")
    try:
        made.build(60, 60)
        made.case()  # its writer of the log runs
        environment = {
            "PYTHONPATH": str(ROOT / "src"),
            "OPENCLEAR_PUBLIC_FOLDER": str(folder / "city" / "public"),
        }
        done = subprocess.run(
            [sys.executable, str(ROOT / "tests" / "live" / "stranger.py"), str(folder / "city"), str(os.getpid())],
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        for way in ("list police", "query police/police.sqlite3", "read keys/log.key", "write into public"):
            assert way in done.stdout
        assert "change the public database" not in done.stdout
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_addresses_that_are_none_say_nothing(city):
    for path in (
        "/en/areas/999/", "/editions/2026-05.1/../../public.sqlite3", "/editions/x/incidents.csv",
        "/editions/2026-05.1/%2e%2e%2fmanifest.json", "/editions/2026-05.99/incidents.csv", "/static/../settings.py", "/admin/", "/en/map/../../police",
    ):  # fmt: skip
        status, body = city.get(path)
        assert status == 404, path
        assert b"Traceback" not in body
    for path in (
        "/en/map/?since=2020-99&until=x&type=%27%3B--&q=%25%00",
        "/map/blocks.geojson?area=999999999999999999999&q=%27",
        "/map/blocks.geojson?area=%C2%B2",
        "/en/blocks/",
        "/en/blocks/?block=%00",
    ):
        assert city.get(path)[0] == 400, path
    assert city.get("/editions/2026-05.%C2%B2/incidents.csv")[0] == 404


def test_a_list_that_is_cut_says_by_how_much(city):
    found = re.search(
        r'<section aria-labelledby="found">.*?</section>', page(city, "/en/map/?q=ave"), re.DOTALL
    )[0]
    listed = len(json.loads(page(city, "/map/blocks.geojson?q=ave"))["features"])
    assert listed == 200, "the map has as many as it says"
    assert found.count("?block=") == 40
    assert int(re.search(r"([\d,]+) more blocks match", found)[1].replace(",", "")) >= 160


def test_a_file_is_the_one_that_its_manifest_names(city):
    listed = re.findall(r"/editions/([\d.-]+)/manifest.json", page(city, "/en/data/"))
    assert len(listed) >= 17
    manifest = json.loads(page(city, f"/editions/{listed[0]}/manifest.json"))
    for file in manifest["files"]:
        _, body = city.get(f"/editions/{listed[0]}/{file['name']}")
        assert hashlib.sha256(body).hexdigest() == file["sha256"]


def test_a_withdrawn_edition_is_gone_with_its_reason(city):
    name = re.findall(r"/editions/([\d.-]+)/manifest.json", page(city, "/en/data/"))[-1]
    city.run("edition", "withdraw", name, "--reason", "It held a wrong district.")
    status, body = city.get(f"/editions/{name}/incidents.csv")
    assert (status, body) == (410, b"It held a wrong district.\n")
    assert "It held a wrong district." in page(city, "/es/data/")


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*(option for option in OPTIONS if option != "--disable-gpu"), "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
        )  # fmt: skip
        yield running
        running.close()


@pytest.fixture(params=SIZES)
def resident(request, browser, city):
    person = Person(browser, city, request.param, locale="es-US")
    yield person
    person.context.close()


@in_a_browser
def test_dana_finds_her_block_in_spanish(resident):
    resident.page.goto("/")
    assert resident.page.url.endswith("/es/")
    resident.look("public-home")
    resident.page.get_by_label("Su dirección, calle o zona").fill("halsted")
    resident.page.keyboard.press("Enter")
    resident.page.locator("#map[data-drawn]").wait_for()
    resident.look("public-map")
    first = resident.page.locator("section .rows a").first
    block = first.inner_text()
    assert "HALSTED" in block
    first.click()
    resident.page.get_by_role("heading", name=block).wait_for()
    resident.look("public-block")
    assert "Unidad: incidentes" in resident.text()
    resident.page.get_by_role("link", name="Tendencias").click()
    resident.page.wait_for_url("**/trends/")
    resident.look("public-trends")
    resident.page.get_by_role("link", name="English").click()
    assert "/en/trends/" in resident.page.url


@in_a_browser
def test_dana_finds_her_address_by_keyboard_and_reads_the_map(resident, city):
    block = next(
        row["properties"]["block"]
        for row in json.loads(page(city, "/map/blocks.geojson"))["features"]
        if row["properties"]["block"].startswith("0")
    )
    resident.page.goto("/en/")
    resident.page.get_by_label("Your address, street or area").focus()
    resident.page.keyboard.type(f"{block[1:3]}21 {block[6:].title()}, Apt 2")
    resident.page.keyboard.press("Enter")
    resident.page.get_by_role("heading", name="The block of this address").wait_for()
    assert resident.page.locator("section .rows a").all_inner_texts() == [block]
    resident.page.locator("#map[data-names-drawn]").wait_for()
    legend = resident.page.locator("#legend").inner_text()
    assert "Color: incidents in each community area" in legend
    assert len(re.findall(r"\d+\u2013\d+", legend)) >= 3
    resident.look("public-address")
    resident.page.goto("/en/map/?q=west+town&type=THEFT")
    resident.page.locator("#map[data-drawn]").wait_for()
    resident.look("public-area-found")


@in_a_browser
def test_a_question_that_is_not_understood_is_shown_with_the_form(resident):
    resident.page.goto("/es/map/?q=halsted&type=XYZ&since=abc&lang=fr")
    resident.page.get_by_role("heading", name="No se entiende esta pregunta").wait_for()
    assert resident.page.get_by_label("Su dirección, calle o zona").input_value() == "halsted"
    assert resident.page.get_by_label("Tipo").input_value() == "XYZ"
    resident.look("public-not-understood")
    resident.page.get_by_label("Tipo").select_option("THEFT")
    resident.page.get_by_label("Desde").select_option("")
    resident.page.get_by_role("button", name="Mostrar").click()
    resident.page.get_by_role("heading", name="Resultados de “halsted”").wait_for()


@in_a_browser
def test_a_reporter_finds_the_latest_file_and_what_its_columns_mean(resident):
    resident.page.goto("/en/data/")
    resident.look("public-data")
    with resident.page.expect_download() as download:
        resident.page.evaluate(
            "document.querySelector('a[href=\"/editions/latest/incidents.parquet\"]').click()"
        )
    assert re.fullmatch(r"openclear-[\d.-]+-incidents.parquet", download.value.suggested_filename)
    assert resident.page.get_by_text("Number of the community area").count() == 2


@in_a_browser
def test_a_reporter_checks_one_figure_with_the_command_that_the_page_names(resident, city, tmp_path):
    city.run("statement")
    resident.page.goto("/en/transparency/")
    resident.look("public-transparency")
    rows = resident.page.locator("table").last.locator("tbody tr").all_inner_texts()
    month, agency, answered, refused = next(row.split("\t") for row in rows if "\til.chicago.pd\t" in row)
    with resident.page.expect_download() as download:
        resident.page.get_by_role("link", name="log.tar.gz").click()
    download.value.save_as(tmp_path / download.value.suggested_filename)
    unpack, check = resident.page.locator("pre code").first.inner_text().splitlines()
    subprocess.run(unpack.split(), cwd=tmp_path, check=True)
    told = subprocess.run(
        check.replace("us.doj.fbi", agency).replace("python3", sys.executable).split(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search(
        rf"^{month} +allowed +{answered.replace(',', '')} +refused +{refused.replace(',', '')}$",
        told.stdout,
        re.MULTILINE,
    )
    assert told.stdout.startswith("consistent with itself and signed by ")
