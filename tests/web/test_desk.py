"""The desks beside the search: orders, agencies, accounts, the log, my searches, tokens."""

import html
import re
import time

import pytest
from django.test import Client

from openclear.records.arrests.models import Arrest
from openclear.records.cases.models import Case
from openclear.records.incidents.models import Incident
from openclear.records.people.models import Person
from openclear.records.vehicles.models import Vehicle
from tests.cast import CRIME, cut_off, lift, open_case, search, signed_in
from tests.web.test_pages import answer_of, find

GROUND = "Mayor's order of 10 July 2019"
NOBODY = "00000000-0000-0000-0000-000000000000"


def page_of(client, path, **query):
    response = client.get(path, query)
    assert response.status_code == 200, path
    return response.content.decode()


def proposed(client, agency="us.dhs.ice", **more):
    answer = client.post("/orders/propose", {"agency": agency, "ground": GROUND, **more})
    assert answer.status_code == 303, answer.content.decode()
    return answer.headers["Location"]


def test_novak_and_adler_cut_off_and_restore_from_their_desks():
    novak, adler, ives = signed_in("novak"), signed_in("adler"), signed_in("ives")
    plan = page_of(novak, "/orders/new", agency="us.dhs.ice", ground=GROUND)
    assert "Gordon Ives" in plan
    assert "Julia Kerr" in plan
    assert "Daniel Frost" not in plan
    number = proposed(novak)
    assert find(ives).status_code == 200, "a proposal cuts nobody off"
    assert number in page_of(adler, "/orders")
    receipt = adler.post(f"{number}/approve").headers["Location"]
    assert find(ives).status_code == 403
    shown = page_of(adler, receipt)
    assert shown.count("verified") >= 3
    assert "not in force" not in shown
    back = novak.post(f"{receipt}/lift", {"ground": "the court said so"}).headers["Location"]
    assert find(ives).status_code == 403, "one person lifts nothing"
    assert adler.post(f"{back}/approve").headers["Location"] == receipt
    assert find(ives).status_code == 200
    assert "This order is not in force." in page_of(novak, receipt)


def test_nobody_approves_what_they_proposed():
    novak = signed_in("novak")
    number = proposed(novak)
    assert "another person has to approve it" in page_of(novak, number)
    refused = novak.post(f"{number}/approve")
    assert refused.status_code == 403
    assert "two-people" in refused.content.decode()
    assert "waits for a second person" in page_of(novak, number), "it still waits after the refusal"
    assert novak.post(f"{number}/withdraw").status_code == 303
    late = signed_in("adler").post(f"{number}/approve")
    assert late.status_code == 400
    assert "no longer open" in late.content.decode()


@pytest.mark.anywhere
@pytest.mark.parametrize("who", ["rivera", "frost", "okafor", "chen", "ives"])
def test_nobody_else_has_a_desk_for_orders(who):
    client = signed_in(who)
    for path in (
        "/orders",
        "/orders/new",
        "/orders/proposals/1",
        "/agencies",
        "/officers",
        "/orders/2019-001",
    ):
        assert client.get(path).status_code == 403, path
    for path in ("/orders/propose", "/agencies/add", "/officers/release", "/orders/2019-001/lift"):
        answer = client.post(
            path, {"agency": "us.dhs.ice", "ground": GROUND, "path": "us.new", "name": "x", "kind": "federal"}
        )
        assert answer.status_code == 403, path


@pytest.mark.anywhere
def test_an_order_that_locks_the_city_out_is_said_to_before_anybody_is_asked():
    novak = signed_in("novak")
    assert "not possible" in page_of(novak, "/orders/new", agency="il.chicago.pd", ground=GROUND)
    refused = novak.post("/orders/propose", {"agency": "il.chicago.pd", "ground": GROUND})
    assert refused.status_code == 403
    assert "no-self-lockout" in refused.content.decode()


def test_a_proposal_does_not_outlive_the_right_to_make_it():
    from openclear.access.gate.requesters import requester_at
    from openclear.access.models import Officer

    number = proposed(signed_in("novak"), "us.dhs.cbp")
    Officer.objects.filter(handle="novak").update(is_active=False)
    requester_at.cache_clear()
    try:
        assert signed_in("adler").post(f"{number}/approve").status_code == 403
    finally:
        Officer.objects.filter(handle="novak").update(is_active=True)
        requester_at.cache_clear()
        signed_in("adler").post(f"{number}/withdraw")
    assert find(signed_in("tran")).status_code == 200


@pytest.mark.anywhere
@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"agency": "us.dhs.ice", "ground": " "}, "Legal basis"),
        ({"agency": "us.dhs.xyz", "ground": "x"}, "no agency us.dhs.xyz"),
        ({"agency": "US", "ground": "x"}, "not an agency path"),
        ({"agency": "us.dhs.ice", "ground": "x", "scope": "secrets"}, "Scope"),
        ({"agency": "us.dhs.ice", "ground": "x", "review_on": "soon"}, "Review on"),
    ],
)
def test_a_wrong_order_is_said_in_one_sentence_and_keeps_what_was_typed(form, words):
    answer = signed_in("novak").post("/orders/propose", form)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert words in re.search(r'<p class="problem">(.*?)</p>', page)[1]
    assert f">{form['ground'].strip()}</textarea>" in page or not form["ground"].strip()


def test_an_order_limited_to_vehicles_leaves_people():
    novak, adler = signed_in("novak"), signed_in("adler")
    receipt = adler.post(f"{proposed(novak, 'us.dhs.cbp', scope='vehicles')}/approve").headers["Location"]
    try:
        tran = signed_in("tran")
        assert find(tran, "garcia").status_code == 200
        assert find(tran, "OC00", "vehicles").status_code == 403
        both = find(tran, "OC00", "")
        assert both.status_code == 403
    finally:
        lift(receipt.rsplit("/", 1)[1])


def test_an_administrator_registers_agencies_and_ties_and_cut_agencies_stay_cut():
    novak = signed_in("novak")
    new = {"path": "us.doj.atf.chicago", "name": "Chicago field division", "kind": "federal"}
    assert novak.post("/agencies/add", new).headers["Location"] == "/agencies/us.doj.atf.chicago"
    assert novak.post("/agencies/add", new).status_code == 400
    assert novak.post("/agencies/add", new | {"path": "us.treasury.irs"}).status_code == 400
    tie = {"officer": "marsh", "kind": "task-force"}
    assert novak.post("/agencies/us.doj.atf.chicago/affiliate", tie).status_code == 303
    assert "Carol Marsh" in page_of(novak, "/agencies/us.doj.atf.chicago")
    assert novak.post("/agencies/us.doj.atf.chicago/end", tie).status_code == 303
    assert "Carol Marsh" not in page_of(novak, "/agencies/us.doj.atf.chicago").split("<form")[2]
    cut_off("us.doj.atf")
    try:
        assert page_of(novak, "/agencies").count("cut off") >= 2
        assert "Cut off by order" in page_of(novak, "/agencies/us.doj.atf.chicago")
    finally:
        lift("us.doj.atf")


def test_frost_sees_what_he_asked_and_nobody_else_does():
    frost = signed_in("frost")
    word = "zaborowski"
    find(frost, word)
    assert word in page_of(frost, "/searches")
    number = re.search(r'/log/entries/(\d+)">' + word, page_of(frost, "/searches"))[1]
    assert word in page_of(frost, f"/log/entries/{number}")
    for other in ("rivera", "novak", "soto"):
        assert word not in page_of(signed_in(other), "/searches")
        assert signed_in(other).get(f"/log/entries/{number}").status_code == 404, other
    assert word in page_of(signed_in("okafor"), f"/log/entries/{number}")


@pytest.mark.anywhere
def test_an_entry_that_may_not_be_read_and_one_that_is_not_there_are_the_same_page():
    find(signed_in("frost"), "zaborowski")
    client = signed_in("soto")
    from openclear.audit.models import Body

    hidden = Body.objects.using("audit").filter(officer="frost").latest("entry").entry
    answers = [client.get(f"/log/entries/{number}") for number in (hidden, 99_999_999)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answer_of(answers[0]) == answer_of(answers[1])


def lines_of(page):
    """The entries that a page of the log lists, without its filters."""
    return page.partition("<tbody>")[2]


def test_the_log_shows_what_is_published_and_orders_at_once():
    cut_off("us.dhs.ice")
    lift("us.dhs.ice")
    okafor, frost = page_of(signed_in("okafor"), "/log"), page_of(signed_in("frost"), "/log")
    assert "order: cut off" in lines_of(okafor)
    assert "start page: open" not in lines_of(frost), "entries younger than 72 hours are not published"
    assert "us.dhs.ice in force" in frost
    assert "us.dhs.ice lifted" in frost


def test_headers_are_published_after_72_hours(monkeypatch):
    from datetime import timedelta

    from openclear.audit import reading

    find(signed_in("hale"))
    before = reading.published_size()
    monkeypatch.setattr(reading, "PUBLICATION_DELAY", timedelta(hours=-1))
    assert reading.published_size() > before
    assert "person: search" in lines_of(page_of(signed_in("frost"), "/log"))


def test_anyone_may_have_the_log_replayed_and_sees_how_far_it_is():
    client = signed_in("marsh")
    run = client.post("/log/verify").headers["Location"]
    assert client.post("/log/verify").headers["Location"] == run, "one replay at a time"
    deadline = time.monotonic() + 60
    while "Replaying" in (page := page_of(client, run)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert "entries were verified" in page, answer_of(client.get(run))
    assert client.get("/log/verify/999999").status_code == 404


def test_a_damaged_log_is_said_to_be_one(monkeypatch):
    from openclear.audit import log, verifying
    from openclear.audit.models import Body, Replay
    from openclear.vocabulary import clock

    body = Body.objects.using("audit").latest("entry")
    kept, body.fields = body.fields, body.fields.replace('"value"', '"valve"', 1)
    body.save(using="audit")
    log.checkpoint()
    monkeypatch.setattr(verifying.os, "nice", lambda _: 0)  # this process has other tests to run
    try:
        run = Replay.objects.create(began=clock.now())
        assert not verifying.keep_result(run.pk)
        assert f"Entry {body.entry}" in page_of(signed_in("okafor"), f"/log/verify/{run.pk}")
    finally:
        body.fields = kept
        body.save(using="audit")


def test_the_result_of_a_replay_stands_where_a_writer_of_the_audit_database_cannot_change_it():
    from django.db import connections

    from openclear.audit.models import KnownLog, Replay

    for model in (Replay, KnownLog):
        table = model._meta.db_table
        assert table in connections["default"].introspection.table_names()
        assert table not in connections["audit"].introspection.table_names()


def test_hale_makes_a_token_uses_it_and_ends_it():
    client = signed_in("hale")
    page = client.post("/account/tokens/create", {"name": "my report"}).content.decode()
    token = re.search(r'<code id="token">(oc_[\w-]+)</code>', page)[1]
    asked = {"q": "garcia", "purpose": CRIME, "case": open_case()}
    api = Client(headers={"authorization": f"Bearer {token}"})
    assert api.get("/api/v1/people", asked).status_code == 200
    shown = page_of(client, "/account/tokens")
    assert "my report" in shown
    assert token not in shown, "a token is shown once"
    ending = re.search(r'action="(/account/tokens/\d+/end)"', shown)[1]
    assert signed_in("frost").post(ending).status_code == 400, "nobody ends another's"
    assert client.post(ending).status_code == 303
    assert api.get("/api/v1/people", asked).status_code == 401


@pytest.mark.anywhere
def test_keepers_and_oversight_make_no_tokens_alone():
    for who in ("novak", "okafor"):
        refused = signed_in(who).post("/account/tokens/create", {"name": "x"})
        assert refused.status_code == 403
        assert "second-person-for-token" in refused.content.decode()


@pytest.mark.anywhere
@pytest.mark.usefixtures("cut_ice")
def test_under_an_order_every_desk_is_the_same_reasoned_no():
    client = signed_in("kerr")
    pages = (
        "/",
        "/cases",
        "/searches",
        "/log",
        "/log/entries/1",
        "/account/tokens",
        "/orders",
        "/agencies",
        f"/cases/{NOBODY}",
    )
    for path in pages:
        answer = client.get(path)
        assert answer.status_code == 403, path
        assert "cut-off:" in answer.content.decode(), path
    assert client.post("/log/verify").status_code == 403
    assert client.post("/account/tokens/create", {"name": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("kind", "model"),
    [
        ("people", Person),
        ("incidents", Incident),
        ("arrests", Arrest),
        ("vehicles", Vehicle),
        ("cases", Case),
    ],
)
def test_a_hidden_record_and_none_are_the_same_bytes_on_page_and_api(kind, model):
    from tests.cast import ask

    row = model.objects.order_by("id").last()
    kept, row.labels = row.labels, 8
    row.save()
    try:
        client, reason = signed_in("frost"), {"purpose": CRIME, "case": open_case()}
        pages = [client.get(f"/{kind}/{record}", reason) for record in (row.id, NOBODY)]
        assert [page.status_code for page in pages] == [404, 404]
        assert answer_of(pages[0]) == answer_of(pages[1])
        calls = [ask("frost", f"{kind}/{record}", **reason) for record in (row.id, NOBODY)]
        assert [call.status_code for call in calls] == [404, 404]
        assert calls[0].content == calls[1].content
    finally:
        row.labels = kept
        row.save()


def test_pages_of_results_turn_and_are_good_for_one_person_and_one_search():
    first = search("rivera", "garcia", limit="2")
    follow = re.match(r'<(.*)>; rel="next"', first.headers["Link"])[1]
    mark = re.search(r"page=([^&]+)", follow)[1]
    from urllib.parse import unquote

    mark = unquote(mark)
    second = search("rivera", "garcia", limit="2", page=mark)
    ids = [row["id"] for answer in (first, second) for row in answer.json()["results"]]
    assert len(set(ids)) == 4
    for who, text in (("rivera", "smith"), ("hale", "garcia")):
        assert search(who, text, limit="2", page=mark).status_code == 400
    assert search("rivera", "garcia", limit="2", page=mark[:-2]).status_code == 400
    assert "Link" not in search("rivera", "nobody-at-all").headers


def test_a_mark_opens_nothing_after_a_cut_off():
    from urllib.parse import unquote

    link = search("ives", "garcia", limit="2").headers["Link"]
    mark = unquote(re.search(r"page=([^&>]+)", link)[1])
    cut_off("us.dhs.ice")
    try:
        assert search("ives", "garcia", limit="2", page=mark).status_code == 403
    finally:
        lift("us.dhs.ice")


def test_results_on_the_page_turn_too():
    client = signed_in("rivera")
    page = page_of(client, "/search", q="0", kind="incidents", purpose=CRIME)
    fields = dict(
        re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)"',
            page.split('<form class="buttons" data-volatile')[-1].split("</form>")[0],
        )
    )
    assert fields["page"]
    second = page_of(client, "/search", **fields)
    rows = [re.findall(r'href="/incidents/([0-9a-f-]+)', text) for text in (page, second)]
    assert len(rows[0]) == len(rows[1]) == 20
    assert not set(rows[0]) & set(rows[1])


@pytest.mark.anywhere
def test_ives_learns_nothing_of_a_proposal():
    ives, number = signed_in("ives"), proposed(signed_in("novak"))
    for act in ("approve", "withdraw"):
        answers = [ives.post(f"{path}/{act}") for path in (number, "/orders/proposals/999999")]
        assert [answer.status_code for answer in answers] == [403, 403]
        assert answer_of(answers[0]) == answer_of(answers[1])
    signed_in("adler").post(f"{number}/withdraw")


@pytest.mark.usefixtures("cut_ice")
def test_a_stale_session_under_an_order_gets_the_order_and_no_error():
    client = signed_in("ives")
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 601
    session.save()
    refused = client.post("/account/tokens/create", {"name": "x"})
    assert refused.status_code == 403
    assert "cut-off:" in refused.content.decode()


def test_an_approval_that_fails_half_way_makes_no_second_order(monkeypatch):
    from openclear.access.orders import receipts
    from openclear.access.orders.queries import standing_orders
    from openclear.audit.errors import LogUnavailable

    number = proposed(signed_in("novak"), "us.dhs.cbp")

    def fail(*_):
        raise LogUnavailable("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(receipts, "_append_result", fail)
        assert signed_in("adler").post(f"{number}/approve").status_code == 503
    standing = [order for order in standing_orders() if order.agency == "us.dhs.cbp"]
    assert len(standing) == 1
    try:
        assert "no longer open" in signed_in("adler").post(f"{number}/approve").content.decode()
    finally:
        lift("us.dhs.cbp")


def test_an_offense_that_is_hidden_narrows_nothing():
    from openclear.records.incidents.models import Offense
    from tests.cast import ask

    incident = Incident.objects.filter(labels=0).order_by("id").first()
    facts = {"incident": incident, "source": "test", "primary_type": "X", "description": "Y", "iucr": "9ZZZ"}
    Offense.objects.create(source_id="hidden", labels=4, **facts)
    asked = {"q": incident.block, "purpose": CRIME, "iucr": "9ZZZ"}
    try:
        assert ask("frost", "incidents", **asked).json()["count"] == 0
        for number in range(2):
            Offense.objects.create(source_id=f"seen-{number}", labels=0, **facts)
        assert ask("frost", "incidents", **asked).json()["count"] == 1
    finally:
        Offense.objects.filter(source="test").delete()


@pytest.mark.anywhere
def test_the_page_of_an_agency_says_on_what_legal_basis_it_is_cut_off():
    order = cut_off("us.doj.atf").order
    try:
        assert GROUND in html.unescape(page_of(signed_in("novak"), "/agencies/us.doj.atf"))
    finally:
        lift(order)
