"""The pages as officers meet them."""

import re

import pytest
from django.test import Client

from openclear.records.incidents.models import Incident
from openclear.records.people.models import Person
from openclear.records.vehicles.models import Vehicle
from tests.cast import CRIME, cut_off, lift, open_case, signed_in

pytestmark = pytest.mark.anywhere

VOLATILE = re.compile(r"<(\w+)[^>]*\bdata-volatile\b.*?</\1>", re.DOTALL)


def answer_of(response):
    """What two officers' pages are compared by: the answer, without what is marked as volatile."""
    page = response.content.decode()
    main = re.search(r"<main[^>]*data-answer[^>]*>(.*)</main>", page, re.DOTALL)
    return VOLATILE.sub("", main[1])


def find(client, text="garcia", kind="people", **more):
    return client.get("/search", {"kind": kind, "q": text, "purpose": CRIME, "case": open_case()} | more)


def test_rivera_signs_in_searches_and_opens_a_person():
    client = signed_in("rivera")
    assert "Elena Rivera" in client.get("/").content.decode()
    page = find(client).content.decode()
    link = re.search(r'href="(/people/[^"]+)"', page)[1].replace("&amp;", "&")
    assert client.get(link).status_code == 200


@pytest.mark.parametrize(
    ("kind", "model"), [("incidents", Incident), ("vehicles", Vehicle), ("people", Person)]
)
def test_every_kind_of_record_has_its_page(kind, model):
    client = signed_in("rivera")
    row = model.objects.filter(labels=0).order_by("id").first()
    reason = {"purpose": CRIME, "case": open_case()}
    assert client.get(f"/{kind}/{row.id}", reason).status_code == 200
    hidden, absent = client.get(f"/{kind}/{'0' * 8}-0000-0000-0000-{'0' * 12}", reason), None
    assert hidden.status_code == 404
    assert absent is None


def test_a_hidden_person_and_nobody_are_the_same_page():
    client, reason = signed_in("frost"), {"purpose": CRIME, "case": open_case()}
    minor = Person.objects.filter(labels=1).first()
    hidden = client.get(f"/people/{minor.id}", reason)
    absent = client.get("/people/00000000-0000-0000-0000-000000000000", reason)
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert answer_of(hidden) == answer_of(absent)


def test_equal_pages_for_all_who_keep_access_and_a_reasoned_no_for_those_who_do_not():
    clients = {
        who: signed_in(who)
        for who in ("frost", "quill", "soto", "tran", "hale", "lund", "marsh", "ives", "kerr")
    }
    before = {who: answer_of(find(client)) for who, client in clients.items()}
    cut_off("us.dhs.ice")
    try:
        for who, client in clients.items():
            response = find(client)
            if who in {"ives", "kerr"}:
                assert response.status_code == 403
                page = answer_of(response)
                for words in ("Refused", "cut-off:", "Mayor&#x27;s order of 10 July 2019", "What you can do"):
                    assert words in page
                assert answer_of(find(client, "nobody-at-all")) == page
            else:
                assert answer_of(response) == before[who]
    finally:
        lift("us.dhs.ice")
    assert len(set(before.values())) == 1


def test_a_mistake_is_one_sentence():
    response = find(signed_in("rivera"), kind="secrets")
    assert response.status_code == 400
    assert "people, incidents, arrests, vehicles" in response.content.decode()
    assert find(signed_in("rivera"), purpose="").status_code == 400


def test_names_are_text_and_never_markup():
    page = find(signed_in("rivera"), '"><script>alert(1)</script>').content.decode()
    assert "<script>" not in page
    assert "alert(1)</script>" not in page


def test_signing_out_ends_the_session_on_the_server():
    client = signed_in("rivera")
    cookie = client.cookies["sessionid"].value
    client.post("/sign-out")
    client.cookies["sessionid"] = cookie
    assert client.get("/").status_code == 302


def test_nobody_signs_in_as_a_machine_or_a_stranger():
    for officer in ("importer", "nobody", ""):
        assert Client().post("/sign-in", {"officer": officer}).status_code == 403


def test_the_site_speaks_spanish():
    client = signed_in("rivera")
    page = client.get("/", headers={"accept-language": "es"}).content.decode()
    assert '<html lang="es">' in page
    assert "Buscar" in page
    client.post("/language", {"language": "es", "next": "/"})
    assert '<html lang="es">' in client.get("/").content.decode()


def test_every_page_says_that_it_is_a_demonstration():
    assert "every person, plate and report is invented" in signed_in("rivera").get("/").content.decode()


def test_health_says_nothing_else():
    assert Client().get("/healthz").content == b"ok\n"


def test_forms_from_elsewhere_are_not_taken():
    client = Client(enforce_csrf_checks=True)
    assert client.post("/sign-in", {"officer": "rivera"}).status_code == 403


@pytest.mark.parametrize("cookie", ['"\\000abcdefghijklm"', "x" * 500, "' OR 1=1", "\u00e9" * 32, ""])
def test_a_cookie_that_is_none_of_ours_is_nobody(cookie):
    response = Client().get("/", headers={"cookie": f"sessionid={cookie}"})
    assert (response.status_code, response.headers["Location"]) == (302, "/sign-in")


def test_a_host_name_that_is_not_ours_is_not_answered():
    assert Client().get("/sign-in", headers={"host": "evil.example"}).status_code == 400
