"""What takes two people, at two desks: orders that catch the city's own, proposals that came to mean something else, the registry."""

import re
from datetime import timedelta

import pytest

from openclear.access.models import Affiliation, Agency, Officer
from openclear.access.orders.queries import standing_orders
from openclear.access.registry import ties
from openclear.access.registry.commands import NewAgency, NewOfficer
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from tests.cast import ADMINISTRATION, cut_off, grant, lift, registered, signed_in
from tests.web.test_desk import GROUND, page_of, proposed
from tests.web.test_pages import find


def keepers():
    return {
        name: grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION)
        for name, who in (("grant", "novak"), ("approval", "adler"))
    }


@pytest.fixture(scope="module", autouse=True)
def desks():
    """Agencies that no other test uses, with one person who works there."""
    until = clock.today() + timedelta(days=100)
    paths = (
        "us.desk",
        "us.desk.part",
        "us.desk.extra",
        "us.desk.other",
        "us.desk.gone",
        "us.free",
        "us.loose",
    )
    people = [
        NewOfficer(
            handle, "Dora Desk", "", ("officer",), ((agency, "employer"), ("us.desk.part", "detail")), until
        )
        for handle, agency in (("desker", "us.desk.part"), ("leaver", "us.free"))
    ]
    registered([NewAgency(path, "Place", "federal") for path in paths], people)
    yield
    Officer.objects.filter(handle__in=["desker", "leaver"]).update(is_active=False, disabled_for="test")


@pytest.fixture
def tied():
    """Tie people of the city to an agency for one test; ends what is left of it."""
    made = []

    def tie(handle, agency):
        ties.affiliate(**keepers(), handle=handle, agency=agency, kind="detail")
        made.append((handle, agency))

    yield tie
    for handle, agency in made:
        if Affiliation.objects.filter(officer__handle=handle, agency__path=agency, until=None).exists():
            ties.end_affiliation(**keepers(), handle=handle, agency=agency)


def post(client, path, **form):
    answer = client.post(path, form)
    assert answer.status_code == 303, answer.content.decode()
    return answer.headers["Location"]


def seen_on(page):
    return re.search(r'name="seen" value="(\w+)"', page)[1]


def approved(client, number):
    """Approve as a person does: what the page shows."""
    return post(client, f"{number}/approve", seen=seen_on(page_of(client, number)))


def problem(answer):
    assert answer.status_code == 400, answer.status_code
    return re.search(r'class="problem">(.*?)</p>', answer.content.decode(), re.DOTALL)[1]


@pytest.mark.anywhere
def test_no_agency_is_chosen_before_anybody_chose_one():
    page = page_of(signed_in("novak"), "/orders/new")
    options = re.findall(r"<option([^>]*)>", page.split('name="agency"')[1].split("</select>")[0])
    assert options[0] == ' value=""'
    assert not [option for option in options if "selected" in option]
    assert "Agency" in problem(signed_in("novak").post("/orders/propose", {"agency": "", "ground": GROUND}))


def test_an_order_that_catches_the_general_counsel_is_given_by_ending_her_tie(tied):
    """Tying an approver to an agency does not keep it from being cut off."""
    tied("adler", "us.doj.atf")
    novak, adler, quill = signed_in("novak"), signed_in("adler"), signed_in("quill")
    asked = {"agency": "us.doj.atf", "ground": GROUND}
    page = page_of(novak, "/orders/new", **asked)
    assert "This order is not possible." in page
    assert "End the tie of adler in the same act; or register another approver first." in page
    assert page.count('name="tie-adler"') == 2
    assert "checked" not in page.split("People of the city whom")[1], "nothing is chosen"
    assert 'action="/orders/propose"' not in page
    for more in ({}, {"tie-adler": "perhaps"}, {"provisional": "1"}):
        answer = novak.post("/orders/propose", asked | more)
        assert "Choose for each of the city" in problem(answer)
    assert "no-self-lockout" in novak.post("/orders/propose", asked | {"tie-adler": "lose"}).content.decode()
    chosen = page_of(novak, "/orders/new", **asked, **{"tie-adler": "end"})
    assert "This order is not possible." not in chosen
    assert re.search(r"tie ends in the same act: *adler", chosen)
    assert '<input type="hidden" name="tie-adler" value="end">' in chosen
    receipt = approved(adler, proposed(novak, "us.doj.atf", **{"tie-adler": "end"}))
    try:
        assert "not in force" not in page_of(adler, receipt), "she still reads it"
        assert find(quill).status_code == 403
        assert not Affiliation.objects.filter(
            officer__handle="adler", agency__path="us.doj.atf", until=None
        ).exists()
    finally:
        lift("us.doj.atf")


def test_in_an_emergency_the_choice_is_made_too(tied):
    tied("rivera", "us.desk.other")
    novak, asked = signed_in("novak"), {"agency": "us.desk", "ground": GROUND, "provisional": "1"}
    assert "Choose for each" in problem(novak.post("/orders/propose", asked))
    receipt = post(novak, "/orders/propose", **asked, **{"tie-rivera": "lose"})
    try:
        assert signed_in("rivera").get("/").status_code == 403
    finally:
        lift(receipt.rsplit("/", 1)[1])
    receipt = post(novak, "/orders/propose", **asked, **{"tie-rivera": "end"})
    try:
        assert find(signed_in("rivera")).status_code == 200
        assert find(signed_in("desker")).status_code == 403
    finally:
        lift(receipt.rsplit("/", 1)[1])


@pytest.mark.usefixtures("cut_ice")
def test_a_plan_during_an_order_says_what_is_in_force_already():
    page = page_of(signed_in("novak"), "/orders/new", agency="us.dhs", ground=GROUND)
    assert "In force already:" in page
    keep = page.split("Agencies that keep their access:")[1].split("</p>")[0]
    assert "us.doj.fbi" in keep
    assert "us.dhs" not in keep


def test_a_proposal_that_means_something_else_is_read_again_before_it_is_approved(tied):
    novak, adler, marsh = signed_in("novak"), signed_in("adler"), signed_in("marsh")
    number = proposed(novak, "us.desk")
    before = seen_on(page_of(adler, number))
    tied("marsh", "us.desk.other")
    for form in ({"seen": before}, {}):
        assert post(adler, f"{number}/approve", **form) == number, "led back to the proposal"
    assert not standing_orders()
    page = page_of(adler, number)
    assert "This now means something other than when it was proposed" in page
    assert re.search(r"new:\s*marsh", page)
    post(adler, f"{number}/approve", seen=seen_on(page))
    try:
        assert find(marsh).status_code == 403
        assert "approved" in page_of(novak, number)
    finally:
        lift("us.desk")


def test_the_second_proposal_on_the_same_agency_is_overtaken():
    novak, adler = signed_in("novak"), signed_in("adler")
    first, second = proposed(novak, "us.desk"), proposed(novak, "us.desk")
    approved(adler, first)
    try:
        page = page_of(adler, second)
        assert "overtaken" in page
        assert "can no longer be approved" in page
        assert f'action="{second}/approve"' not in page
        assert "no longer open" in problem(adler.post(f"{second}/approve"))
    finally:
        lift("us.desk")


def test_a_tie_that_was_to_end_and_has_ended_is_said_on_the_proposal(tied):
    tied("rivera", "us.desk.other")
    novak, adler = signed_in("novak"), signed_in("adler")
    number = proposed(novak, "us.desk", **{"tie-rivera": "end"})
    ties.end_affiliation(**keepers(), handle="rivera", agency="us.desk.other")
    page = page_of(adler, number)
    assert "This cannot be carried out as it stands." in page
    assert "/approve" not in page
    post(adler, f"{number}/withdraw")


def facts_of(handle="desker"):
    officer = Officer.objects.get(handle=handle)
    return (
        officer.is_active, officer.certified_until,
        sorted(Affiliation.objects.filter(until=None).values_list("officer__handle", "agency__path", "kind")),
        sorted(Agency.objects.values_list("path", flat=True)),
    )  # fmt: skip


# Each act on the registry that takes two people while an order holds over us.desk: what is typed, and what it means.
ACTS = {
    "tie": ("/agencies/us.desk.other/affiliate", {"officer": "desker", "kind": "detail"}, "Dora Desk (desker) · detail"),
    "untie": ("/agencies/us.desk.part/end", {"officer": "leaver"}, "No longer under an order"),
    "certify": ("/officers/certify", {"handle": "desker"}, "Certified until"),
    "move": ("/agencies/us.desk.extra/place", {"kind": "move", "to": "us.desk.further"}, "us.desk.further"),
    "move in": ("/agencies/us.loose/place", {"kind": "move", "to": "us.desk.loose"}, "us.desk.loose"),
    "merge": ("/agencies/us.desk.gone/place", {"kind": "merge", "to": "us.doj"}, "Becomes a part of"),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(ACTS))
def test_what_touches_an_order_is_done_by_two_at_two_desks(what):
    path, form, meaning = ACTS[what]
    novak, adler = signed_in("novak"), signed_in("adler")
    receipt = cut_off("us.desk")
    try:
        before = facts_of()
        assert "Say why" in problem(novak.post(path, form))
        number = post(novak, path, **form, reason="as agreed in June")
        assert facts_of() == before, "nobody does it alone"
        page = page_of(adler, number)
        assert "as agreed in June" in page
        assert meaning in page.split("<h1>")[1]
        assert "What it means now" in page
        assert novak.post(f"{number}/approve").status_code == 403
        assert facts_of() == before
        assert approved(adler, number) == number
        assert facts_of() != before
        assert "What it meant when it was proposed" in page_of(novak, number)
    finally:
        lift(receipt.order)


@pytest.mark.anywhere
def test_a_page_says_before_the_click_that_a_second_person_is_asked():
    novak = signed_in("novak")
    page = page_of(novak, "/agencies/us.desk")
    assert "Changes here take a second person." not in page
    number = proposed(novak, "us.desk").rsplit("/", 1)[1]
    page = page_of(novak, "/agencies/us.desk")
    assert "Changes here take a second person." in page
    assert f'<a href="/orders/proposals/{number}">proposal {number}</a> (proposed)' in page
    assert "This cuts the person off if an order covers" in page
    tie = {"officer": "marsh", "kind": "detail", "reason": "a detail"}
    asked = post(novak, "/agencies/us.desk/affiliate", **tie)
    page = page_of(signed_in("adler"), asked)
    assert f"marsh: proposal {number} (proposed)" in page
    assert "Newly under an order" in page
    for proposal in (asked, f"/orders/proposals/{number}"):
        post(novak, f"{proposal}/withdraw")


def test_an_account_is_disabled_and_let_in_again_by_two():
    novak, adler, hale = signed_in("novak"), signed_in("adler"), signed_in("hale")
    assert "Say why" in problem(novak.post("/officers/disable", {"handle": "hale"}))
    number = post(novak, "/officers/disable", handle="hale", reason="left the state police")
    assert find(hale).status_code == 200, "one person disables nobody"
    page = page_of(adler, number)
    assert "Sessions and tokens stop working at once." in page
    assert re.search(r'Sessions <b class="numbers">[1-9]', page)
    assert "Approve: disable the account now" in page
    approved(adler, number)
    assert find(hale).status_code == 403
    listed = page_of(novak, "/officers", q="hale")
    assert "left the state police" in listed
    assert 'action="/officers/reinstate"' in listed
    number = post(novak, "/officers/reinstate", handle="hale", reason="came back")
    assert find(hale).status_code == 403
    approved(adler, number)
    assert find(hale).status_code == 200
    assert "is not disabled" in problem(novak.post("/officers/reinstate", {"handle": "hale", "reason": "x"}))


@pytest.mark.anywhere
def test_keepers_have_no_buttons_for_the_accounts_of_oversight():
    novak = signed_in("novak")
    page = page_of(novak, "/officers", q="okafor")
    assert "Oversight keeps its own accounts." in page
    assert 'action="/officers/disable"' not in page
    for act in ("disable", "certify", "reinstate"):
        refused = novak.post(f"/officers/{act}", {"handle": "okafor", "reason": "x"})
        assert refused.status_code == 403
        assert "oversights-own-accounts" in refused.content.decode()


@pytest.mark.anywhere
@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/agencies/us.free.none", ()),
        ("/agencies", ("kind",)),
        ("/agencies/us.doj.fbi", ("kind", "officer")),
        ("/officers", ("role", "agency")),
    ],
)
def test_nothing_is_chosen_for_an_administrator(path, names):
    page = signed_in("novak").get(path).content.decode()
    found = re.findall(r'<select[^>]* name="(\w+)" required[^>]*><option value="">', page)
    assert set(names) <= set(found)
    assert len(found) == page.count("<select"), "every list begins with nothing"


@pytest.mark.anywhere
@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/agencies/us.doj.fbi/affiliate", {"kind": "detail"}),
        ("/agencies/us.doj.fbi/affiliate", {"officer": "marsh"}),
        ("/agencies/us.doj.fbi/place", {"to": "us.doj.bureau"}),
        ("/agencies/us.doj.fbi/place", {"to": "Another name", "kind": ""}),
        ("/agencies/add", {"path": "us.never", "name": "Never", "kind": ""}),
        ("/officers/request", {"handle": "never", "name": "Never", "agency": "il.isp"}),
        ("/officers/request", {"handle": "never", "name": "Never", "role": "officer"}),
        ("/officers/disable", {"reason": "x"}),
    ],
)
def test_what_was_not_chosen_is_asked_for(path, form):
    before = facts_of("marsh")
    assert signed_in("novak").post(path, form).status_code == 400
    assert facts_of("marsh") == before


@pytest.mark.anywhere
def test_an_order_on_its_page_is_changed_to_nothing_by_itself():
    receipt = cut_off("us.desk")
    try:
        page = page_of(signed_in("novak"), f"/orders/{receipt.order}")
        assert re.search(r'name="kind" required[^>]*><option value="">', page)
        answer = signed_in("novak").post(f"/orders/{receipt.order}/change", {"kind": "", "ground": "x"})
        assert "Choose what to do with" in problem(answer)
    finally:
        lift(receipt.order)


@pytest.mark.anywhere
def test_what_two_people_read_is_there_in_spanish():
    from django.utils.translation import gettext, override

    from openclear.access.policy import rules
    from openclear.access.registry import lockout
    from openclear.records.cases import commands
    from openclear.web.orders import proposed_words

    tables = (
        proposed_words.PROPOSED,
        proposed_words.MEANINGS,
        proposed_words.APPROVALS,
        proposed_words.HEADINGS,
    )
    said = [
        rules.SECOND_UNDER_ORDER,
        rules.OVERSIGHTS_OWN,
        rules.TWO_PEOPLE_FOR_ACCOUNT,
        lockout.NO_LOCKOUT,
        commands.TWO_TO_SHARE,
        commands.NO_SHARE_UNDER_ORDER,
    ]
    english = [str(text) for table in tables for text in table.values()]
    english += [text for rule in said for text in (rule.because, rule.next_step)]
    with override("es"):
        assert not [text for text in english if gettext(text) == text]
    assert all(set(table) == set(tables[0]) for table in tables[:3]), "every kind has all its words"


@pytest.mark.anywhere
def test_the_way_out_of_an_order_that_locks_out_is_there_in_spanish(tied):
    tied("adler", "us.doj.atf")
    novak = signed_in("novak")
    novak.post("/language", {"language": "es"})
    page = page_of(novak, "/orders/new", agency="us.doj.atf", ground=GROUND)
    assert "Esta orden no es posible." in page
    assert "Termine el vínculo de adler en el mismo acto; o registre antes a otro aprobador." in page
