"""The stories of the officer site in a real browser, on a phone and on a desktop, each page checked by axe-core."""

import re
import time

import pytest

from tests.live.browser import CHROMIUM, OPTIONS, SIZES, Person
from tests.live.city import City

pytestmark = [pytest.mark.live, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]
# What does not depend on the size of the screen is walked on one.
on_a_phone = pytest.mark.parametrize("somebody", ["phone"], indirect=True)
GROUND = "Mayor's order of 10 July 2019"


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

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield running
        running.close()


@pytest.fixture(params=SIZES)
def somebody(request, browser, city):
    """Makes people at browsers of their own, of one size."""
    made = []

    def new(**options):
        made.append(Person(browser, city, request.param, **options))
        return made[-1]

    yield new
    for person in made:
        person.context.close()


def test_rivera_finds_a_misspelled_name_with_the_keyboard_and_follows_it(somebody, city):
    rivera = somebody()
    rivera.page.goto("/sign-in")
    rivera.look("sign-in")
    rivera.sign_in("Elena Rivera").look("desk")
    rivera.search("kowalsky", case := city.case())
    rivera.look("results")
    assert "sounds like kowalsky" in rivera.text()
    rivera.page.locator(".rows a").first.focus()
    rivera.page.keyboard.press("Enter")
    rivera.page.get_by_role("heading", name="Involvements").wait_for()
    assert case in rivera.page.locator(".standing").inner_text()
    rivera.look("person")
    rivera.page.locator(".timeline a").first.click()
    rivera.page.get_by_role("heading", name="Narrative").wait_for()
    rivera.look("incident")
    rivera.page.get_by_role("link", name="Change").click()
    assert rivera.page.get_by_label("Case, dispatch event or warrant").input_value() == case
    rivera.page.locator("h1").click()
    rivera.page.keyboard.press("/")
    assert rivera.page.evaluate("document.activeElement.id") == "q"
    rivera.page.get_by_role("link", name="My searches").click()
    assert "kowalsky" in rivera.text()
    rivera.look("searches")


def test_rivera_looks_up_a_plate_an_arrest_and_a_case(somebody, city):
    rivera = somebody().sign_in("Elena Rivera")
    rivera.search("OC0001", city.case())
    rivera.page.locator(".rows a").first.click()
    rivera.look("vehicle")
    rivera.search("CB9", city.case())
    rivera.page.locator(".rows a").first.click()
    rivera.page.get_by_role("heading", name="Charges").wait_for()
    rivera.look("arrest")
    rivera.page.get_by_role("link", name="Cases").click()
    rivera.look("cases")
    rivera.page.locator(".rows a").first.click()
    rivera.look("case")
    rivera.page.get_by_role("link", name="Search on this ground").click()
    assert re.match(r"[A-Z]Z-20", rivera.page.get_by_label("Case, dispatch event or warrant").input_value())


def test_empty_refused_and_mistaken_pages_say_what_next(somebody, city):
    rivera = somebody().sign_in("Elena Rivera")
    rivera.search("qqqqxz", city.case())
    assert "Check the spelling" in rivera.text()
    rivera.look("nothing-found")
    rivera.search("garcia", "")
    assert "Name the number of an open case" in rivera.text()
    rivera.look("refused-no-case")
    rivera.page.goto(
        f"/people/00000000-0000-0000-0000-000000000000?purpose=criminal-investigation&case={city.case()}"
    )
    rivera.look("absent")
    rivera.page.goto("/search?q=x&purpose=curiosity")
    rivera.look("mistake")


def test_frost_notices_nothing_and_ives_is_told_why(somebody, city):
    frost, ives = somebody().sign_in("Daniel Frost"), somebody().sign_in("Gordon Ives")
    case = city.case()
    frost.search("garcia", case)
    before = frost.page.locator("[data-start]").inner_text()
    city.cut_off()
    try:
        frost.search("garcia", case)
        assert frost.page.locator("[data-start]").inner_text() == before
        frost.look("frost-results")
        ives.page.get_by_label("Name and year of birth").fill("garcia")
        ives.page.get_by_label("Case, dispatch event or warrant").fill(case)
        ives.page.keyboard.press("Enter")
        ives.page.get_by_role("heading", name="Refused").wait_for()
        for words in ("Access of us.dhs.ice is cut off", "cut-off:", GROUND, "What you can do"):
            assert words in ives.text()
        ives.look("refused")
        ives.page.get_by_role("button", name="Español").click()
        ives.page.goto("/")
        assert "El acceso de us.dhs.ice está cortado" in ives.text()
        ives.look("refused-spanish")
    finally:
        city.run("restore", "us.dhs.ice", "--by", "novak", "--approved-by", "adler")


def test_novak_plans_adler_approves_and_both_read_the_receipt(somebody):
    novak, ives = somebody().sign_in("Irena Novak", "**/orders"), somebody().sign_in("Gordon Ives")
    novak.look("orders")
    novak.page.get_by_role("link", name="Plan an order").click()
    novak.page.get_by_label("Agency, and everything below it").select_option("us.dhs.ice")
    novak.page.get_by_label("Legal ground").fill(GROUND)
    novak.page.get_by_role("button", name="Show who loses what").click()
    novak.page.get_by_role("heading", name="Who loses what").wait_for()
    assert "Julia Kerr" in novak.text()
    novak.look("plan")
    novak.page.get_by_role("button", name="Order this, and ask a second person").click()
    novak.page.wait_for_url("**/proposals/*")
    novak.look("proposal-own")
    adler = somebody().sign_in("Ruth Adler", "**/orders")
    adler.page.get_by_role("link", name="Cut off us.dhs.ice").click()
    adler.look("proposal")
    adler.page.get_by_role("button", name="Approve: cut off now").click()
    adler.page.get_by_role("heading", name="Receipt").wait_for()
    assert adler.text().count("verified") == 3
    adler.look("order")
    ives.page.reload()
    assert "Refused" in ives.text()
    adler.page.get_by_label("Why it is lifted").fill("end of the story")
    adler.page.get_by_role("button", name="Ask a second person to lift it").click()
    adler.page.wait_for_url("**/proposals/*")
    novak.page.goto(adler.page.url)
    novak.page.get_by_role("button", name="Approve: lift the order now").click()
    novak.page.get_by_text("This order is not in force.").wait_for()
    ives.page.reload()
    assert "Refused" not in ives.text()


def test_novak_keeps_agencies_and_accounts(somebody):
    novak = somebody().sign_in("Irena Novak", "**/orders")
    for name, heading in (
        ("Agencies", "Agencies"),
        ("Accounts", "Accounts"),
        ("My acts", "My searches"),
        ("Log", "The log"),
    ):
        novak.page.get_by_role("link", name=name, exact=True).click()
        novak.page.get_by_role("heading", name=heading, level=1).wait_for()
        novak.look(f"novak-{name.lower().replace(' ', '-')}")
    novak.page.goto("/agencies/us.dhs.ice")
    assert "Gordon Ives" in novak.text()
    novak.look("agency")


@on_a_phone
def test_what_matters_asks_for_a_fresh_proof(somebody):
    novak = somebody().sign_in("Irena Novak", "**/orders")
    novak.page.goto("/confirm?next=/orders")
    novak.look("confirm")
    novak.page.get_by_role("button", name="I am Irena Novak").click()
    novak.page.wait_for_url("**/orders")


def test_okafor_reads_who_asked_what_and_has_the_log_replayed(somebody, city):
    frost = somebody().sign_in("Daniel Frost")
    frost.search("kowalski", city.case())
    entry = frost.page.locator(".receipt a").inner_text()
    okafor = somebody().sign_in("Grace Okafor", "**/log")
    okafor.look("log")
    okafor.page.goto(f"/log/entries/{entry}")
    assert "kowalski" in okafor.text()
    okafor.look("entry")
    okafor.page.goto("/log")
    okafor.page.get_by_role("button", name="Verify now").click()
    okafor.page.get_by_text("entries hold.").wait_for(timeout=60_000)
    okafor.look("verified")


@on_a_phone
def test_lund_adds_a_passkey_and_signs_in_with_it(somebody):
    lund = somebody().sign_in("Peter Lund")
    devices = lund.context.new_cdp_session(lund.page)
    devices.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
              "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    lund.page.goto("/account/")
    lund.look("account")
    lund.page.get_by_role("link", name="Add a passkey").click()
    lund.page.get_by_label("Passwordless").check()
    lund.look("passkey")
    lund.page.get_by_role("button", name="Add").click()
    lund.page.get_by_role("button", name="Use a security key").click()
    lund.page.wait_for_url("**/account/recovery-codes/**")
    lund.look("recovery-codes")
    lund.page.get_by_role("button", name="Sign out").click()
    lund.page.get_by_role("button", name="Sign in with a passkey").click()
    lund.page.wait_for_url("**/")
    lund.page.goto("/account/passkeys/")
    lund.look("passkeys")
    keys = lund.page.get_by_role("link", name="Remove")
    keys.first.click()
    lund.page.get_by_role("button", name="Use a security key").click()
    lund.page.get_by_role("button", name="Remove").click()


@on_a_phone
def test_hale_makes_a_token_for_a_program(somebody, city):
    hale = somebody().sign_in("Martin Hale")
    hale.page.goto("/account/tokens")
    hale.page.get_by_label("What is it for?").fill("nightly report")
    hale.page.get_by_role("button", name="Make a token").click()
    token = hale.page.locator("#token").inner_text()
    hale.look("token")
    status, _ = city.get(f"/api/v1/people?q=garcia&purpose=criminal-investigation&case={city.case()}", token)
    assert status == 200


@on_a_phone
def test_an_idle_page_is_left_before_its_session_ends(somebody):
    marsh = somebody().sign_in("Carol Marsh")
    marsh.page.clock.install()
    marsh.page.goto("/cases")
    marsh.page.clock.fast_forward("29:30")
    assert "/cases" in marsh.page.url
    marsh.page.clock.fast_forward("01:00")
    marsh.page.wait_for_url("**/sign-in")
    marsh.page.goto("/cases")
    assert "/sign-in" in marsh.page.url, "the session is ended on the server too"


def test_the_site_in_the_dark_and_in_spanish(somebody, city):
    rivera = somebody(color_scheme="dark").sign_in("Elena Rivera")
    rivera.search("garcia", city.case())
    rivera.look("results-dark")
    rivera.page.get_by_role("button", name="Español").click()
    rivera.page.get_by_role("heading", name="Buscar").first.wait_for()
    rivera.look("results-spanish-dark")
    novak = somebody(color_scheme="dark").sign_in("Irena Novak", "**/orders")
    novak.page.goto("/orders/new?agency=us.dhs.ice&ground=x")
    novak.look("plan-dark")
    novak.page.goto("/log")
    novak.look("log-dark")


@on_a_phone
def test_everything_works_without_scripts(somebody, city):
    rivera = somebody(java_script_enabled=False)
    rivera.page.goto("/sign-in")
    rivera.page.get_by_role("button", name="Elena Rivera").click()
    rivera.search("garcia", city.case())
    rivera.page.locator(".rows a").first.click()
    rivera.page.get_by_role("heading", name="Involvements").wait_for()


@on_a_phone
def test_the_first_paint_waits_for_no_script(somebody):
    rivera = somebody()
    rivera.page.route("**/*.js", lambda _route: None)  # scripts that never arrive
    rivera.page.goto("/sign-in", wait_until="commit")
    rivera.page.get_by_role("heading", name="Sign in").first.wait_for(timeout=5000)
    painted = "performance.getEntriesByType('paint').map(entry => entry.name)"
    deadline = time.monotonic() + 5
    while (
        "first-contentful-paint" not in (seen := rivera.page.evaluate(painted))
        and time.monotonic() < deadline
    ):
        time.sleep(0.05)
    assert "first-contentful-paint" in seen
