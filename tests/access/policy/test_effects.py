"""What an order says is what it does: every act, data set, purpose and way out, under each limited order."""

import json
from dataclasses import replace
from uuid import uuid4

import pytest

from openclear.access import gate
from openclear.access.errors import Refused
from openclear.access.gate.decide import policies
from openclear.access.policy.effects import (
    ASKED,
    ON_A_CASE,
    WITH_A_CASE,
    closes,
    effects_of,
    refuses,
    refuses_on_a_case,
)
from openclear.access.policy.facts import ALL, OrderRow, RequesterClass
from openclear.cli.main import main
from openclear.delivery import alerts, exports, jobs, links
from openclear.delivery.errors import Gone
from openclear.delivery.models import Alert, AlertHit, Export, Link
from openclear.records.incidents.models import Incident
from openclear.vocabulary import clock
from openclear.vocabulary.actions import RECORD_DATASETS, Action, Dataset
from openclear.vocabulary.grants import Ground, Inquiry, OwnEvent
from openclear.vocabulary.purposes import Purpose
from tests.cast import CRIME, ask, cut_off, grant, lift, open_case, signed_in

pytestmark = pytest.mark.anywhere

OWN = Purpose.OWN_ACCOUNT
MARSH, AGENCY = "marsh", "il.oaklawn.pd"
PARTNERS = [
    CRIME,
    Purpose.MISSING_PERSON,
    Purpose.STOLEN_PROPERTY,
    Purpose.TRAFFIC_STOP,
    Purpose.WARRANT_SERVICE,
]
LIMITED = [{"scope": [dataset]} for dataset in Dataset] + [{"purposes": [purpose]} for purpose in Purpose]
ROLES = (
    "officer", "patrol", "detective", "supervisor", "analyst", "records", "publisher", "access-administrator", "approver",
    "inspector-general",
)  # fmt: skip
# What the rules would also permit for other purposes; the program asks for it at one's own desk alone.
OWN_DESK = {
    Action.DESK_OPEN, Action.CASE_LIST, Action.CASE_VIEW, Action.DECISION_EXPLAIN, Action.EXPORT_KEEP,
    Action.ALERT_KEEP, Action.LINK_KEEP,
}  # fmt: skip


def order(scope=ALL, purposes=ALL):
    limits = [value if value == ALL else tuple(map(str, value)) for value in (scope, purposes)]
    return OrderRow("o1", AGENCY, "in-force", *limits, "x", 0)


def permitted(action):
    """The purposes for which the rules permit an act to anybody at all."""
    engine = policies().under(())
    case = Ground("case", "", is_open=True, agencies=())
    stops = [
        replace(case, event=OwnEvent("", purpose, clock.now()))
        for purpose in (Purpose.TRAFFIC_STOP, Purpose.DISPATCH_RESPONSE)
    ]
    return {
        purpose
        for purpose in Purpose
        for host in (True, False)
        for ground in (case, *stops)
        if engine.decide(
            RequesterClass(
                ("il.chicago.pd",),
                ROLES,
                host,
                agreed=True,
                certified=True,
                machine_purpose="",
                datasets=RECORD_DATASETS,
            ),
            Inquiry(action, purpose, case="C-1", ground=ground, at_desk=True, covered=True),
        ).allowed
    }


@pytest.mark.parametrize("action", Action)
def test_the_table_names_every_purpose_that_the_rules_permit(action):
    asked = set(ASKED[action][0])
    if action in OWN_DESK:
        assert asked <= permitted(action)
    else:
        assert asked == permitted(action)


@pytest.mark.parametrize("limits", LIMITED, ids=str)
def test_what_is_told_of_an_order_is_what_its_rule_means(limits):
    row = order(**limits)
    for effect in effects_of(row):
        for purpose in ASKED[effect.action][0]:
            asked_of = {effect.action.dataset, *({Dataset.CASES} if effect.action in ON_A_CASE else ())}
            assert (purpose in effect.refused) == any(
                row.covers_inquiry(str(one), str(purpose)) for one in asked_of
            )
            assert (purpose in effect.kept) == (purpose not in effect.refused)
            with_a_case = effect.action in WITH_A_CASE and row.covers_inquiry(
                str(Dataset.CASES), str(purpose)
            )
            assert (purpose in effect.on_a_case) == (with_a_case and purpose in effect.kept)


def api(path, **asked):
    def is_refused():
        answer = ask(MARSH, path, **asked)
        return is_cut(answer.status_code, [200], lambda: answer.json().get("rule_ids", []))

    return is_refused


def page(path, browser, **asked):
    def is_refused():
        answer = browser.get(path, asked)
        return is_cut(
            answer.status_code, [200, 302, 303], lambda: [answer.content.decode().partition("cut-off:")[1]]
        )

    return is_refused


def is_cut(status, served, rules):
    if status in served:
        return False
    assert status == 403
    assert any(rule.startswith("cut-off:") for rule in rules())
    return True


def command(*words):
    return lambda: main([*words, "--by", MARSH], lambda: None) == 1


def ways(browser, incident, purposes):
    """Every ask that Marsh can make now, and how: asks, and a function that says whether an order refused it."""
    case = open_case()
    for purpose in purposes:
        yield [(Action.PERSON_SEARCH, purpose)], api("people", q="garcia", purpose=purpose, case=case)
        yield [(Action.INCIDENT_SEARCH, purpose)], api("incidents", q="STATE", purpose=purpose)
        yield (
            [(Action.INCIDENT_SEARCH, purpose, case)],
            api("incidents", q="STATE", purpose=purpose, case=case),
        )
    yield [(Action.ARREST_SEARCH, CRIME)], api("arrests", q="a", purpose=CRIME, case=case)
    yield [(Action.VEHICLE_SEARCH, CRIME)], api("vehicles", q="a", purpose=CRIME)
    yield [(Action.VEHICLE_SEARCH, CRIME, case)], api("vehicles", q="a", purpose=CRIME, case=case)
    yield [(Action.INCIDENT_VIEW, CRIME)], api(f"incidents/{incident}", purpose=CRIME)
    yield [(Action.INCIDENT_VIEW, CRIME, case)], api(f"incidents/{incident}", purpose=CRIME, case=case)
    yield [(Action.INCIDENT_VIEW, CRIME)], page(f"/incidents/{incident}", browser, purpose=CRIME)
    yield [(Action.CASE_LIST, OWN)], api("cases", limit="1")
    yield [(Action.CASE_LIST, OWN)], command("cases", "--open", "--json")
    yield [(Action.CASE_LIST, OWN)], page("/cases", browser)
    yield [(Action.DESK_OPEN, OWN)], page("/", browser)
    yield [(Action.DECISION_EXPLAIN, OWN)], api("decisions/explain", action="person.search", purpose=CRIME)
    keeping = [(Action.EXPORT_KEEP, OWN), (Action.ALERT_KEEP, OWN), (Action.LINK_KEEP, OWN)]
    yield keeping, page("/saved", browser)
    yield keeping[:1], command("export", "list")
    yield [(Action.TOKEN_OWN, OWN)], page("/account/tokens", browser)
    yield [(Action.LOG_VIEW_OWN, OWN)], page("/searches", browser)


@pytest.fixture
def kept():
    """A queued export, an alert with news, and a link of Marsh's, each for looking for a missing person."""
    block = f"0{uuid4().hex[:6].upper()} W EFFECT ST"
    key = grant(MARSH, Action.INCIDENT_SEARCH, Purpose.MISSING_PERSON)
    export = exports.request_export(
        key, kind="incidents", text="", filters={"since": "2026-06-01"}, format_name="csv"
    )
    watch = alerts.keep_alert(key, kind="incidents", text=block, channel="page")
    link = links.give_link(
        grant(MARSH, Action.INCIDENT_VIEW, Purpose.MISSING_PERSON),
        kind="incidents",
        record=Incident.objects.filter(labels=0).first().id,
    )
    row = Incident.objects.create(
        source="test", source_id=block, block=block, occurred="2026-06-01T12:00:00Z", rd_number=""
    )
    yield export.id, watch.id, link.id
    row.delete()
    for model, key in ((Export, export.id), (Alert, watch.id), (Link, link.id)):
        model.objects.filter(pk=key).delete()


def follows(link):
    try:
        links.follow_link(grant("rivera", Action.DESK_OPEN, OWN), link=link)
    except Gone:
        return False
    return True


def uses(kept):
    """Whether what is kept still works, used as the worker and a colleague use it: (act, way, works)."""
    export, watch, link = kept
    jobs.make_export(export)
    alerts.run_alerts()
    yield Action.INCIDENT_SEARCH, "export", Export.objects.get(pk=export).state == "ready"
    yield Action.INCIDENT_SEARCH, "alert", AlertHit.objects.filter(alert=watch).exists()
    yield Action.INCIDENT_VIEW, "link", follows(link)


def means(row, action, purpose, case=None):
    return refuses_on_a_case(row, action, purpose) if case else refuses(row, action, purpose)


@pytest.mark.parametrize("limits", LIMITED, ids=str)
def test_an_order_refuses_what_it_means_by_every_way_out_and_nothing_else(limits, kept):
    row, browser = order(**limits), signed_in(MARSH)
    incident = Incident.objects.filter(labels=0).first().id
    receipt = cut_off(AGENCY, **limits)
    try:
        assert all(item.state == "verified" for item in receipt.receipts)
        # An order on a data set is asked for two purposes, one on purposes for all of Marsh's.
        for asks, is_refused in ways(browser, incident, PARTNERS if "purposes" in limits else PARTNERS[:2]):
            assert is_refused() == any(means(row, *asked) for asked in asks), asks
        # As if the order had not seen what is kept: each use decides by itself.
        Export.objects.filter(pk=kept[0]).update(state="queued")
        Alert.objects.filter(pk=kept[1]).update(state="active")
        Link.objects.filter(pk=kept[2]).update(state="active")
        for action, way, works in uses(kept):
            assert works != closes(row, action, Purpose.MISSING_PERSON, way), way
    finally:
        lift(receipt.order)


@pytest.mark.parametrize(
    "limits", [{"scope": ["desk"]}, {"purposes": ["own-account"]}, {"scope": ["people"]}], ids=str
)
def test_an_order_ends_what_is_kept_where_it_means_one_of_its_asks(limits, kept):
    is_meant = limits != {"scope": ["people"]}
    receipt = cut_off(AGENCY, **limits)
    lift(receipt.order)
    states = [model.objects.get(pk=key).state for model, key in zip((Export, Alert, Link), kept, strict=True)]
    assert states == (["ended"] * 3 if is_meant else ["queued", "active", "active"])


def test_an_order_on_the_desk_takes_a_file_that_is_ready(kept):
    jobs.make_export(kept[0])
    key = grant(MARSH, Action.EXPORT_KEEP, OWN)
    asking, data = exports.open_part(key, export=kept[0], start=0, stop=100, address="")
    receipt = cut_off(AGENCY, scope=["desk"])
    try:
        with pytest.raises(Refused, match="cut off"):
            gate.release_together(data, [(asking, ()), (key, ())])
    finally:
        lift(receipt.order)


def test_naming_a_case_under_an_order_on_cases_is_refused_by_it_whether_or_not_there_is_one():
    receipt = cut_off(AGENCY, scope=["cases"])
    try:
        told = [
            ask(MARSH, "incidents", q="STATE", purpose=CRIME, case=case) for case in (open_case(), "HZ-NONE")
        ]
        assert [answer.status_code for answer in told] == [403, 403]
        assert told[0].json()["rule_ids"] == told[1].json()["rule_ids"] == [f"cut-off:{receipt.order}"]
        assert ask(MARSH, "incidents", q="STATE", purpose=CRIME).status_code == 200
    finally:
        lift(receipt.order)


def test_the_plan_says_it(capsys):
    words = ["cut-off", AGENCY, "--plan", "--by", "novak", "--scope", "desk"]
    assert main([*words, "--json"], lambda: None) == 0
    told = {effect["action"]: effect for effect in json.loads(capsys.readouterr().out)["effects"]}
    assert told["desk.open"]["refused"] == ["own-account"]
    assert told["person.search"]["refused"] == []
    assert told["person.search"]["ended"] == ["export", "alert"]
    assert main(words, lambda: None) == 0
    printed = capsys.readouterr().out
    assert "desk.open                desk       for own-account: page, link" in printed
    assert "person.search            people     by export, alert, for any purpose" in printed
    assert main(["cut-off", AGENCY, "--plan", "--by", "novak", "--scope", "cases"], lambda: None) == 0
    printed = capsys.readouterr().out
    assert "incident.search          incidents  for criminal-investigation" in printed
    assert "if a case is named" in printed
    assert "incident" not in printed.partition("It does nothing to")[2]
    shown = signed_in("novak").get("/orders/new", {"agency": AGENCY, "ground": "x", "scope": "people"})
    assert b"What the order refuses" in shown.content
