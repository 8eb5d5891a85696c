"""The public page is told of an order in the order's own act: named, with its day and a basis that two people wrote."""

import logging
import re
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest
from django.db import OperationalError
from django.template import Context, Engine
from django.utils import translation

from openclear.access import orders
from openclear.access.models import OrderState
from openclear.access.orders import publication
from openclear.access.orders.publication import with_basis
from openclear.access.ports import Ports, ports
from openclear.audit.models import Entry
from openclear.citizen import queries
from openclear.oversight import public_access
from openclear.release import commands as release
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import WrongUsage
from tests.cast import ADMINISTRATION, GROUND, cut_off, grant, lift, signed_in

TEMPLATES = Path(queries.__file__).parent / "templates" / "citizen"
BASIS = "Municipal Code of Chicago 2-173, as amended"
NEUTRAL = "on file with the city; its text is not published."


def page(name="transparency"):
    """What a page of the public site answers, made of the public database alone, without the frame around it."""
    engine = Engine(
        libraries={"humanize": "django.contrib.humanize.templatetags.humanize"},
        builtins=["django.templatetags.i18n", "openclear.citizen.templatetags.public"],
    )
    source = (TEMPLATES / f"{name}.html").read_text()
    body = source.split("{% block answer %}")[1].rsplit("{% endblock %}", 1)[0]
    body = re.sub(r"{% (url|include) [^%]*%}", "", body)
    with translation.override("en"):
        facts = {"access": queries.access(), "statement": queries.statement(), "during": queries.period()}
        return engine.from_string("{% load humanize %}" + body).render(Context(facts))


def target(receipt):
    return next(
        (item.state, item.before, item.after) for item in receipt.receipts if item.target == "publication"
    )


def draft(agency="us.dhs.ice", basis=BASIS, **limits):
    return with_basis(orders.new_order(agency=agency, legal_basis=GROUND, **limits), basis)


def pair(action=Action.ORDER_CUT_OFF):
    return grant("novak", action, ADMINISTRATION), grant("adler", action, ADMINISTRATION)


@pytest.fixture
def with_access():
    """The agencies with access before any order."""
    public_access.PublicAccess().publish()
    return {row["path"] for row in queries.access().agencies}


@pytest.fixture
def order(with_access):
    assert with_access >= {"us.dhs.ice.ero", "us.dhs.ice.hsi"}
    first, second = pair()
    receipt = orders.cut_off(first, approval=second, order=draft())
    yield receipt
    with suppress(Exception):
        lift(receipt.order)


@pytest.fixture
def cut(with_access, order):
    """The agencies that the order takes out: those two, and what other stories put below ICE."""
    assert order
    return with_access - {row["path"] for row in queries.access().agencies}


def test_an_order_is_on_the_public_page_when_it_returns_and_gone_when_it_is_lifted(order):
    assert target(order) == ("verified", 1, 0)
    shown = page()
    assert "Immigration and Customs Enforcement" in shown
    assert f"{translated_day()} · Legal basis: {BASIS}" in shown
    assert GROUND not in shown
    first, second = pair(Action.ORDER_LIFT)
    done = orders.lift(first, approval=second, name=order.order, legal_basis="over")
    assert [target(one) for one in done] == [("verified", 1, 0)]
    assert "No agency is cut off." in page()


def translated_day():
    from django.utils.formats import date_format

    from openclear.vocabulary import clock
    from openclear.vocabulary.city import city

    with translation.override("en"):
        return date_format(clock.now().astimezone(city().zone).date(), "j F Y")


def test_agencies_under_an_order_are_not_among_those_with_access(cut):
    assert cut >= {"us.dhs.ice.ero", "us.dhs.ice.hsi"}
    told = queries.access()
    paths = {row["path"] for row in told.agencies}
    assert paths >= {"us.doj.fbi", "us.dhs.cbp", "il.isp"}
    assert not paths & {"us.dhs.ice.ero", "us.dhs.ice.hsi"}
    assert (told.cut_off, told.limited) == (len(cut), 0)
    # Below it stand counts of what was asked, also of those who are cut off now.
    assert ">us.dhs.ice.ero<" not in page().partition("Searches and refusals")[0]
    assert f"{len(cut)} agencies that would have it are cut off by orders." in " ".join(page().split())
    home = page("home")
    assert f'<b class="numbers">{len(paths)}</b>' in home
    assert f'<b class="numbers">{len(cut)}</b>' in home


def test_each_state_of_an_order_is_told_in_its_act(order, cut):
    first, second = pair(Action.ORDER_LIFT)
    narrowed = orders.narrow(
        first,
        approval=second,
        name=order.order,
        to=orders.new_order(agency="us.dhs.ice", legal_basis="less", scope=["people"]),
    )
    assert target(narrowed) == ("verified", 1, 0)
    shown = " ".join(page().split())
    assert "Limited to: people" in shown
    assert f"The access of {len(cut)} is limited by orders." in shown
    assert "limited by an order</span>" in shown
    assert BASIS in shown
    suspended = orders.suspend(
        first, approval=second, name=order.order, document="19 C 1", legal_basis="a court"
    )
    assert target(suspended) == ("verified", 1, 0)
    assert "No agency is cut off." in page()
    again, approval = pair()
    resumed = orders.resume(again, approval=approval, name=order.order, document="19 C 2", legal_basis="")
    assert target(resumed) == ("verified", 1, 0)
    assert BASIS in page()


def test_what_one_person_wrote_is_not_published():
    given = orders.cut_off_provisionally(
        grant("novak", Action.ORDER_CUT_OFF, ADMINISTRATION), order=draft("us.doj.atf")
    )
    try:
        assert target(given) == ("verified", 1, 0)
        shown = page()
        assert "Bureau of Alcohol, Tobacco, Firearms and Explosives" in shown
        assert BASIS not in shown
        assert NEUTRAL in shown
        confirmed = orders.confirm(grant("adler", Action.ORDER_CUT_OFF, ADMINISTRATION), name=given.order)
        assert target(confirmed) == ("verified", 1, 0)
        assert BASIS in page()
    finally:
        lift(given.order)


@pytest.mark.usefixtures("cut_ice")
def test_without_words_for_the_public_a_neutral_sentence_stands_there():
    shown = page()
    assert NEUTRAL in shown
    assert GROUND not in shown


def test_at_the_desk_one_writes_the_words_and_the_other_reads_them_before_approving():
    novak, adler = signed_in("novak"), signed_in("adler")
    asked = {"agency": "us.dhs.cbp", "ground": GROUND, "public_basis": f"  {BASIS}\n"}
    assert BASIS in novak.get("/orders/new", asked).content.decode()
    way = novak.post("/orders/propose", asked).headers["Location"]
    assert BASIS not in page()
    assert BASIS in adler.get(way).content.decode()
    order = adler.post(f"{way}/approve").headers["Location"].rsplit("/", 1)[1]
    try:
        assert BASIS in page()
        assert "Public page" in adler.get(f"/orders/{order}").content.decode()
    finally:
        lift(order)
    too_long = novak.post("/orders/propose", {**asked, "public_basis": "x" * 301})
    assert too_long.status_code == 400
    with pytest.raises(WrongUsage):
        draft(basis="x" * 301)


def test_a_public_database_that_is_down_does_not_stop_an_order_and_the_worker_tells_it_later(
    monkeypatch, caplog
):
    def down(_new):
        raise OperationalError("no route to host")

    before = release.shown_epoch()
    with monkeypatch.context() as patch, caplog.at_level(logging.CRITICAL, "openclear.alarm"):
        patch.setattr(public_access, "keep_access", down)
        receipt = cut_off("us.dhs.ice")
        assert "OperationalError" in caplog.text
    try:
        assert target(receipt) == ("failed", 1, 1)
        assert all(item.state == "verified" for item in receipt.receipts if item.target != "publication")
        assert OrderState.objects.filter(order=receipt.order, state="in-force").exists()
        newest = Entry.objects.using("audit").order_by("-index").values_list("header", flat=True)[:10]
        assert any(b'"in-force"' in bytes(header) for header in newest)
        assert release.shown_epoch() == before
        assert public_access.page_is_behind()
        assert "public page does not show" in signed_in("novak").get("/orders").content.decode()
        assert public_access.publish_where_behind()
        assert not public_access.page_is_behind()
        assert "Immigration and Customs Enforcement" in page()
        assert not public_access.publish_where_behind()
    finally:
        lift(receipt.order)


def test_a_public_database_that_hangs_keeps_an_order_two_seconds_at_most(monkeypatch):
    release_it = Event()

    class Hanging:
        def publish(self):
            release_it.wait(20)
            return -1

    monkeypatch.setattr(publication, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(ports, "_publication", Hanging())
    receipt = cut_off("us.dhs.ice")
    release_it.set()
    monkeypatch.undo()
    assert target(receipt) == ("failed", 1, 1)
    lift(receipt.order)


def test_a_page_that_shows_an_older_state_is_not_verified(monkeypatch):
    monkeypatch.setattr(public_access, "shown_epoch", lambda: 0)
    receipt = cut_off("us.dhs.ice")
    monkeypatch.undo()
    assert target(receipt) == ("failed", 1, 1)
    lift(receipt.order)


@pytest.mark.usefixtures("cut_ice")
def test_an_older_state_never_replaces_a_newer_one():
    from openclear.release.rows import NewAccess
    from openclear.vocabulary import clock

    now = release.shown_epoch()
    release.keep_access(NewAccess(now - 1, clock.now(), [], []))
    assert release.shown_epoch() == now
    assert "Immigration and Customs Enforcement" in page()


def test_a_process_without_a_way_to_the_public_page_cannot_be_wired():
    with pytest.raises(TypeError):
        Ports().register(ports.grounds, ports.reach)


def test_a_completed_order_keeps_its_words(order):
    from openclear.audit.queries import stated_by_order

    row = OrderState.objects.filter(order=order.order).get()
    assert row.public_basis == BASIS
    assert stated_by_order(row.entry)["public_basis"] == BASIS


def test_the_command_line_takes_the_words_and_says_when_the_page_was_not_told(monkeypatch, capsys):
    from openclear.cli.main import main

    def run(*words):
        return main([*words, "--by", "novak", "--approved-by", "adler"], lambda: None)

    assert run("cut-off", "us.dhs.ice", "--ground", GROUND, "--public-basis", BASIS) == 0
    assert "publication" in capsys.readouterr().out
    assert BASIS in page()
    with monkeypatch.context() as patch:
        patch.setattr(public_access, "keep_access", lambda _new: None)
        assert run("restore", "us.dhs.ice") == 1
    assert "public page could not be updated" in capsys.readouterr().out
    assert public_access.publish_where_behind()
