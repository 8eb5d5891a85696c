"""The pages in a real browser, on a phone and on a desktop; screenshots go to test-output/."""

import shutil
from pathlib import Path

import pytest

from tests.live.city import City

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1440, "height": 900}}
pytestmark = [pytest.mark.live, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    made = City(tmp_path_factory.mktemp("browser") / "city", None)
    made.build(2000, 4000)
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    options = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
    ]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield running
        running.close()


@pytest.fixture(params=SIZES)
def page(request, browser, city):
    context = browser.new_context(
        viewport=SIZES[request.param], base_url=f"http://127.0.0.1:{city.port}", locale="en-US"
    )
    shown = context.new_page()
    shown.size = request.param
    yield shown
    context.close()


def picture(page, name):
    folder = ROOT / "test-output"
    folder.mkdir(exist_ok=True)
    page.screenshot(path=folder / f"{name}-{page.size}.png", full_page=True)
    # Nothing may make the page wider than the screen.
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


def sign_in(page, name):
    page.goto("/sign-in")
    picture(page, "sign-in")
    page.get_by_role("button", name=name).click()
    page.wait_for_url("**/")


def search(page, case, text="kowalski"):
    page.get_by_label("Name and year of birth").fill(text)
    page.get_by_label("Case, dispatch event or warrant").fill(case)
    page.keyboard.press("Enter")


def test_rivera_finds_and_opens_a_person_with_the_keyboard(page, city):
    sign_in(page, "Elena Rivera")
    picture(page, "desk")
    search(page, city.case(), "kowalsky")
    page.get_by_role("heading", name="results").wait_for()
    picture(page, "results")
    page.screenshot(path=ROOT / "test-output" / f"screen-{page.size}.png")
    page.locator(".results a").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Involvements").wait_for()
    assert "Entry in the log" in page.locator(".receipt").inner_text()
    picture(page, "person")


def test_ives_is_told_why_and_what_he_can_do(page, city):
    case = city.case()
    sign_in(page, "Gordon Ives")
    city.cut_off()
    try:
        search(page, case)
        page.get_by_role("heading", name="Refused").wait_for()
        text = page.locator("main").inner_text()
        for words in (
            "Access of us.dhs.ice is cut off",
            "cut-off:",
            "Mayor's order of 10 July 2019",
            "What you can do",
        ):
            assert words in text
        picture(page, "refused")
    finally:
        city.run("restore", "us.dhs.ice", "--by", "novak", "--approved-by", "adler")


def test_the_site_in_spanish_and_in_the_dark(page):
    page.emulate_media(color_scheme="dark")
    sign_in(page, "Elena Rivera")
    page.get_by_role("button", name="Español").click()
    page.get_by_role("heading", name="Buscar").wait_for()
    picture(page, "desk-spanish-dark")
