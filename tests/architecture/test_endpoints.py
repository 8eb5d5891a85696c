"""Every endpoint answers on the doors that it declares, with one and the same log entry; and nothing of it is missing."""

import json
from dataclasses import fields

import pytest
from django.template.loader import get_template
from django.urls import reverse

from openclear.access.policy.effects import ASKED
from openclear.audit.models import Body, Entry
from openclear.cli.main import main, parser
from openclear.endpoints import ENDPOINTS
from openclear.reporting.reports import REPORTS
from openclear.vocabulary.asked import facts_of
from openclear.vocabulary.endpoint import Door
from openclear.web.endpoint import template_of
from tests.architecture.test_house import catalog
from tests.cast import ask, open_case, signed_in, token

pytestmark = pytest.mark.anywhere


def a_record():
    from openclear.records.people.models import Person

    return str(Person.objects.filter(labels=0).first().id)


def kind_of_open_case():
    return {"C": "case", "D": "dispatch", "W": "warrant"}[open_case()[0]]


# Who asks, and what: every parameter is given. An endpoint that is declared needs its line here.
STORIES = {
    "cases": ("rivera", lambda: {
            "q": open_case()[:9], "limit": "7", "whose": "mine", "kind": kind_of_open_case(), "since": "2001-02-03", "until": "2099-02-03", "page": "1",
        }),
    "agencies": ("novak", dict),
    "agreements": ("novak", dict),
    "officers": ("novak", lambda: {"q": "frost"}),
    "orders": ("novak", dict),
    "explain": (
        "okafor",
        lambda: {
            "officer": "frost", "action": "person.search", "purpose": "missing-person", "case": open_case(), "on": "2026-01-02",
        },
    ),
    "findings": ("okafor", lambda: {"since": "2026-01-02"}),
    "could-see": ("okafor", lambda: {"agency": "us.dhs.ice", "record": a_record(), "on": "2026-01-02"}),
    "stops": ("okafor", lambda: {"on": "2026-01-02"}),
}  # fmt: skip


def newest(officer):
    """What the newest entry of an officer holds of a question: decided facts of the header, private ones of the body."""
    body = Body.objects.using("audit").filter(officer=officer).order_by("-entry").first()
    header = json.loads(Entry.objects.using("audit").get(pk=body.entry).header)
    held = {name: value.get("value") for name, value in json.loads(body.fields).items()}
    apart = {"time", "address"}
    told = ("kind", "decision", "agencies", "action", "dataset", "purpose", "rules")
    return {name: header.get(name) for name in told} | {
        name: value for name, value in held.items() if name not in apart
    }


def verb(endpoint, asked):
    words = [part for name, value in asked.items() for part in (f"--{name.replace('_', '-')}", value)]
    return [endpoint.doors[Door.COMMAND], *words, "--json"]


def answers(endpoint, officer, asked, monkeypatch):
    """Ask each door that is declared: its name, and whether it answered."""
    for door, where in endpoint.doors.items():
        if door is Door.PAGE:
            yield door, signed_in(officer).get(f"/{where}", asked).status_code == 200
        elif door is Door.API:
            yield door, ask(officer, where, **asked).status_code == 200
        else:
            monkeypatch.setenv("OPENCLEAR_TOKEN", token(officer))
            yield door, main(verb(endpoint, asked), lambda: None) == 0


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_every_endpoint_answers_on_the_doors_it_declares_with_the_same_log_entry(
    endpoint, monkeypatch, capsys
):
    officer, story = STORIES[endpoint.name]
    asked, entries = story(), {}
    assert set(asked) == {item.name for item in fields(endpoint.params)}, "every parameter is asked"
    for door, answered in answers(endpoint, officer, asked, monkeypatch):
        assert answered, door
        entries[door] = newest(officer)
    capsys.readouterr()
    assert len(entries) >= 2, "a question of one door is a view or a verb"
    first = entries[Door.PAGE]
    assert all(entry == first for entry in entries.values()), entries
    assert (first["kind"], first["decision"]) == ("answer", "allow")
    assert (first["endpoint"], first["asked"]) == (endpoint.name, facts_of(endpoint.asked(asked)))
    assert (first["action"], first["purpose"]) == tuple(
        map(str, endpoint.act_for(officer, endpoint.asked(asked)))
    )


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_records_in_an_answer_are_named_in_its_entry(endpoint):
    officer, story = STORIES[endpoint.name]
    page = signed_in(officer).get(f"/{endpoint.doors[Door.PAGE]}", story())
    assert page.status_code == 200
    has_records = "id" in {item.name for item in fields(endpoint.row)} or endpoint.name == "could-see"
    assert bool(newest(officer)["shown"]) == has_records


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_nothing_of_an_endpoint_is_missing(endpoint):
    assert endpoint.name in STORIES, "an endpoint has its story"
    assert set(endpoint.words) == {"summary", "description"}
    assert all(endpoint.words.values())
    for item in fields(endpoint.params):
        assert {"label", "example"} < set(item.metadata), item.name
        assert {"longest", "most"} & set(item.metadata), f"{item.name} has a bound"
    # An order is told by which ways it closes an act: each door of an endpoint is one of them.
    assert {str(door) for door in endpoint.doors} <= set(ASKED[endpoint.action][1])
    if Door.PAGE in endpoint.doors:
        assert get_template(template_of(endpoint))
        assert reverse(endpoint.name) == f"/{endpoint.doors[Door.PAGE]}"
    if Door.COMMAND in endpoint.doors:
        known = parser()._subparsers._group_actions[0].choices[endpoint.doors[Door.COMMAND]]
        options = {option for action in known._actions for option in action.option_strings}
        assert {f"--{item.name.replace('_', '-')}" for item in fields(endpoint.params)} <= options
        assert known.get_default("endpoint") == endpoint.name


def test_everything_that_reports_say_is_translated_and_each_has_its_doors():
    said = set()
    for report in REPORTS:
        said |= {*report.words.values(), *(item.metadata["label"] for item in fields(report.params))}
        assert set(report.words) == {"title", "text", "button"}
        assert {"page", "api", "command"} <= set(ASKED[report.action][1])
        assert reverse(f"ask-{report.kind}") == f"/figures/{report.plural}"
        assert reverse(f"api-1:make_{report.kind}") == f"/api/v1/reports/{report.plural}"
    assert not said - {message for message, entry in catalog("web").items() if entry.string}


def test_the_api_serves_the_endpoints_that_declare_it_and_no_other():
    for endpoint in ENDPOINTS:
        officer, story = STORIES[endpoint.name]
        where = endpoint.doors.get(Door.API)
        assert ask(officer, where or endpoint.name, **story()).status_code == (200 if where else 404)


@pytest.mark.usefixtures("cut_ice")
def test_an_order_comes_before_a_mistake_on_every_door(capsys, monkeypatch):
    from openclear.records.cases.endpoints import CASE_LIST

    wrong = {"limit": "many"}
    assert signed_in("rivera").get("/cases", wrong).status_code == 400
    assert ask("rivera", "cases", **wrong).status_code == 400
    page = signed_in("ives").get("/cases", wrong)
    assert (page.status_code, b"cut-off:" in page.content) == (403, True)
    assert ask("ives", "cases", **wrong).json()["rule_ids"][0].startswith("cut-off:")
    monkeypatch.setenv("OPENCLEAR_TOKEN", token("ives"))
    assert main(verb(CASE_LIST, wrong), lambda: None) == 1
    assert "cut" in capsys.readouterr().err
