"""The stories of the officer site in a real browser, on a phone and on a desktop, each page checked by axe-core."""

import json
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
    made = City(tmp_path_factory.mktemp("browser") / "city")
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
    rivera.page.locator("section[aria-labelledby=involvements] .rows a").first.click()
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
    rivera.page.get_by_role("link", name="Details").first.click()
    rivera.look("case")
    rivera.page.get_by_role("link", name="Search on this case").click()
    assert re.match(r"[A-Z]Z-20", rivera.page.get_by_label("Case, dispatch event or warrant").input_value())


def a_car(city):
    """A vehicle whose registered owner an officer may see, as its page in the API names both: plate and the owner's name."""
    token, reason = city.token("rivera"), "purpose=traffic-stop"
    found = json.loads(city.get(f"/api/v1/vehicles?q=OC&{reason}&limit=50", token)[1])["results"]
    on_a_case = f"purpose=criminal-investigation&case={city.case()}"
    for car in (row for row in found if row["registered_owner"]):
        status, answer = city.get(f"/api/v1/people/{car['registered_owner']}?{on_a_case}", token)
        if status == 200:
            return car["plate"], json.loads(answer)["result"]["person"]["name"]
    raise AssertionError("no vehicle has a registered owner")


@on_a_phone
def test_a_traffic_stop_takes_three_taps_on_a_phone(somebody, city):
    """Plate, vehicle, registered owner: each a tap, from the start page; then the line on what came of it, which oversight reads."""
    plate, owner = a_car(city)
    here = {"latitude": 41.91017, "longitude": -87.67740}
    rivera = somebody(has_touch=True, is_mobile=True, geolocation=here, permissions=["geolocation"])
    rivera.sign_in("Elena Rivera").look("desk-on-patrol")
    rivera.page.get_by_label("Plate, if there is one").fill(plate)
    rivera.page.get_by_role("button", name="Start stop").tap()
    rivera.page.wait_for_url("**/search?*")
    rivera.look("stop-plate")
    rivera.page.locator(".rows a", has_text=plate).first.tap()
    rivera.page.get_by_role("heading", name=plate).wait_for()
    rivera.look("stop-vehicle")
    rivera.page.get_by_role("link", name="Open the registered owner").tap()
    rivera.page.get_by_role("heading", name=owner).wait_for()
    number = rivera.page.locator(".standing strong").nth(1).inner_text()
    assert number.startswith("STOP-")
    rivera.look("stop-keeper")
    rivera.page.goto("/")
    assert "41.91017, -87.67740" in rivera.text(), "the place is where the phone is"
    rivera.look("stop-open")
    rivera.page.get_by_label("What came of it, in one line").fill("Warning, taillight")
    rivera.page.get_by_role("button", name="End it").tap()
    rivera.page.get_by_role("button", name="Start stop").wait_for()
    rivera.page.goto(f"/search?q=garcia&kind=people&purpose=traffic-stop&case={number}")
    rivera.page.get_by_role("heading", name="Refused").wait_for()
    rivera.look("stop-over")
    rivera.page.get_by_label("Case, dispatch event or warrant").fill(city.case())
    rivera.page.get_by_role("button", name="Try again").tap()
    rivera.page.get_by_role("heading", name="People").wait_for()
    rivera.page.get_by_role("button", name="Español").tap()
    rivera.page.get_by_role("heading", name="Personas").wait_for()
    rivera.page.goto("/")
    rivera.page.get_by_role("button", name="Iniciar parada").wait_for()
    rivera.look("desk-on-patrol-spanish")
    okafor = somebody().sign_in("Grace Okafor", "**/log")
    okafor.page.get_by_role("link", name="Stops").click()
    for words in (number, "Warning, taillight", "rivera", plate, "vehicle.search", "person.view"):
        assert words in okafor.text()
    okafor.look("stops")


@on_a_phone
def test_a_stop_without_scripts_and_without_a_place_says_what_is_missing(somebody):
    rivera = somebody(java_script_enabled=False).sign_in("Elena Rivera")
    rivera.page.get_by_role("button", name="Start call").click()
    rivera.page.get_by_text("Enter the place of the stop or call").wait_for()
    rivera.page.goto("/")
    rivera.page.get_by_label("Place", exact=True).fill("1500 N MILWAUKEE AVE")
    rivera.page.get_by_role("button", name="Start call").click()
    rivera.page.get_by_text("CALL-").first.wait_for()
    rivera.page.get_by_label("What came of it, in one line").fill("Nobody there")
    rivera.page.get_by_role("button", name="End it").click()
    rivera.page.get_by_role("button", name="Start call").wait_for()


def test_results_fit_the_screen_and_the_form_is_folded(somebody, city):
    rivera = somebody().sign_in("Elena Rivera")
    rivera.search("0", city.case())
    rivera.page.locator("summary", has_text="Criminal investigation").wait_for()
    assert not rivera.page.get_by_label("Case, dispatch event or warrant").is_visible()
    hits = rivera.page.locator(".dense tbody tr")
    assert hits.count() >= 20
    first, last = hits.first.bounding_box(), hits.nth(19).bounding_box()
    height = rivera.page.viewport_size["height"]
    assert first["y"] + first["height"] < height * 0.85, "the first hit is in sight"
    if rivera.size == "desktop":
        assert last["y"] + last["height"] < 1.5 * height, "twenty hits on a screen and a half"


def test_a_row_of_cases_chooses_the_ground_and_tabs_say_whose_they_are(somebody):
    rivera = somebody().sign_in("Elena Rivera")
    rivera.page.goto("/cases")
    rivera.page.get_by_role("link", name="Your agency's").click()
    rivera.unfold()
    rivera.page.get_by_label("Kind").select_option("warrant")
    rivera.page.get_by_role("button", name="Find").click()
    row = rivera.page.locator(".choosing tbody tr").first
    number = row.locator(".chooses").inner_text().split()[-1]
    assert number.startswith("WZ")
    rivera.look("cases-filtered")
    # Anywhere on the row.
    row.locator("td").first.click(force=True)  # it meets the link that is spread over the row
    rivera.page.wait_for_url("**/?case=*")
    assert rivera.page.get_by_label("Case, dispatch event or warrant").input_value() == number


def test_a_long_history_is_read_in_parts_with_the_keyboard(somebody, city):
    rivera = somebody().sign_in("Elena Rivera")
    rivera.search("CB9", city.case())
    rivera.page.locator(".rows a").first.click()
    rivera.page.get_by_role("heading", name="Charges").wait_for()
    rivera.page.locator("dl.facts a").first.click()
    rivera.page.get_by_role("link", name=re.compile(r"^Arrests \d+")).focus()
    rivera.page.keyboard.press("Enter")
    rivera.page.locator(".filter-line").wait_for(state="attached")
    rivera.unfold()
    rivera.page.get_by_label("Charge").fill("nothing like this")
    rivera.page.keyboard.press("Enter")
    rivera.page.get_by_text("None matches these filters.").wait_for()
    rivera.look("person-part-empty")
    rivera.unfold()
    rivera.page.get_by_role("link", name="Show all").click()
    rivera.page.locator(".rows a").first.wait_for()
    rivera.look("person-arrests")
    rivera.page.get_by_role("link", name=re.compile(r"^Involvements \d+")).click()
    rivera.page.locator(".rows a").first.wait_for()
    rivera.look("person-involvements")


def test_okafor_filters_the_log(somebody):
    rivera, okafor = somebody().sign_in("Elena Rivera"), somebody().sign_in("Grace Okafor", "**/log")
    rivera.search("garcia", "")
    okafor.unfold()
    okafor.page.get_by_label("Outcome").select_option("deny")
    okafor.page.get_by_label("Handle").fill("rivera")
    okafor.page.get_by_role("button", name="Filter").click()
    okafor.page.wait_for_url("**/log?*")
    assert set(okafor.page.locator("tbody .usa-tag").all_inner_texts()) == {"refused"}
    okafor.look("log-filtered")


def test_empty_refused_and_mistaken_pages_say_what_next(somebody, city):
    rivera = somebody().sign_in("Elena Rivera")
    rivera.search("qqqqxz", city.case())
    assert "Check the spelling" in rivera.text()
    rivera.look("nothing-found")
    rivera.search("garcia", "")
    assert "Name an open case by its number" in rivera.text()
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
    novak.page.get_by_label("Legal basis", exact=True).fill(GROUND)
    novak.page.get_by_role("button", name="Show who loses what").click()
    novak.page.get_by_role("heading", name="Who loses what").wait_for()
    assert "Julia Kerr" in novak.text()
    novak.look("plan")
    assert not novak.page.get_by_text("Decide for each of them").count(), (
        "nobody of the city is caught by this one"
    )
    novak.page.get_by_role("button", name="Propose it to a second person").click()
    novak.page.wait_for_url("**/proposals/*")
    novak.look("proposal-own")
    adler = somebody().sign_in("Ruth Adler", "**/orders")
    adler.page.get_by_role("link", name="Cut off us.dhs.ice").click()
    adler.look("proposal")
    adler.page.get_by_role("button", name="Approve: cut off now").click()
    adler.page.get_by_role("heading", name="Receipt").wait_for()
    assert adler.text().count("verified") == 8
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


def test_brandt_keeps_a_search_and_soto_follows_his_link(somebody, city):
    brandt, soto = somebody().sign_in("Thomas Brandt"), somebody().sign_in("Ramon Soto")
    brandt.search("garcia", case := city.case())
    brandt.page.locator("summary", has_text="Keep this search").first.click()
    brandt.look("keep-this-search")
    brandt.page.get_by_role("button", name="Make the export").first.click()
    brandt.page.get_by_role("heading", name="Exports, alerts and links").wait_for()
    assert brandt.newest_export().startswith(b"\xef\xbb\xbfid,name,birth_date")
    brandt.search("garcia", case)
    brandt.page.locator("summary", has_text="Keep this search").first.click()
    brandt.page.get_by_role("button", name="Keep the alert").first.click()
    brandt.search("0", case)
    brandt.page.locator(".rows a").first.click()
    brandt.page.get_by_role("button", name="Make a link for a colleague").click()
    brandt.page.get_by_role("heading", name="Links", exact=True).wait_for()
    brandt.look("saved")
    link = brandt.page.locator("a", has_text="/l/").first.get_attribute("href")
    soto.search("garcia", case)
    soto.page.goto(link)
    assert soto.page.get_by_role("heading", name=re.compile("^RD ")).count()
    brandt.page.locator("form", has_text="End it").first.get_by_role("button").click()
    brandt.page.get_by_text("ended").first.wait_for()


def test_chen_counts_on_charts_and_on_a_map_and_makes_a_book(somebody):
    chen = somebody().sign_in("Amy Chen")
    chen.page.goto("/figures?since=2025-01-01")
    for name in ("time", "primary_type", "hours", "map"):
        chart = chen.page.locator(f"[data-chart={name}][data-ready]")
        chart.wait_for()
        # What a chart says under the pointer is held against the policy of the pages too: see `Person._heard`.
        chart.hover()
    chen.look("figures")
    counted = int(re.search(r"([\d,]+) incidents,", chen.text())[1].replace(",", ""))
    month = chen.page.locator("section", has=chen.page.get_by_role("heading", name="By month"))
    month.get_by_text("As a table").click()
    rows = month.locator("tbody tr").all_inner_texts()
    assert sum(int(row.split("\t")[1].replace(",", "")) for row in rows) == counted
    hours = chen.page.locator("section", has=chen.page.get_by_role("heading", name="By hour and weekday"))
    hours.get_by_text("As a table").click()
    cells = hours.locator("tbody td").all_inner_texts()
    assert sum(int(cell.replace(",", "")) for cell in cells) == counted
    with chen.page.expect_download() as picture:
        month.get_by_role("button", name="Picture").click()
    assert picture.value.path().read_bytes().startswith(b"\x89PNG")
    chen.page.locator("#book-district").fill("11")
    chen.page.locator("#book-month").fill("2026-03")
    chen.page.get_by_role("button", name="Make the book").click()
    chen.page.get_by_role("heading", name="Exports, alerts and links").wait_for()
    assert chen.newest_export().startswith(b"%PDF")
    chen.look("kept-book")


def test_chen_sees_a_week_day_by_day_beside_the_week_before(somebody):
    chen = somebody().sign_in("Amy Chen")
    chen.page.goto("/figures?since=2026-03-02&until=2026-03-08")
    chen.page.locator("[data-chart=time][data-ready]").wait_for()
    chen.look("figures-week")
    assert "The 7 days before" in chen.page.locator("#compared").inner_text()
    days = chen.page.locator("section", has=chen.page.get_by_role("heading", name="By day"))
    days.get_by_text("As a table").click()
    assert 1 <= days.locator("tbody tr").count() <= 7


def test_rivera_reads_by_what_a_kind_is_found_and_who_is_left_out(somebody, city):
    rivera = somebody().sign_in("Elena Rivera")
    reason = f"purpose=criminal-investigation&case={city.case()}"
    rivera.page.goto(f"/search?q=silver+laptop&kind=property&{reason}")
    assert "Property cannot be found by these words." in rivera.text()
    rivera.look("found-by")
    rivera.page.goto(f"/search?q=garcia&kind=arrests&{reason}")
    assert "Garc" in rivera.text()
    rivera.look("arrests-by-name")
    rivera.page.goto(f"/search?q=garcia&kind=people&born_from=2001-05-02&born_to=2001-05-01&{reason}")
    assert "ends before it begins" in rivera.text()
    rivera.look("range")


def test_a_page_that_was_seen_before_an_order_is_not_shown_again_after_it(somebody, city):
    """The cached page: neither reloading nor going back brings an answer out of the browser."""
    ives = somebody().sign_in("Gordon Ives")
    ives.search("garcia", city.case())
    assert "Why this was found" in ives.page.content()
    ives.page.goto("/cases")
    city.cut_off()
    try:
        ives.page.go_back()
        assert "Why this was found" not in ives.page.content()
        ives.page.goto("/saved")
        assert "Refused" in ives.text()
    finally:
        city.run("restore", "us.dhs.ice", "--by", "novak", "--approved-by", "adler")


def test_okafor_asks_why_who_could_see_and_which_cases_are_used(somebody, city):
    rivera, okafor = somebody().sign_in("Elena Rivera"), somebody().sign_in("Grace Okafor", "**/log")
    rivera.search("garcia", case := city.case())
    for _ in range(41):
        rivera.page.request.get(rivera.page.url)
    record = rivera.page.locator(".rows a").first.get_attribute("href").split("/people/")[1].split("?")[0]
    rivera.page.goto("/explain")
    rivera.page.get_by_role("button", name="Explain").click()
    rivera.page.get_by_role("heading", name="Deciding rules").wait_for()
    rivera.look("explain-own")
    okafor.page.get_by_role("link", name="Why?").click()
    okafor.page.get_by_label("Handle").fill("kerr")
    okafor.page.get_by_label("Case, dispatch event or warrant").fill(case)
    okafor.page.get_by_role("button", name="Explain").click()
    okafor.page.get_by_role("heading", name="What stays hidden, and why").wait_for()
    assert "us.dhs.ice.hsi" in okafor.text()
    okafor.look("explain")
    okafor.page.get_by_role("link", name="Who could see?").click()
    okafor.page.get_by_label("Agency").select_option("il.chicago.pd")
    okafor.page.get_by_label("Id of the record").fill(record)
    okafor.page.get_by_role("button", name="Ask").click()
    okafor.page.get_by_role("heading", name="Answers of that day").wait_for()
    assert "rivera" in okafor.text()
    okafor.look("could-see")
    okafor.page.get_by_role("link", name="Case numbers").click()
    okafor.page.get_by_role("link", name=case).first.click()
    okafor.page.get_by_role("heading", name=case).wait_for()
    okafor.look("case-uses")
    okafor.page.get_by_role("link", name="Findings").click()
    okafor.page.get_by_role("heading", name="Many look-ups on one case").wait_for()
    okafor.page.get_by_text("rivera").first.wait_for()
    okafor.look("findings")


@on_a_phone
def test_marsh_registers_a_case_and_brandt_sponsors_it(somebody):
    marsh, brandt = somebody().sign_in("Carol Marsh"), somebody().sign_in("Thomas Brandt")
    marsh.page.get_by_role("link", name="Cases").click()
    marsh.page.get_by_label("Its number there").fill("OL-26-114")
    marsh.page.get_by_label("Offense (the city's or NIBRS code)").fill("0460")
    marsh.page.get_by_label("Sponsor in the department (handle)").fill("brandt")
    marsh.look("register-case")
    marsh.page.get_by_role("button", name="Register").click()
    marsh.page.get_by_text("not confirmed yet").wait_for()
    brandt.page.get_by_role("link", name="Cases").click()
    brandt.page.get_by_role("link", name=re.compile("OL-26-114")).first.click()
    brandt.page.get_by_role("button", name="I know this case and sponsor it").click()
    marsh.page.reload()
    assert "not confirmed yet" not in marsh.text()
    marsh.look("case-of-a-partner")


def test_novak_keeps_agencies_and_accounts(somebody):
    novak = somebody().sign_in("Irena Novak", "**/orders")
    for name, heading in (
        ("Agencies", "Agencies"),
        ("Agreements", "Agreements"),
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
    tie = novak.page.locator("form[action$=affiliate]")
    tie.get_by_role("button", name="Tie this person to it").click()
    assert novak.page.url.endswith("/agencies/us.dhs.ice"), "nobody was chosen, so the browser sends nothing"


def test_novak_registers_an_agreement_and_adler_signs_it(somebody):
    novak, adler = (
        somebody().sign_in("Irena Novak", "**/orders"),
        somebody().sign_in("Ruth Adler", "**/orders"),
    )
    number = f"AGR-USMS-{novak.size}"
    novak.page.get_by_role("link", name="Agreements", exact=True).click()
    novak.page.get_by_role("link", name="Register an agreement").click()
    novak.look("agreement-form")
    novak.page.get_by_label("Number").fill(number)
    novak.page.get_by_label("Agency, and everything below it").select_option("us.doj.usms")
    novak.page.get_by_label("Parties, one a line").fill(
        "Chicago Police Department\nUnited States Marshals Service"
    )
    for label, value in (("First day", "2026-01-01"), ("Last day", "2099-06-30")):
        novak.page.get_by_label(label).fill(value)
    novak.page.get_by_label("Signed document").fill("usms.pdf")
    novak.page.get_by_label("SHA-256 of the document").fill("5" * 64)
    for name in ("Vehicles", "Stolen property"):
        novak.page.get_by_text(name, exact=True).click()
    for field in novak.page.locator("input[name^=clause-]").all():
        field.fill("section 4")
    novak.page.get_by_role("button", name="Ask a second person to sign it").click()
    novak.page.get_by_text("another person has to approve it").wait_for()
    novak.look("agreement-proposed")
    adler.page.goto(novak.page.url)
    adler.page.get_by_role("button", name="Approve: sign the agreement now").click()
    novak.page.goto(f"/agreements/{number}")
    assert "in force" in novak.text()
    novak.look("agreement")
    novak.page.get_by_label("Why").fill("end of the story")
    novak.page.get_by_role("button", name="End it now").click()
    novak.page.get_by_text("end of the story").wait_for()
    novak.look("agreement-ended")


def test_an_order_that_catches_brandt_waits_for_a_choice_and_an_account_for_a_second_person(somebody, city):
    tie = ("brandt", "us.doj.dea", "--by", "novak")
    city.run("affiliate", *tie)
    novak = somebody().sign_in("Irena Novak", "**/orders")
    novak.page.goto(f"/orders/new?agency=us.doj.dea&ground={GROUND}")
    novak.look("plan-choices")
    novak.page.get_by_role("button", name="Show who loses what with these choices").click()
    assert "tie-" not in novak.page.url, "the choice is required"
    novak.page.locator("label", has_text="End the tie in this act").click()
    novak.page.get_by_role("button", name="Show who loses what with these choices").click()
    novak.page.get_by_text("Keep access, because their tie ends in the same act:").wait_for()
    novak.look("plan-chosen")
    novak.page.get_by_role("button", name="Propose it to a second person").click()
    novak.page.wait_for_url("**/proposals/*")
    novak.look("proposal-of-two")
    proposal = novak.page.url
    novak.page.goto("/agencies/us.doj.dea")
    novak.page.get_by_text("Changes here take a second person.").wait_for()
    novak.look("agency-touched")
    novak.page.goto("/officers?q=hale")
    novak.page.locator("summary", has_text="Disable").click()
    novak.look("accounts-disable")
    novak.page.get_by_label("Why").last.fill("left the state police")
    novak.page.get_by_role("button", name="Ask a second person to disable it").click()
    novak.page.get_by_role("heading", name="What it means now").wait_for()
    novak.look("proposal-disable")
    for address in (novak.page.url, proposal):
        novak.page.goto(address)
        novak.page.get_by_role("button", name="Take it back").click()
        novak.page.wait_for_url("**/orders")
    city.run("end-affiliation", *tie)


def test_rivera_asks_for_a_case_to_be_shared_and_brandt_sees_what_it_means(somebody):
    rivera, brandt = somebody().sign_in("Elena Rivera"), somebody().sign_in("Thomas Brandt")
    rivera.page.goto("/cases")
    rivera.page.get_by_role("link", name="Details").last.click()
    rivera.page.get_by_label("Agency, and everything below it").select_option("us.dhs.uscis")
    rivera.page.get_by_role("button", name="Ask a second officer to share it").click()
    rivera.page.get_by_text("another officer of the department has to approve it").first.wait_for()
    rivera.look("case-share-asked")
    brandt.page.goto(rivera.page.url)
    assert "Everyone in us.dhs.uscis" in brandt.text()
    brandt.look("case-share")
    brandt.page.get_by_role("button", name="Approve: share it").click()
    brandt.page.get_by_role("button", name="Stop sharing").click()
    brandt.page.get_by_role("heading", name="Shared with").wait_for(state="detached")
    assert "us.dhs.uscis" not in brandt.page.locator("dl.facts").inner_text()


@on_a_phone
def test_rivera_comes_back_to_her_search_after_her_session_has_ended(somebody, city):
    rivera = somebody().sign_in("Elena Rivera")
    rivera.search("garcia", case := city.case())
    rivera.context.clear_cookies(name="sessionid")
    rivera.page.get_by_label("Name and year of birth").fill("kowalsky")
    rivera.page.keyboard.press("Enter")
    rivera.page.wait_for_url("**/sign-in?**")
    assert "Elena Rivera" not in rivera.page.locator("header.frame").inner_text()
    assert not rivera.page.locator("nav.places").count()
    rivera.look("session-ended")
    rivera.page.get_by_role("button", name="Elena Rivera").click()
    rivera.page.wait_for_url("**/search?**")
    assert "sounds like kowalsky" in rivera.text()
    assert case in rivera.text()


@on_a_phone
def test_a_page_that_leads_nowhere_leads_on(somebody):
    novak = somebody().sign_in("Irena Novak", "**/orders")
    novak.page.goto("/nowhere")
    novak.page.get_by_role("heading", name="Not found").wait_for()
    novak.look("no-such-page")
    novak.page.goto("/officers")
    for label, text in (("Handle", "\u0430dler"), ("Name", "Ada Adler")):
        novak.page.get_by_label(label, exact=True).fill(text)
    novak.page.get_by_label("Role").select_option("officer")
    novak.page.get_by_label("Employer").select_option("us.doj.fbi")
    novak.page.get_by_role("button", name="Ask a second person", exact=True).click()
    novak.page.get_by_role("heading", name="Not understood").wait_for()
    assert "CYRILLIC SMALL LETTER A" in novak.text()
    assert novak.page.get_by_label("Name", exact=True).input_value() == "Ada Adler"
    novak.look("not-understood")
    novak.page.get_by_label("Handle", exact=True).fill("aadler2")
    novak.page.get_by_role("button", name="Send it again").click()
    novak.page.wait_for_url("**/proposals/*")


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
    okafor.page.get_by_text("entries were verified.").wait_for(timeout=60_000)
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
    marsh.page.wait_for_url("**/sign-in?**")
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
