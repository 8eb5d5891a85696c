"""Why, and when: explanations of decisions of today and of days that are past."""

import json
import re
from datetime import timedelta

import pytest

from openclear.access.models import Affiliation, OrderState
from openclear.cli.main import main
from openclear.records.people.models import Person
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.days import today_here
from openclear.vocabulary.labels import Label
from openclear.vocabulary.purposes import Purpose
from tests.cast import CRIME, cut_off, grant, lift, open_case, search, signed_in

pytestmark = pytest.mark.anywhere

YESTERDAY, LAST_WEEK = (clock.today() - timedelta(days=days) for days in (1, 7))


def told(capsys, *arguments, code=0):
    capsys.readouterr()
    assert main([*arguments, "--json"], lambda: None) == code
    out = capsys.readouterr().out
    return json.loads(out) if code == 0 else out


def explained(capsys, officer, *more):
    return told(
        capsys, "explain", "--officer", officer, "--action", "person.search", "--purpose", "criminal-investigation",
        "--case", open_case(), *more,
    )  # fmt: skip


def test_a_day_between_order_and_lifting_is_told_from_the_days_around_it(capsys):
    receipt = cut_off("us.dhs.ice")
    lift(receipt.order)
    states = OrderState.objects.filter(order=receipt.order).order_by("sequence")
    first, last = (row.pk for row in states)
    OrderState.objects.filter(pk=first).update(moment=clock.now() - timedelta(days=7))
    OrderState.objects.filter(pk=last).update(moment=clock.now() - timedelta(days=1))
    for day, allowed in ((LAST_WEEK - timedelta(days=1), True), (LAST_WEEK, False), (YESTERDAY, True)):
        answer = explained(capsys, "kerr", "--on", str(day))
        assert answer["allowed"] == allowed, day
        assert answer["on"] == str(day)
    assert explained(capsys, "kerr", "--on", str(LAST_WEEK))["rules"][0]["id"] == f"cut-off:{receipt.order}"
    assert explained(capsys, "frost", "--on", str(LAST_WEEK))["allowed"]
    OrderState.objects.filter(order=receipt.order).delete()


def test_a_tie_that_began_later_did_not_count_then(capsys):
    tie = Affiliation.objects.get(officer__handle="kerr", agency__path="us.doj.fbi", until=None)
    since = tie.since
    try:
        Affiliation.objects.filter(pk=tie.pk).update(since=YESTERDAY)
        assert [
            item["agency"] for item in explained(capsys, "kerr", "--on", str(LAST_WEEK))["affiliations"]
        ] == ["us.dhs.ice.hsi"]
        chains = [item["chain"] for item in explained(capsys, "kerr", "--on", str(YESTERDAY))["affiliations"]]
        assert chains == [["us", "us.dhs", "us.dhs.ice", "us.dhs.ice.hsi"], ["us", "us.doj", "us.doj.fbi"]]
    finally:
        Affiliation.objects.filter(pk=tie.pk).update(since=since)


def test_what_is_hidden_is_told_with_the_rule_that_hides_it(capsys):
    hidden = {(item["dataset"], item["what"]): item["rules"] for item in explained(capsys, "frost")["hidden"]}
    assert hidden["people", "gang"] == ["gang-rows"]
    assert hidden["incidents", "narrative"] == ["narratives-stay-here"]
    assert ("people", "victim") not in hidden


@pytest.mark.parametrize("day", ["yesterday", "2019-13-01", str(clock.today() + timedelta(days=2))])
def test_days_that_are_none(capsys, day):
    told(
        capsys,
        "explain",
        "--officer",
        "kerr",
        "--action",
        "person.search",
        "--purpose",
        "missing-person",
        "--on",
        day,
        code=2,
    )


def test_could_the_agency_have_seen_the_record(capsys):
    gang = Person.objects.filter(labels=Label.GANG.value).first()
    plain = Person.objects.filter(labels=0).first()
    day = str(today_here())
    assert told(capsys, "could-see", "--agency", "us.dhs.ice", "--record", str(plain.id))["could"]
    assert not told(capsys, "could-see", "--agency", "us.dhs.ice", "--record", str(gang.id))["could"]
    shown = search("ives", f"{plain.given} {plain.family}").json()["receipt"]["entry"]
    answer = told(capsys, "could-see", "--agency", "us.dhs.ice", "--record", str(plain.id), "--on", day)
    assert shown in answer["entries_that_showed_it"]
    assert (
        shown
        not in told(capsys, "could-see", "--agency", "us.doj.fbi", "--record", str(plain.id))[
            "entries_that_showed_it"
        ]
    )
    receipt = cut_off("us.dhs.ice")
    try:
        answer = told(capsys, "could-see", "--agency", "us.dhs.ice", "--record", str(plain.id))
        # Until the order it could: what it was shown before is no contradiction (tests/oversight/test_parts_of_a_day.py).
        assert answer["could"]
        last = answer["parts"][-1]
        assert (last["could"], last["orders"]) == (False, [receipt.order])
    finally:
        lift(receipt.order)
    told(capsys, "could-see", "--agency", "us.dhs.ice", "--record", "x", code=2)
    told(
        capsys,
        "could-see",
        "--agency",
        "us.dhs.ice",
        "--record",
        "00000000-0000-0000-0000-000000000000",
        code=1,
    )


def test_pages_explain_oneself_and_everybody_to_oversight():
    asked = {"action": "person.search", "purpose": "missing-person"}
    own = signed_in("frost").get("/explain", asked)
    assert "us.doj.fbi" in own.content.decode()
    assert "il.chicago.pd" not in own.content.decode()
    okafor = signed_in("okafor")
    page = okafor.get(
        "/explain", {"officer": "rivera", "action": "person.search", "purpose": "missing-person"}
    )
    assert "il.chicago.pd" in page.content.decode()
    plain = Person.objects.filter(labels=0).first()
    search("ives", f"{plain.given} {plain.family}")
    page = okafor.get("/oversight/could-see", {"agency": "us.dhs.ice", "record": str(plain.id)})
    assert "it could" in page.content.decode()
    assert re.search(r"</a> Gordon Ives \(ives\)<span", page.content.decode())
    assert signed_in("frost").get("/oversight/could-see").status_code == 403
    assert signed_in("frost").get("/oversight/cases").status_code == 403


def test_the_reason_for_hiding_is_the_order_where_it_is_the_order():
    from openclear.access.explanations import Question, explain

    receipt = cut_off("us.dhs.ice", scope=["vehicles"])
    try:
        key = grant("okafor", Action.DECISION_EXPLAIN_OTHERS, Purpose.OVERSIGHT_REVIEW)
        told = explain(key, question=Question("ives", "person.search", CRIME, open_case()))
        hidden = {(item.dataset, item.what): item.rules for item in told.hidden}
        assert f"cut-off:{receipt.order}" in hidden["vehicles", "victim"]
    finally:
        lift(receipt.order)
