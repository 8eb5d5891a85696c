"""Nobody ends at a page that leads nowhere: what was asked for and what was typed is there again, in a page's own form."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from openclear.access.models import LockedHandle, SignInFailure
from openclear.delivery.models import Link
from openclear.records.incidents.models import Incident
from openclear.vocabulary.actions import Action
from openclear.web import returning
from tests.cast import CRIME, ask, grant, open_case, signed_in, token
from tests.web.test_sign_in import a_password, add_authenticator, code_of, enter

pytestmark = pytest.mark.anywhere

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SWAP = {"hx-request": "true", "hx-target": "answer"}


@pytest.fixture(autouse=True)
def _nobody_is_locked():
    yield
    LockedHandle.objects.all().delete()
    SignInFailure.objects.all().delete()


def asked(**more):
    return {"q": "garcia", "purpose": CRIME, "case": open_case(), **more}


def ended(who="rivera"):
    """A browser whose session has just ended because nobody used it."""
    client = signed_in(who)
    session = client.session
    session["seen"] = 0
    session.save()
    return client


def next_of(way):
    assert way.startswith("/sign-in"), way
    return parse_qs(urlsplit(way).query).get("next", [""])[0]


def picked(client, way, who="rivera"):
    """Where somebody stands who signs in on the page that they were led to."""
    return client.post(way, {"officer": who, "next": next_of(way)}).headers["Location"]


# --- signing in leads to the page that was asked for


@pytest.mark.parametrize(
    "path", ["/log", "/cases?q=CZ", "/saved", "/searches", "/l/00000000-0000-0000-0000-000000000000"]
)
def test_signing_in_leads_to_the_page_that_was_asked_for(path):
    stranger = Client()
    way = stranger.get(path).headers["Location"]
    assert picked(stranger, way) == path


def test_the_case_and_the_words_of_a_search_are_there_again_after_signing_in():
    for browser in (Client(), ended()):
        way = browser.get("/search", asked()).headers["Location"]
        back = picked(browser, way)
        assert parse_qs(urlsplit(back).query) == {name: [value] for name, value in asked().items()}
        assert browser.get(back).status_code == 200


def test_nobody_makes_the_search_of_the_person_whose_session_ended():
    browser = ended("rivera")
    way = browser.get("/search", asked()).headers["Location"]
    assert "rivera" not in way
    assert picked(browser, way, "chen") == "/"
    browser = ended("rivera")
    way = browser.get("/search", asked()).headers["Location"]
    assert picked(browser, way, "rivera").startswith("/search?")


def test_a_password_and_a_code_lead_to_the_page_too():
    with a_password("rivera"):
        first, _ = enter("rivera")
        secret = add_authenticator(first)
        browser = Client()
        way = browser.get("/cases?q=CZ").headers["Location"]
        page = browser.get(way).content.decode()
        assert re.findall(r'name="next" value="([^"]*)"', page) == ["/cases?q=CZ"] * page.count('name="next"')
        browser, answer = enter("rivera", client=browser, next=next_of(way))
        assert answer.headers["Location"].startswith("/account/second-factor")
        answer = browser.post("/account/second-factor", {"code": code_of(secret, 1)})
        assert answer.headers["Location"] == "/cases?q=CZ"


ELSEWHERE = [
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "http:evil.example",
    "javascript:alert(1)", "/nowhere", "/sign-in", "/language", "/confirm?next=//evil.example", "/api/v1/people",
    "/log\r\nX: y", "https://testserver/log", "/" * 3000, "\x00/log", "evil.example", " /log",
]  # fmt: skip


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_nobody_is_led_anywhere_but_to_a_page_of_this_site(elsewhere):
    answer = Client().post("/sign-in", {"officer": "rivera", "next": elsewhere})
    assert answer.headers["Location"] == "/"
    with a_password("rivera"):
        assert enter("rivera", next=elsewhere)[1].headers["Location"] == "/"
    assert returning.sign_in_then(elsewhere, "") == "/sign-in"
    out = signed_in("rivera").post("/sign-out", {"next": elsewhere})
    assert out.headers["Location"] == "/sign-in"


def test_a_form_that_was_sent_too_late_leads_back_to_its_page_and_does_nothing():
    before = Link.objects.count()
    browser = ended()
    form = {"kind": "incidents", "record": str(Incident.objects.filter(labels=0).first().id), **asked()}
    page = f"/incidents/{form['record']}?purpose={CRIME}&case={open_case()}"
    answer = browser.post("/saved/links", form, headers={"referer": f"http://testserver{page}"})
    way = answer.headers["Location"]
    assert "was not carried out" in browser.get(way).content.decode()
    assert picked(browser, way) == page
    assert Link.objects.count() == before
    for foreign in ("http://evil.example/log", "", "http://testserver/nowhere"):
        answer = ended().post("/saved/links", form, headers={"referer": foreign})
        assert answer.headers["Location"] == "/sign-in"


def test_a_page_that_nobody_used_is_left_and_found_again():
    browser = signed_in("rivera")
    way = browser.post("/sign-out", {"next": "/cases?q=CZ"}).headers["Location"]
    assert picked(browser, way, "chen") == "/"
    browser = signed_in("rivera")
    way = browser.post("/sign-out", {"next": "/cases?q=CZ"}).headers["Location"]
    assert picked(browser, way) == "/cases?q=CZ"
    assert signed_in("rivera").post("/sign-out").headers["Location"] == "/sign-in"


# --- after an expired session no sign-in form stands under somebody's name and menu


def test_a_search_after_an_expired_session_loads_the_sign_in_page_as_a_whole():
    answer = ended().get("/search", asked(), headers=SWAP)
    assert (answer.status_code, answer.content) == (401, b"")
    way = answer.headers["HX-Redirect"]
    assert next_of(way).startswith("/search?q=garcia")
    assert answer.headers["OpenCLEAR-Receipt"]
    assert b"Rivera" not in Client().get(way).content.split(b"<main")[0]


def test_suggestions_after_an_expired_session_change_nothing_of_what_is_typed():
    answer = ended().get("/suggest", {"case": "CZ"}, headers={"hx-request": "true", "hx-target": "cases"})
    assert (answer.status_code, answer.content) == (401, b"")
    assert "HX-Redirect" not in answer.headers
    assert answer.headers["HX-Reswap"] == "none"


def test_a_script_reads_that_the_session_has_ended():
    for headers in ({"sec-fetch-dest": "empty", "accept": "*/*"}, {"accept": "application/json"}):
        answer = ended().get("/saved", headers=headers)
        assert (answer.status_code, answer.json()["title"]) == (401, "Not signed in")


def test_an_answer_for_one_person_never_comes_under_the_name_of_another():
    rivera, chen = signed_in("rivera"), signed_in("chen")
    shown_to = re.search(r'OpenCLEAR-Page-Of": "(\w+)"', rivera.get("/").content.decode())[1]
    same = rivera.get("/search", asked(), headers={**SWAP, "openclear-page-of": shown_to})
    assert same.status_code == 200
    other = chen.get("/search", asked(), headers={**SWAP, "openclear-page-of": shown_to})
    assert other.content == b""
    assert other.headers["HX-Redirect"].startswith("/search?q=garcia")
    assert other.headers["OpenCLEAR-Receipt"]


# --- problems are pages in a browser, and JSON for programs


def problems(client):
    return {
        "no such address": (lambda **how: client.get("/nowhere", **how), 404, "There is no such page."),
        "no such entry": (lambda **how: client.get("/log/entries/x", **how), 404, "There is no such page."),
        "another method": (lambda **how: client.post("/search", **how), 405, "does not answer this method"),
        "a method of no form": (lambda **how: client.delete("/cases", **how), 405, "does not answer this method"),
    }  # fmt: skip


@pytest.mark.parametrize("what", problems(None))
@pytest.mark.parametrize("who", ["rivera", ""])
def test_a_problem_is_a_page_in_a_browser_and_json_for_a_program(what, who):
    client = signed_in(who) if who else Client()
    send, status, said = problems(client)[what]
    page = send(headers=BROWSER)
    assert (page.status_code, page.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    text = page.content.decode()
    assert said in text
    assert 'href="/"' in text
    assert page.headers["OpenCLEAR-Receipt"] in text
    assert int(page.headers["Content-Length"]) == len(page.content)
    assert said in send(headers={"accept": "*/*", "sec-fetch-dest": "empty", **SWAP}).content.decode()
    plain = send(headers={"accept": "*/*"})
    assert (plain.status_code, plain.headers["Content-Type"]) == (status, "application/problem+json")
    assert said in plain.json()["detail"]


def test_the_api_answers_json_whatever_a_browser_accepts():
    for answer in (
        Client().get("/api/v1/nowhere", headers=BROWSER),
        Client().get("/api/v1/people", headers=BROWSER),
    ):
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/saved/links", "/sign-in", "/sign-out", "/account/password"])
def test_a_form_from_elsewhere_gets_a_page_that_says_what_to_do(path):
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["sessionid"] = signed_in("rivera").cookies["sessionid"].value
    page = browser.post(path, {"x": "y"}, headers=BROWSER)
    assert (page.status_code, page.headers["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert "reload the page, and send it again" in page.content.decode()
    plain = browser.post(path, {"x": "y"}, headers={"accept": "application/json"})
    assert (plain.status_code, plain.json()["title"]) == (403, "Form not accepted")


def test_a_problem_is_told_in_spanish():
    browser = signed_in("rivera")
    page = browser.get("/nowhere", headers={**BROWSER, "accept-language": "es"}).content.decode()
    assert "No existe esa página." in page


@pytest.mark.usefixtures("cut_ice")
def test_anyone_who_is_cut_off_reads_of_the_order_in_place_of_the_problem():
    page = signed_in("ives").get("/nowhere", headers=BROWSER)
    assert (page.status_code, page.headers["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert "cut-off:" in page.content.decode()
    assert "There is no such page" not in page.content.decode()


# --- what was typed is there again


TYPED = {
    "/officers/request": {"handle": "j smith", "name": "Jane <b>Smith</b>", "title": "Officer", "role": "officer", "agency": "il.chicago.pd"},
    "/agencies/add": {"path": "US.Doj", "name": 'Office of "Things"', "kind": "federal", "oris": "IL0160000"},
    "/agencies/us.doj.fbi/place": {"kind": "move", "to": "Not A Path", "reason": "they moved"},
    "/account/tokens/create": {"name": "n" * 61},
    "/cases/00000000-0000-0000-0000-000000000000/share": {"what": "ask", "agency": "us.nowhere"},
}  # fmt: skip


@pytest.mark.parametrize("path", TYPED)
def test_a_form_that_was_not_understood_shows_what_was_typed(path):
    who = "rivera" if path.startswith(("/cases", "/account")) else "novak"
    answer = signed_in(who).post(path, TYPED[path], headers={"referer": "http://testserver/agencies"})
    page = answer.content.decode()
    assert answer.status_code == 400, page
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.split("<main")[1]))
    assert {name: unescape(fields[name]) for name in TYPED[path]} == TYPED[path]
    assert f'action="{path}" method="post"' in page
    assert "csrfmiddlewaretoken" in fields
    assert 'href="/agencies"' in page


@pytest.mark.parametrize(
    ("path", "form"), [("/cases", {"q": "x" * 37}), ("/figures", {"since": "yesterday", "offense": "THEFT"})]
)
def test_a_question_that_was_not_understood_shows_what_was_typed(path, form):
    answer = signed_in("chen").get(path, form)
    page = answer.content.decode()
    assert answer.status_code == 400
    for name, value in form.items():
        assert f'name="{name}" value="{value}"' in page
    assert f'action="{path}" method="get"' in page


def test_no_secret_is_shown_again_and_only_so_much():
    from django.test import RequestFactory

    from openclear.web.typed import typed_in

    form = {
        "name": "n",
        "password": "p",
        "new_password2": "p",
        "token": "t",
        "code": "1",
        "credential": "c",
        "csrfmiddlewaretoken": "x",
    }
    request = RequestFactory().post("/x", form)
    assert [(one.name, one.value) for one in typed_in(request)] == [("name", "n")]
    request = RequestFactory().post("/x", {f"x{number}": "y" for number in range(60)} | {"name": "z" * 5000})
    assert typed_in(request) == []
    request = RequestFactory().post("/x", {"name": "z" * 5000, "what": "ask"})
    assert [(one.name, len(one.value), one.is_long) for one in typed_in(request)] == [
        ("name", 2000, True),
        ("what", 3, False),
    ]


# --- links keep their case


def a_link(giver="rivera", case=None):
    record = Incident.objects.filter(labels=0).first().id
    reason = {"purpose": CRIME, "case": case or open_case()}
    signed_in(giver).post("/saved/links", {"kind": "incidents", "record": str(record), **reason})
    return Link.objects.filter(owner=giver, record=record).latest("created")


def test_a_colleague_opens_a_link_on_the_case_that_it_was_given_on():
    link = a_link()
    brandt = signed_in("brandt")
    other = next(row for row in ask("brandt", "cases").json()["results"] if row["number"] != link.case)
    brandt.get("/search", asked(case=other["number"]))
    way = brandt.get(f"/l/{link.id}").headers["Location"]
    assert parse_qs(urlsplit(way).query) == {"purpose": [CRIME], "case": [link.case]}
    assert brandt.get(way).status_code == 200


def test_a_colleague_who_signs_in_first_comes_to_the_record_on_its_case():
    link = a_link()
    stranger = Client()
    way = stranger.get(f"/l/{link.id}").headers["Location"]
    back = picked(stranger, way, "brandt")
    assert back == f"/l/{link.id}"
    assert f"case={link.case}" in stranger.get(back).headers["Location"]


@pytest.fixture
def unshared():
    """An open case of the department that is shared with nobody."""
    from openclear.records.cases.models import Case

    case = Case.objects.create(
        source="test",
        source_id="end",
        number="CZ-2026-ENDS",
        kind="case",
        title="Robbery",
        opened="2026-05-01",
    )
    yield case
    case.delete()


def test_anyone_who_may_not_name_the_case_keeps_their_own(unshared):
    link = a_link(case=unshared.number)
    frost = signed_in("frost")
    own = ask("frost", "cases").json()["results"][0]["number"]
    frost.get("/search", asked(case=own))
    way = frost.get(f"/l/{link.id}").headers["Location"]
    assert unshared.number not in way
    assert f"case={own}" in way


# --- a first token, an emergency


def test_a_locked_accounts_first_token_is_answered_with_what_is_true():
    LockedHandle.objects.create(handle="lund", since="2026-01-01T00:00:00Z")
    answer = Client().post("/sign-in", {"token": token("lund")})
    said = re.findall(r'<p class="problem">(.*?)</p>', answer.content.decode())
    assert answer.status_code == 403
    assert len(said) == 1
    assert "locked after five failures" in said[0]
    assert "your token stays valid" in said[0]
    LockedHandle.objects.all().delete()
    assert Client().post("/sign-in", {"token": token("lund")}).status_code == 302


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("importer", "belongs to a program"),
        ("nobody", "not known or has expired"),
        ("rivera", "You have set up how you sign in"),
    ],
)
def test_every_other_token_that_begins_no_session_says_why(who, said):
    with a_password("rivera"):
        token.cache_clear()  # her tokens ended as she got a password
        text = "oc_nothing" if who == "nobody" else token(who)
        answer = Client().post("/sign-in", {"token": text})
        assert answer.status_code == 403
        assert said in answer.content.decode()
    token.cache_clear()


def test_the_button_of_an_emergency_stands_apart_and_its_words_are_its_own():
    form = {"agency": "us.dhs.cbp", "ground": "test", "public_basis": ""}
    page = signed_in("novak").get("/orders/new", form).content.decode()
    sections = re.findall(r"<section.*?</section>", page, re.DOTALL)
    proposed = next(text for text in sections if "Nothing changes until another" in text)
    emergency = next(text for text in sections if 'name="provisional"' in text)
    assert proposed != emergency
    assert "provisional" not in proposed
    assert "on your decision alone" in emergency
    assert "Cut off us.dhs.cbp now" in emergency
    assert page.count("<form") == page.count("</form>")


def test_names_stand_beside_handles():
    form = {"agency": "us.dhs.cbp", "ground": "test", "public_basis": ""}
    number = signed_in("novak").post("/orders/propose", form).headers["Location"]
    assert "Irena Novak (novak)" in signed_in("adler").get(number).content.decode()
    signed_in("novak").post(f"{number}/withdraw")


# --- a case is named by its number or its id


def test_a_case_is_named_by_the_id_that_the_list_of_cases_gives():
    row = ask("rivera", "cases", limit="1").json()["results"][0]
    for name in (row["number"], row["id"], row["id"].replace("-", "").upper(), row["number"].lower()):
        assert ask("rivera", "people", q="garcia", purpose=CRIME, case=name).status_code == 200, name
        assert signed_in("rivera").get("/search", asked(case=name)).status_code == 200, name
        assert ask("rivera", f"cases/{name}").json()["result"]["case"]["id"] == row["id"]
        assert row["number"] in signed_in("rivera").get(f"/cases/{name}").content.decode()
    found = ask("rivera", "cases", q=row["id"]).json()["results"]
    assert [one["number"] for one in found] == [row["number"]]


def test_the_entry_and_what_is_kept_have_the_number_however_the_case_was_named():
    from openclear.delivery.models import Export
    from tests.web.test_asked import bodies

    row = ask("rivera", "cases", limit="1").json()["results"][0]
    assert ask("rivera", "people", q="garcia", purpose=CRIME, case=row["id"]).status_code == 200
    assert bodies()[0]["case"] == row["number"]
    form = {"kind": "people", "format": "csv", **asked(case=row["id"])}
    assert signed_in("rivera").post("/saved/exports", form).status_code == 303
    export = Export.objects.filter(owner="rivera").latest("created")
    assert export.case == row["number"]
    export.delete()


def test_the_id_of_a_case_of_others_is_refused_like_one_that_does_not_exist(unshared):
    case = unshared
    told = [
        ask("frost", "people", q="garcia", purpose=CRIME, case=str(name)).json()["rule_ids"]
        for name in (case.id, case.number, "00000000-0000-0000-0000-000000000000")
    ]
    assert told[0] == told[1] == told[2]
    assert case.number not in str(
        ask("frost", "people", q="garcia", purpose=CRIME, case=str(case.id)).content
    )
    assert grant("rivera", Action.PERSON_SEARCH, case=str(case.id)).inquiry.case == case.number


def test_a_command_takes_a_number_or_an_id(capsys):
    from openclear.cli.main import main

    row = ask("rivera", "cases", limit="1").json()["results"][0]
    for name in (row["number"], row["id"]):
        command = ["case", "share", name, "--with", "us.nowhere", "--by", "Rivera"]
        assert main(command, lambda: None) == 1
        assert "There is no agency us.nowhere" in capsys.readouterr().err
        question = [
            "explain",
            "--officer",
            "RIVERA",
            "--action",
            "person.search",
            "--purpose",
            CRIME,
            "--case",
            name,
        ]
        assert main(question, lambda: None) == 0
        assert "allowed" in capsys.readouterr().out
    assert main(["case", "share", "CZ-0000-NONE", "--with", "il.isp", "--by", "rivera"], lambda: None) == 1
    assert "give its number or its id" in capsys.readouterr().err
