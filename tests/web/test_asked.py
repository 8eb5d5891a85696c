"""Law 2: the entry holds everything that was asked. Every filter of every kind, on every way out, stands in it."""

import json
import re
from dataclasses import fields
from urllib.parse import unquote

import pytest

from openclear.analysis.rows import FigureFilters
from openclear.audit.models import Body
from openclear.cli.main import main
from openclear.delivery.models import Alert, Export
from openclear.records.kinds import SEARCHED
from openclear.vocabulary.asked import facts_of
from openclear.web.figures.views import FiguresForm
from tests.cast import CRIME, ask, open_case, search, signed_in

pytestmark = pytest.mark.anywhere

TEXT = {"people": "garcia", "incidents": "047", "vehicles": "OC", "arrests": "CB9", "property": "9"}
VALUES = {
    "born_from": "1950-01-02", "born_to": "2001-02-03", "born_unknown": True, "sex": "F", "since": "2020-01-02", "until": "2026-12-31",
    "district": "9", "beat": "0934", "iucr": "0810", "arrest_made": True, "plate_state": "IL", "make": "Toyota",
    "color": "silver", "stolen": True, "item_kind": "firearm", "described": "pistol",
}  # fmt: skip
EVERY_FILTER = [
    (name, item.name)
    for name, kind in SEARCHED.items()
    if kind.search.filters
    for item in fields(kind.search.filters)
]


def bodies(officer="rivera", most=8):
    """The newest entries of an officer, newest first, as oversight reads them."""
    rows = Body.objects.using("audit").filter(officer=officer).order_by("-entry")[:most]
    return [{name: held.get("value") for name, held in json.loads(row.fields).items()} for row in rows]


def asked(kind, name):
    value = VALUES[
        name
    ]  # a filter that was added later needs a value here, and then stands in the log by itself
    sent = str(value).lower() if isinstance(value, bool) else value
    return {"q": TEXT[kind], "kind": kind, "purpose": CRIME, "case": open_case(), name: sent}, {name: value}


@pytest.mark.parametrize(("kind", "name"), EVERY_FILTER)
def test_every_filter_of_every_kind_stands_in_the_entry_of_every_way_out(kind, name):
    sent, kept = asked(kind, name)
    rivera = signed_in("rivera")
    assert rivera.get("/search", sent).status_code == 200
    assert (bodies()[0]["filters"], bodies()[0]["query"]) == (kept, TEXT[kind])
    assert (
        ask("rivera", kind, **{key: value for key, value in sent.items() if key != "kind"}).status_code == 200
    )
    assert (bodies()[0]["filters"], bodies()[0]["limit"]) == (kept, 50)
    for way, key in (("exports", "export"), ("alerts", "alert")):
        answer = rivera.post(f"/saved/{way}", sent | {"format": "csv"})
        assert answer.status_code == 303, answer.content
        acted = [body for body in bodies() if key in body and "query" in body]
        assert [body["filters"] for body in acted][:1] == [kept], way
    Export.objects.filter(owner="rivera").delete()  # of exports there are twenty a day, of alerts fifty
    Alert.objects.filter(owner="rivera").update(state="ended")


def test_an_export_of_all_stolen_vehicles_says_so_when_it_is_asked_made_and_fetched():
    from openclear.delivery.jobs import make_export

    sent = {
        "kind": "vehicles",
        "q": "",
        "purpose": CRIME,
        "case": open_case(),
        "stolen": "true",
        "format": "csv",
    }
    rivera = signed_in("rivera")
    assert rivera.post("/saved/exports", sent).status_code == 303
    export = Export.objects.filter(owner="rivera").latest("created")
    make_export(export.id)
    assert rivera.get(f"/saved/exports/{export.id}/parts/1").status_code == 200
    told = [body for body in bodies() if "export" in body and body.get("filters") is not None]
    assert len(told) >= 3
    assert {json.dumps(body["filters"]) for body in told} == {'{"stolen": true}'}


def test_an_alert_keeps_the_filters_of_its_search_and_names_them_when_it_tells():
    from openclear.delivery.alerts import run_alerts
    from openclear.delivery.models import AlertHit

    sent = {"kind": "vehicles", "q": "OC", "purpose": CRIME, "case": open_case(), "stolen": "true"}
    assert signed_in("rivera").post("/saved/alerts", sent).status_code == 303
    alert = Alert.objects.filter(owner="rivera").latest("created")
    try:
        stolen = ask("rivera", "vehicles", q="OC", purpose=CRIME, case=open_case(), stolen="true").json()[
            "results"
        ]
        assert len(stolen) > 0
        known = {
            str(record) for record in AlertHit.objects.filter(alert=alert).values_list("record", flat=True)
        }
        assert {row["id"] for row in stolen} <= known
        everything = ask("rivera", "vehicles", q="OC", purpose=CRIME, case=open_case()).json()["count"]
        assert len(known) < everything
        AlertHit.objects.filter(alert=alert).delete()
        assert run_alerts() >= 1
        assert any(
            body.get("alert") == str(alert.id) and body.get("filters") == {"stolen": True}
            for body in bodies()
        )
    finally:
        Alert.objects.filter(pk=alert.pk).update(state="ended")


def test_a_turned_page_says_where_it_began():
    first = search("rivera", "garcia", limit="2")
    mark = unquote(re.search(r"page=([^&>]+)", first.headers["Link"])[1])
    assert search("rivera", "garcia", limit="2", page=mark).status_code == 200
    assert (bodies()[0]["page"], bodies()[0]["from_row"], bodies()[0]["limit"]) == (mark, 2, 2)


@pytest.mark.parametrize("name", list(FiguresForm.base_fields))
def test_every_filter_of_figures_stands_in_the_entry_of_page_table_and_command(name, capsys):
    values = {
        "since": "2020-01-02",
        "until": "2026-01-02",
        "offense": "theft",
        "district": "9",
        "community_area": "25",
    }
    kept = {
        "offense": ("primary_type", "THEFT"),
        "district": ("district", "009"),
        "community_area": ("community_area", 25),
    }
    key, value = kept.get(name, (name, values[name]))
    chen = signed_in("chen")
    assert chen.get("/figures", {name: values[name]}).status_code == 200
    assert bodies("chen")[0]["figures"] == {key: value}
    assert chen.get("/figures/table.csv", {"by": "month", name: values[name]}).status_code == 200
    assert bodies("chen")[0]["figures"] == {key: value, "by": "month"}
    option = f"--{name.replace('_', '-')}"
    assert main(["figures", "--by", "month", option, values[name], "--json"], lambda: None) == 0
    capsys.readouterr()
    assert bodies("chen")[0]["figures"] == {key: value, "by": "month"}


def test_what_was_not_understood_stands_in_its_entry_too():
    assert ask("rivera", "vehicles", q="OC", stolen="perhaps").status_code == 400
    assert bodies()[0]["sent"] == ["q=OC", "stolen=perhaps"]
    composed = {"e\u0301": "x"}
    assert ask("rivera", "vehicles", **composed).status_code == 400, "a name that is not in NFC"
    assert signed_in("rivera").get("/search", {"q": "garcia", "born_from": "yesterday"}).status_code == 400
    assert "born_from=yesterday" in bodies()[0]["sent"]


def test_page_and_command_ask_who_could_see_in_one_way(capsys):
    from openclear.records.people.models import Person

    record = str(Person.objects.filter(labels=0).first().id)
    question = {"agency": "us.dhs.ice", "record": record, "on": "2026-01-02"}
    assert signed_in("okafor").get("/oversight/could-see", question).status_code == 200
    page = bodies("okafor")[0]
    told = [part for name, value in question.items() for part in (f"--{name}", value)]
    assert main(["could-see", *told], lambda: None) == 0
    capsys.readouterr()
    command = bodies("okafor")[0]
    apart = {"time", "address"}
    assert {k: v for k, v in page.items() if k not in apart} == {
        k: v for k, v in command.items() if k not in apart
    }
    assert page["asked"] == question
    assert page["shown"] == [record]


@pytest.mark.parametrize("who", ["frost", "rivera", "novak"])
def test_only_oversight_explains_others_on_page_api_and_command(who, capsys, monkeypatch):
    from tests.cast import token

    question = {"officer": "chen", "action": "person.search", "purpose": "missing-person"}
    for officer in ("chen", "nobody-such"):
        page = signed_in(who).get("/explain", question | {"officer": officer})
        answer = ask(who, "decisions/explain", **question | {"officer": officer})
        assert (page.status_code, answer.status_code) == (403, 403)
        assert answer.json()["rule_ids"] == ["no-rule-permits"]
    monkeypatch.setenv("OPENCLEAR_TOKEN", token(who))
    command = ["explain", "--officer", "chen", "--action", "person.search", "--purpose", "missing-person"]
    assert main(command, lambda: None) == 1
    assert main([*command[:2], who, *command[3:]], lambda: None) == 0, "about oneself anyone asks"
    capsys.readouterr()
    assert ask("okafor", "decisions/explain", **question).json()["agencies"] == ["il.chicago.pd"]
    assert bodies("okafor")[0]["asked"] == question


def test_filters_that_the_entry_does_not_hold_find_nothing():
    from openclear.records.vehicles.kind import VEHICLES
    from openclear.records.vehicles.rows import VehicleFilter
    from openclear.search.find import find
    from openclear.vocabulary.actions import Action
    from openclear.vocabulary.grants import WrongKey
    from tests.cast import grant

    key = grant("rivera", Action.VEHICLE_SEARCH)
    with pytest.raises(WrongKey):
        find(key, kind=VEHICLES, text="OC", filters=VehicleFilter(stolen=True))
    assert find(key, kind=VEHICLES, text="OC", filters=VehicleFilter()).count


def test_facts_are_of_rows_and_mappings_alone():
    assert facts_of(FigureFilters(district="009", domestic=False)) == {"district": "009", "domestic": False}
    with pytest.raises(TypeError):
        facts_of("words")


def test_a_parameter_that_is_too_long_or_no_number_is_a_mistake():
    for wrong in ({"q": "x" * 37}, {"limit": "0"}, {"limit": "many"}):
        assert signed_in("rivera").get("/cases", wrong).status_code == 400
        assert ask("rivera", "cases", **wrong).status_code == 400
