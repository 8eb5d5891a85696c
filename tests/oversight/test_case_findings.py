"""Many look-ups on one case within an hour: oversight sees them, and whoever makes them notices nothing."""

import json
from itertools import count

import pytest
from django.conf import settings
from django.test import override_settings

from openclear.audit import log
from openclear.audit.case_hours import _lookups
from openclear.cli.main import main
from openclear.oversight.case_findings import FindingParams, case_findings
from openclear.records.cases.models import Case
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.purposes import Purpose
from tests.cast import CRIME, ask, grant, signed_in

NUMBERS = count(1)


@pytest.fixture
def case():
    """An open case of the department that no other story names."""
    number = f"FD-{next(NUMBERS)}"
    facts = {
        "kind": "case",
        "title": "T",
        "opened": "2026-01-01",
        "source": "test",
        "owner_agency": "il.chicago.pd",
    }
    row = Case.objects.create(source_id=number, number=number, **facts)
    yield number
    row.delete()


def findings(case):
    overseer = grant("okafor", Action.LOG_VIEW_ALL, Purpose.OVERSIGHT_REVIEW)
    return [row for row in case_findings(overseer, asked=FindingParams()) if row.case == case.upper()]


def search(case, words="smith", who="brandt"):
    answer = ask(who, "people", q=words, purpose=CRIME, case=case)
    assert answer.status_code == 200
    return answer


def look_up(case, times):
    before, hour = log.state().size, clock.hour(clock.now())
    for number in range(times):
        search(case, f"smith {number}")
    if clock.hour(clock.now()) != hour:  # pragma: no cover - the hour ended in between
        pytest.skip("the hour ended during the look-ups")
    return before


@override_settings(LOOKUPS_ON_A_CASE=5)
def test_more_look_ups_on_one_case_than_expected_are_a_finding_for_oversight(case):
    look_up(case, 5)
    assert findings(case) == []
    search(case, "smith once more")
    [row] = findings(case)
    assert (row.officer, row.lookups, row.limit) == ("brandt", 6, 5)
    assert row.hour == clock.hour(clock.now()) or row.hour < clock.hour(clock.now())
    assert row.first < row.last


@override_settings(LOOKUPS_ON_A_CASE=3)
def test_the_spelling_of_a_case_hides_nothing_and_each_person_is_counted_alone(case):
    look_up(case, 2)
    search(case.lower())
    search(f" {case.lower()}")
    search(case, who="rivera")
    assert [(row.officer, row.lookups) for row in findings(case)] == [("brandt", 4)]


@override_settings(LOOKUPS_ON_A_CASE=3)
def test_the_person_notices_nothing(case):
    first = search(case)
    before = look_up(case, 6)
    last = search(case)
    assert findings(case)
    # Seven answers, seven entries: nothing else was written, neither for them nor about them.
    entries_since = log.state().size - before
    assert entries_since <= 7 + 2  # the finding's own question, and its answer
    assert set(first.headers) == set(last.headers)
    mine = signed_in("brandt").get("/searches").content.decode()
    assert "inding" not in mine
    assert signed_in("brandt").get("/oversight/findings").status_code == 403


@override_settings(LOOKUPS_ON_A_CASE=3)
def test_a_search_of_several_kinds_is_one_look_up(case):
    client = signed_in("brandt")
    for word in ("smith", "jones", "brown"):
        page = client.get("/search", {"q": word, "purpose": CRIME, "case": case})
        assert page.status_code == 200
    assert findings(case) == []
    client.get("/search", {"q": "white", "purpose": CRIME, "case": case})
    [row] = findings(case)
    assert row.lookups == 4


def test_what_is_one_look_up():
    def answers(*given):
        return [(number, action, {"query": words} if words else {}) for number, action, words in given]

    assert _lookups(answers((5, "person.search", "a"), (6, "vehicle.search", "a"))) == 1
    assert _lookups(answers((5, "person.search", "a"), (6, "person.search", "a"))) == 2
    assert _lookups(answers((5, "person.search", "a"), (7, "vehicle.search", "a"))) == 2
    assert _lookups(answers((5, "person.search", "a"), (6, "vehicle.search", "b"))) == 2
    assert _lookups(answers((5, "person.view", ""), (6, "vehicle.view", ""))) == 2
    assert _lookups([]) == 0


@override_settings(LOOKUPS_ON_A_CASE=2)
def test_oversight_reads_findings_by_page_and_command(case, capsys):
    look_up(case, 3)
    client = signed_in("okafor")
    page = client.get("/oversight/findings").content.decode()
    assert case.upper() in page
    assert "brandt" in page
    assert "/oversight/findings" in client.get("/log").content.decode()
    assert main(["findings", "--since", str(clock.today()), "--json"], lambda: None) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["lookups"] for row in rows if row["case"] == case.upper()] == [3]
    assert main(["findings", "--since", "yesterday"], lambda: None) == 2
    assert "is not a day" in capsys.readouterr().err


def test_the_limit_is_the_operators_and_has_a_default():
    assert settings.LOOKUPS_ON_A_CASE == 40
