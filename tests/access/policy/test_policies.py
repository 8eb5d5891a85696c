"""Every rule as a world with two lists: somebody whom it lets through, and somebody whom it stops."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclear.access.errors import PolicyFault
from openclear.access.gate.decide import policies
from openclear.access.policy.engine import HIDEABLE, Policies
from openclear.access.policy.facts import (
    AffiliationRow,
    AgreementRow,
    OrderRow,
    Requester,
    RequesterClass,
)
from openclear.access.policy.forbids import forbid_text
from openclear.access.policy.rules import checked, class_of_requester, first_fault, order_over
from openclear.access.policy.written import load_policies
from openclear.audit.proof.orders import OrderBook
from openclear.records.incidents.rows import IncidentDetail
from openclear.records.people.rows import PersonRow
from openclear.vocabulary.actions import RECORD_DATASETS, Action, Dataset
from openclear.vocabulary.grants import Ground, Inquiry, OwnEvent
from openclear.vocabulary.labels import Label
from openclear.vocabulary.purposes import POLICE_WORK, Purpose

pytestmark = pytest.mark.anywhere

DAY = date(2019, 7, 12)
NOON = datetime(2019, 7, 12, 12, tzinfo=UTC)
OPEN, CLOSED = Ground("case", "CZ-1", is_open=True), Ground("case", "CZ-2", is_open=False)


HOST = "il.chicago.pd"


EVERYTHING = tuple(str(dataset) for dataset in RECORD_DATASETS)


def subject(
    *roles, agencies=(HOST,), host=True, agreed=True, certified=True, machine="", datasets=EVERYTHING
):
    return RequesterClass(agencies, roles, host, agreed, certified, machine, datasets)


RIVERA = subject("officer")
BRANDT = subject("officer", "detective")
CHEN = subject("analyst")
OSEI = subject("records")
NOVAK = subject("access-administrator")
ADLER = subject("approver")
OKAFOR = subject("inspector-general", agencies=("il.chicago.oig",), host=False)
FROST = subject("officer", agencies=("us.doj.fbi",), host=False)
IMPORTER = subject("records", machine="records-maintenance")
PUBLISHER = subject("publisher", machine="public-release")
LAPSED = subject("officer", certified=False)
STRANGER = subject("officer", agencies=("us.doj.usms",), host=False, agreed=False, datasets=("cases",))
# Whose agreement names property alone.
MARSH = subject("officer", agencies=("il.oaklawn.pd",), host=False, datasets=("cases", "property"))
CRIME, PATROL = Purpose.CRIMINAL_INVESTIGATION, Purpose.DISPATCH_RESPONSE


def inquiry(action, purpose=CRIME, ground=OPEN):
    return Inquiry(action, purpose, case="C-1" if ground else "", ground=ground)


LENA = subject("officer", "patrol")
DETAILED = subject("officer", "patrol", agencies=(HOST, "us.doj.fbi"))
STOP = Purpose.TRAFFIC_STOP


def at_stop(action, purpose=STOP, of=STOP, *, covered=True, at_desk=True):
    """What an officer asks for a stop of their own, for the purpose `of` which it was started."""
    ground = Ground("", "", is_open=True, event=OwnEvent("", of, NOON))
    return Inquiry(action, purpose, case="any", ground=ground, at_desk=at_desk, covered=covered)


ALLOWED = [
    pytest.param(
        LENA, Inquiry(Action.STOP_START, STOP, at_desk=True), "patrol-starts-stops", id="lena-starts-a-stop"
    ),
    pytest.param(
        LENA, Inquiry(Action.STOP_START, PATROL, at_desk=True), "patrol-starts-stops", id="lena-starts-a-call"
    ),
    pytest.param(LENA, at_stop(Action.STOP_IDENTIFY), "patrol-adds-people-to-stops", id="lena-adds-a-driver"),
    pytest.param(
        LENA,
        Inquiry(Action.STOP_END, Purpose.OWN_ACCOUNT, at_desk=True),
        "own-stops-end",
        id="lena-ends-a-stop",
    ),
    pytest.param(LENA, at_stop(Action.PERSON_VIEW), "police-work-of-the-host", id="lena-opens-the-keeper"),
    pytest.param(
        LENA, at_stop(Action.VEHICLE_SEARCH), "police-work-of-the-host", id="lena-looks-up-the-plate"
    ),
    pytest.param(
        RIVERA,
        inquiry(Action.PROPERTY_SEARCH, ground=None),
        "property-of-the-host",
        id="rivera-looks-for-property",
    ),
    pytest.param(
        FROST, inquiry(Action.PROPERTY_VIEW, ground=None), "property-of-partners", id="frost-opens-an-item"
    ),
    pytest.param(RIVERA, inquiry(Action.PERSON_SEARCH), "police-work-of-the-host", id="rivera-with-a-case"),
    pytest.param(
        FROST,
        inquiry(Action.VEHICLE_SEARCH, ground=None),
        "police-work-of-partners",
        id="frost-looks-up-a-plate",
    ),
    pytest.param(
        CHEN,
        inquiry(Action.INCIDENT_SEARCH, Purpose.CRIME_ANALYSIS, None),
        "analysis-of-incidents",
        id="chen",
    ),
    pytest.param(
        IMPORTER,
        inquiry(Action.RECORDS_IMPORT, Purpose.RECORDS_MAINTENANCE, None),
        "records-staff-keep-records",
        id="importer",
    ),
    pytest.param(
        NOVAK,
        inquiry(Action.ORDER_CUT_OFF, Purpose.ACCESS_ADMINISTRATION, None),
        "administrators-keep-access",
        id="novak",
    ),
    pytest.param(
        ADLER,
        inquiry(Action.ORDER_LIFT, Purpose.ACCESS_ADMINISTRATION, None),
        "administrators-keep-access",
        id="adler",
    ),
    pytest.param(
        ADLER,
        inquiry(Action.LOG_RESTORE, Purpose.ACCESS_ADMINISTRATION, None),
        "two-keepers-accept-a-log",
        id="adler-and-a-restored-log",
    ),
    pytest.param(
        FROST,
        inquiry(Action.LOG_VIEW_OWN, Purpose.OWN_ACCOUNT, None),
        "own-account",
        id="frost-and-his-own-searches",
    ),
    pytest.param(
        OKAFOR,
        inquiry(Action.LOG_EXPORT_BODIES, Purpose.OVERSIGHT_REVIEW, None),
        "oversight-reads-the-log",
        id="okafor",
    ),
    pytest.param(
        PUBLISHER,
        inquiry(Action.LOG_EXPORT, Purpose.PUBLIC_RELEASE, None),
        "the-log-is-public",
        id="publisher",
    ),
    pytest.param(FROST, inquiry(Action.DESK_OPEN, ground=None), "own-desk", id="frost-opens-his-desk"),
    pytest.param(
        OKAFOR,
        inquiry(Action.OVERSIGHT_ACCOUNT, Purpose.OVERSIGHT_REVIEW, None),
        "oversight-keeps-its-accounts",
        id="okafor-approves-an-overseer",
    ),
    pytest.param(
        FROST,
        inquiry(Action.EXPORT_KEEP, ground=None),
        "own-exports-alerts-links",
        id="frost-keeps-an-export",
    ),
    pytest.param(
        RIVERA, inquiry(Action.CASE_SHARE, ground=None), "own-cases-are-shared", id="rivera-shares-a-case"
    ),
    pytest.param(
        FROST,
        inquiry(Action.CASE_REGISTER, ground=None),
        "partners-register-cases",
        id="frost-registers-a-case",
    ),
    pytest.param(
        CHEN,
        inquiry(Action.ANALYSIS_ASK, Purpose.CRIME_ANALYSIS, None),
        "figures-of-incidents",
        id="chen-counts",
    ),
    pytest.param(
        OSEI,
        inquiry(Action.RECORD_SEAL, Purpose.RECORDS_MAINTENANCE, None),
        "records-staff-seal",
        id="osei-seals",
    ),
    pytest.param(
        PUBLISHER,
        inquiry(Action.EDITION_MAKE, Purpose.PUBLIC_RELEASE, None),
        "editions-are-public",
        id="an-edition",
    ),
]
REFUSED = [
    pytest.param(
        RIVERA, Inquiry(Action.STOP_START, STOP, at_desk=True), "no-rule-permits", id="a-stop-without-patrol"
    ),
    pytest.param(
        LENA, Inquiry(Action.STOP_START, CRIME, at_desk=True), "no-rule-permits", id="a-stop-to-investigate"
    ),
    pytest.param(LENA, Inquiry(Action.STOP_START, STOP), "no-rule-permits", id="a-stop-not-at-the-desk"),
    pytest.param(
        DETAILED,
        Inquiry(Action.STOP_START, STOP, at_desk=True),
        "no-rule-permits",
        id="a-stop-on-a-task-force",
    ),
    pytest.param(
        subject("officer", "patrol", agencies=("us.doj.fbi",), host=False),
        Inquiry(Action.STOP_START, STOP, at_desk=True),
        "no-rule-permits",
        id="a-stop-by-a-partner",
    ),
    pytest.param(LENA, inquiry(Action.STOP_IDENTIFY, STOP), "no-rule-permits", id="a-person-without-a-stop"),
    pytest.param(
        LENA,
        inquiry(Action.STOP_IDENTIFY, STOP, None),
        "person-needs-open-case",
        id="a-person-without-a-case",
    ),
    pytest.param(RIVERA, at_stop(Action.PERSON_VIEW), "stop-is-for-patrol", id="off-patrol-meanwhile"),
    pytest.param(DETAILED, at_stop(Action.PERSON_VIEW), "stop-is-for-patrol", id="on-a-task-force-meanwhile"),
    pytest.param(
        LENA, at_stop(Action.PERSON_VIEW, at_desk=False), "stop-is-for-the-desk", id="a-stop-by-api"
    ),
    pytest.param(LENA, at_stop(Action.PERSON_VIEW, CRIME), "stop-has-its-purpose", id="a-stop-for-a-crime"),
    pytest.param(LENA, at_stop(Action.PERSON_VIEW, PATROL), "stop-has-its-purpose", id="a-stop-as-a-call"),
    pytest.param(
        LENA, at_stop(Action.PERSON_VIEW, covered=False), "stop-is-for-its-own", id="somebody-elsewhere"
    ),
    pytest.param(
        LENA, at_stop(Action.VEHICLE_SEARCH, covered=False), "stop-is-for-its-own", id="another-plate"
    ),
    *(
        pytest.param(LENA, at_stop(action), "stop-finds-nobody-by-name", id=f"a-stop-for-{action}")
        for action in (
            Action.PERSON_SEARCH,
            Action.ARREST_SEARCH,
            Action.ARREST_VIEW,
            Action.INCIDENT_SEARCH,
            Action.INCIDENT_VIEW,
            Action.PROPERTY_SEARCH,
            Action.PROPERTY_VIEW,
            Action.EXPORT_KEEP,
            Action.ALERT_KEEP,
            Action.LINK_KEEP,
        )
    ),
    pytest.param(CHEN, inquiry(Action.PERSON_SEARCH), "no-rule-permits", id="chen-looks-for-a-person"),
    pytest.param(FROST, inquiry(Action.VEHICLE_SEARCH, PATROL), "no-rule-permits", id="frost-answers-a-call"),
    pytest.param(
        OKAFOR,
        inquiry(Action.LOG_RESTORE, Purpose.OVERSIGHT_REVIEW, None),
        "no-rule-permits",
        id="okafor-and-a-restored-log",
    ),
    pytest.param(
        RIVERA,
        inquiry(Action.INCIDENT_SEARCH, Purpose.CRIME_ANALYSIS),
        "no-rule-permits",
        id="rivera-analyses",
    ),
    pytest.param(
        RIVERA,
        inquiry(Action.RECORDS_IMPORT, Purpose.RECORDS_MAINTENANCE),
        "no-rule-permits",
        id="rivera-imports",
    ),
    pytest.param(
        OKAFOR,
        inquiry(Action.ORDER_CUT_OFF, Purpose.ACCESS_ADMINISTRATION),
        "no-rule-permits",
        id="okafor-orders",
    ),
    pytest.param(
        NOVAK,
        inquiry(Action.LOG_EXPORT_BODIES, Purpose.OVERSIGHT_REVIEW),
        "no-rule-permits",
        id="novak-reads-bodies",
    ),
    pytest.param(
        RIVERA, inquiry(Action.LOG_EXPORT, Purpose.PUBLIC_RELEASE), "no-rule-permits", id="rivera-exports"
    ),
    pytest.param(
        STRANGER,
        inquiry(Action.DESK_OPEN, ground=None),
        "no-agreement-no-access",
        id="marshal-without-agreement",
    ),
    pytest.param(
        MARSH,
        inquiry(Action.VEHICLE_SEARCH, Purpose.STOLEN_PROPERTY, None),
        "agreement-names-it",
        id="marsh-and-what-her-agreement-does-not-name",
    ),
    pytest.param(
        RIVERA,
        inquiry(Action.PERSON_SEARCH, Purpose.CIVIL_IMMIGRATION_ENFORCEMENT),
        "never-civil-immigration",
        id="rivera-for-ice",
    ),
    pytest.param(
        RIVERA,
        inquiry(Action.PERSON_SEARCH, ground=None),
        "person-needs-open-case",
        id="rivera-without-a-case",
    ),
    pytest.param(
        RIVERA,
        inquiry(Action.INCIDENT_SEARCH, ground=CLOSED),
        "named-case-must-be-open",
        id="rivera-with-a-closed-case",
    ),
    pytest.param(
        NOVAK,
        inquiry(Action.OVERSIGHT_ACCOUNT, Purpose.ACCESS_ADMINISTRATION, None),
        "no-rule-permits",
        id="novak-approves-an-overseer",
    ),
    pytest.param(FROST, inquiry(Action.CASE_SHARE, ground=None), "no-rule-permits", id="frost-shares-a-case"),
    pytest.param(
        RIVERA,
        inquiry(Action.CASE_REGISTER, ground=None),
        "no-rule-permits",
        id="rivera-registers-an-external-case",
    ),
    pytest.param(
        OKAFOR, inquiry(Action.ALERT_KEEP, ground=None), "no-rule-permits", id="okafor-keeps-an-alert"
    ),
    pytest.param(LAPSED, inquiry(Action.DESK_OPEN, ground=None), "certification-lapsed", id="lapsed"),
    pytest.param(
        IMPORTER, inquiry(Action.INCIDENT_SEARCH), "machine-has-one-purpose", id="importer-searches"
    ),
]


@pytest.mark.parametrize(("who", "what", "rule"), ALLOWED)
def test_let_through(who, what, rule):
    verdict = policies().under(()).decide(who, what)
    assert verdict.allowed
    assert rule in verdict.rule_ids


@pytest.mark.parametrize(("who", "what", "rule"), REFUSED)
def test_stopped(who, what, rule):
    verdict = policies().under(()).decide(who, what)
    assert not verdict.allowed
    assert rule in verdict.rule_ids
    assert all(item.because and item.source and item.next_step for item in verdict.rules)


SEEN = [
    (OSEI, Label.SEALED, Purpose.RECORDS_MAINTENANCE, "sealed-rows"),
    (RIVERA, Label.JUVENILE, CRIME, "juvenile-rows"),
    (FROST, Label.VICTIM, CRIME, "victim-rows"),
    (BRANDT, Label.SEXUAL_ASSAULT, CRIME, "sexual-assault-rows"),
    (RIVERA, Label.MEDICAL, PATROL, "medical-rows"),
    (BRANDT, Label.INTELLIGENCE, CRIME, "intelligence-rows"),
    (BRANDT, Label.GANG, CRIME, "gang-rows"),
    (FROST, Label.DOMESTIC, CRIME, "domestic-rows"),
    (CHEN, Label.JUVENILE, Purpose.CRIME_ANALYSIS, "juvenile-rows"),
    (CHEN, Label.VICTIM, Purpose.CRIME_ANALYSIS, "victim-rows"),
    (FROST, Label.VICTIM, CRIME, "rows-that-the-agreement-names"),
]
HIDDEN = [
    (MARSH, Label.VICTIM, CRIME, "rows-that-the-agreement-names"),
    (FROST, Label.VICTIM, Purpose.CRIME_ANALYSIS, "victim-rows"),
    (FROST, Label.JUVENILE, Purpose.CRIME_ANALYSIS, "juvenile-rows"),
    (RIVERA, Label.SEALED, CRIME, "sealed-rows"),
    (OSEI, Label.EXPUNGED, Purpose.RECORDS_MAINTENANCE, "expunged-rows"),
    (FROST, Label.JUVENILE, CRIME, "juvenile-rows"),
    (RIVERA, Label.VICTIM, Purpose.TRAFFIC_STOP, "victim-rows"),
    (FROST, Label.SEXUAL_ASSAULT, CRIME, "sexual-assault-rows"),
    (BRANDT, Label.INFORMANT, CRIME, "informant-rows"),
    (FROST, Label.MEDICAL, CRIME, "medical-rows"),
    (RIVERA, Label.INTELLIGENCE, CRIME, "intelligence-rows"),
    (FROST, Label.GANG, CRIME, "gang-rows"),
    (RIVERA, Label.DOMESTIC, Purpose.TRAFFIC_STOP, "domestic-rows"),
]


@pytest.mark.parametrize(("who", "label", "purpose", "rule"), SEEN)
def test_rows_that_are_there(who, label, purpose, rule):
    clearance = policies().under(()).clearances(who, inquiry(Action.PERSON_VIEW, purpose))[Dataset.PEOPLE]
    assert rule in RULES
    assert clearance.shows(label)


@pytest.mark.parametrize(("who", "label", "purpose", "rule"), HIDDEN)
def test_rows_that_are_not_there(who, label, purpose, rule):
    clearance = policies().under(()).clearances(who, inquiry(Action.PERSON_VIEW, purpose))[Dataset.PEOPLE]
    assert rule in RULES
    assert not clearance.shows(label)
    assert not clearance.shows(label | Label.DOMESTIC)


@pytest.mark.parametrize(
    ("who", "purpose", "dataset", "field", "there"),
    [
        (RIVERA, CRIME, Dataset.INCIDENTS, "narrative", True),
        (FROST, CRIME, Dataset.INCIDENTS, "narrative", False),
        (RIVERA, CRIME, Dataset.PEOPLE, "home_address", True),
        (RIVERA, Purpose.TRAFFIC_STOP, Dataset.PEOPLE, "home_address", False),
        (CHEN, Purpose.CRIME_ANALYSIS, Dataset.INCIDENTS, "people", False),
        (RIVERA, CRIME, Dataset.INCIDENTS, "people", True),
    ],
)
def test_fields(who, purpose, dataset, field, there):
    clearance = policies().under(()).clearances(who, inquiry(Action.INCIDENT_VIEW, purpose))[dataset]
    assert (field not in clearance.hidden_fields) == there


@pytest.mark.parametrize("purpose", [STOP, PATROL])
def test_a_stop_shows_people_and_vehicles_without_a_label_and_nothing_else(purpose):
    shown = policies().under(()).clearances(LENA, at_stop(Action.PERSON_VIEW, purpose, purpose))
    there = {dataset for dataset, clearance in shown.items() if not clearance.nothing}
    assert there == {Dataset.PEOPLE, Dataset.VEHICLES, Dataset.CASES}
    assert not [label for label in Label for dataset in there if shown[dataset].shows(label)]


RULES = {rule.id for rule in load_policies().rules.values()}


def test_every_rule_is_in_a_list():
    named = {row.values[2] for row in [*ALLOWED, *REFUSED]} | {row[3] for row in [*SEEN, *HIDDEN]}
    by_fields = {
        "narratives-stay-here",
        "home-addresses-for-casework",
        "analysts-see-no-names",
        "ordinary-rows",
        "ordinary-fields",
        "rows-of-a-stop",
    }
    assert named - {"no-rule-permits"} | by_fields == RULES
    assert len(RULES) >= 12


GOOD = '@id("a") @because("b") @source("c") @next_step("d") permit (principal, action == Action::"row.see", resource);'


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace('@source("c")', ""),
        GOOD.replace('@because("b")', ""),
        GOOD.replace("resource);", "resource) when { principal.salary > 3 };"),
        GOOD.replace("row.see", "row.sea"),
    ],
)
def test_a_policy_that_is_not_whole_is_not_loaded(text):
    schema = policies()._schema_text
    Policies([GOOD], schema)
    with pytest.raises(PolicyFault):
        Policies([text], schema)


def test_an_order_becomes_an_unconditional_forbid_with_its_ground():
    text = forbid_text(
        OrderRow("2019-001", "us.dhs.ice", "in-force", "all", "all", 'Order "of" 10 July\n2019', 7)
    )
    assert 'forbid (principal in Agency::"us.dhs.ice", action, resource);' in text
    engine = policies().under((OrderRow("1", "us.dhs.ice", "in-force", "all", "all", "x", 7),))
    kerr = subject("officer", agencies=("us.dhs.ice.hsi", "us.doj.fbi"), host=False)
    assert engine.decide(kerr, inquiry(Action.PERSON_SEARCH)).rule_ids == ("cut-off:1",)
    assert engine.decide(FROST, inquiry(Action.PERSON_SEARCH)).allowed


PATHS = st.sampled_from(
    ["us", "us.dhs", "us.dhs.ice", "us.dhs.ice.ero", "us.dhs.cbp", "us.doj.fbi", "il.isp"]
)
LIMITS = st.just("all") | st.lists(
    st.sampled_from(["people", "vehicles", "desk"]), min_size=1, unique=True
).map(tuple)
MEANT = st.just("all") | st.lists(st.sampled_from([str(CRIME), str(PATROL)]), min_size=1, unique=True).map(
    tuple
)
ORDERS = st.builds(
    OrderRow, st.just("1"), PATHS, st.just("in-force"), LIMITS, MEANT, st.just("ground"), st.just(1)
)


@given(
    ORDERS,
    st.sets(PATHS, min_size=1, max_size=3),
    st.sampled_from([Action.PERSON_SEARCH, Action.VEHICLE_SEARCH, Action.DESK_OPEN]),
    st.sampled_from([CRIME, PATROL]),
)
def test_gate_policy_and_log_agree_on_every_order(order, agencies, action, purpose):
    asker = subject("officer", agencies=tuple(sorted(agencies)))
    asked = inquiry(action, purpose)
    covered = order_over([order], asker.agencies, asked) is not None
    verdict = policies().under((order,)).decide(asker, asked)
    book = OrderBook()
    book.apply({"i": 1, "kind": "order", "order": order.header()})
    header = {
        "decision": "allow",
        "agencies": list(asker.agencies),
        "dataset": str(action.dataset),
        "purpose": str(purpose),
    }
    assert (book.judge(header) is not None) == covered
    assert ("cut-off:1" in verdict.rule_ids) == covered
    final = checked(verdict, order if covered else None)
    assert "rules-disagree" not in final.rule_ids
    assert final.allowed == (verdict.allowed and not covered)


def test_where_order_and_policy_disagree_the_answer_is_no():
    order = OrderRow("1", "us.doj.fbi", "in-force", "all", "all", "ground", 1)
    blind = policies().under(()).decide(FROST, inquiry(Action.DESK_OPEN))
    assert blind.allowed
    assert not checked(blind, order).allowed
    sees_too_much = policies().under((order,)).decide(FROST, inquiry(Action.DESK_OPEN))
    assert "rules-disagree" in checked(sees_too_much, None).rule_ids


def person(*ties, registered=("us", "us.doj", "us.doj.fbi", "us.dhs", "us.dhs.ice"), agreements=()):
    rows = tuple(AffiliationRow(agency, kind, since, until, 1) for agency, kind, since, until in ties)
    return Requester(
        handle="x", name="X", title="", roles=("officer",), certified_until=DAY, machine_purpose="",
        is_integration=False, is_active=True, temporary_until=None, affiliations=rows, agreements=agreements, registered=frozenset(registered),
    )  # fmt: skip


def test_an_incomplete_picture_is_a_refusal():
    frost = person(("us.doj.fbi", "employer", DAY, None))
    assert first_fault(frost, ("us.doj.fbi",), NOON) is None
    assert first_fault(None, (), NOON).id == "unknown-person"
    assert first_fault(frost, (), NOON).id == "no-affiliation"
    orphan = person(("us.doj.fbi", "employer", DAY, None), registered=("us", "us.doj.fbi"))
    assert first_fault(orphan, ("us.doj.fbi",), NOON).id == "incomplete-chain"


def term(agency, first, last, datasets=EVERYTHING, purposes=POLICE_WORK, ended=None):
    return AgreementRow(agency, first, last, datasets, purposes, ended)


def class_of(requester, agencies, day, purpose=CRIME):
    return class_of_requester(requester, agencies, day, Inquiry(Action.PERSON_SEARCH, purpose))


def test_agreements_are_dated_and_every_agency_needs_one():
    doj = term("us.doj", date(2019, 1, 1), DAY)
    kerr = person(
        ("us.doj.fbi", "task-force", DAY, None), ("us.dhs.ice", "employer", DAY, None), agreements=(doj,)
    )
    assert class_of(kerr, ("us.doj.fbi",), DAY).agreed
    assert not class_of(kerr, ("us.doj.fbi", "us.dhs.ice"), DAY).agreed
    assert not class_of(kerr, ("us.doj.fbi",), date(2019, 7, 13)).agreed


@pytest.mark.parametrize("dataset", RECORD_DATASETS)
def test_hideable_fields_are_fields_of_rows(dataset):
    named = {Dataset.INCIDENTS: IncidentDetail, Dataset.PEOPLE: PersonRow}.get(dataset)
    assert all(name in named.__slots__ for name in HIDEABLE.get(dataset, ()))


def test_a_forbid_that_fails_to_compute_is_a_refusal_and_not_a_yes():
    """Cedar skips a rule that errs: beside a permit that would be a yes. An overflow passes validation and errs."""
    head = '@id("{0}") @because("b") @source("c") @next_step("d") '
    permit = head.format("all") + "permit (principal, action, resource);"
    overflow = head.format("sum") + (
        "forbid (principal, action, resource) when "
        "{ 9223372036854775807 + (if principal.host then 1 else 0) > 0 };"
    )
    schema = policies()._schema_text
    assert Policies([permit], schema).under(()).decide(RIVERA, inquiry(Action.DESK_OPEN)).allowed
    verdict = Policies([permit, overflow], schema).under(()).decide(RIVERA, inquiry(Action.DESK_OPEN))
    assert (verdict.allowed, verdict.rule_ids) == (False, ("policy-error",))


def test_facts_that_the_schema_refuses_are_a_refusal_and_not_an_error():
    nobody_knows = replace(RIVERA, host=None)
    assert policies().under(()).decide(nobody_knows, inquiry(Action.DESK_OPEN)).rule_ids == ("policy-error",)
    clearances = policies().under(()).clearances(nobody_knows, inquiry(Action.DESK_OPEN))
    assert all(clearance.nothing for clearance in clearances.values())


def test_an_agreement_is_none_before_it_is_signed():

    doj = term("us.doj", DAY, date(2020, 1, 1))
    frost = person(("us.doj.fbi", "employer", DAY, None), agreements=(doj,))
    assert class_of(frost, ("us.doj.fbi",), DAY).agreed
    assert not class_of(frost, ("us.doj.fbi",), DAY - timedelta(days=1)).agreed


def test_an_agreement_that_was_ended_is_none_from_that_day_on():
    ended = datetime.combine(DAY, datetime.min.time(), UTC) + timedelta(hours=14)
    frost = person(("us.doj.fbi", "employer", date(2019, 1, 1), None),
                   agreements=(term("us.doj", date(2019, 1, 1), date(2020, 1, 1), ended=ended),))  # fmt: skip
    assert class_of(frost, ("us.doj.fbi",), DAY - timedelta(days=1)).agreed
    assert not class_of(frost, ("us.doj.fbi",), DAY).agreed
    renewed = replace(frost, agreements=(*frost.agreements, term("us.doj", DAY, date(2020, 1, 1))))
    assert class_of(renewed, ("us.doj.fbi",), DAY).agreed


def test_an_agreement_names_data_sets_for_purposes_and_every_agency_of_a_person_counts():
    first, last = date(2019, 1, 1), date(2020, 1, 1)
    cars = term("us.doj", first, last, ("vehicles", "property"), (Purpose.STOLEN_PROPERTY,))
    crime = term("us.doj", first, last, ("incidents",), (CRIME,))
    ice = term("us.dhs.ice", first, last, ("vehicles", "people"), (Purpose.STOLEN_PROPERTY, CRIME))
    kerr = person(("us.doj.fbi", "task-force", DAY, None), agreements=(cars, crime, ice))
    fbi, both = ("us.doj.fbi",), ("us.dhs.ice", "us.doj.fbi")
    assert class_of(kerr, fbi, DAY, Purpose.STOLEN_PROPERTY).datasets == ("cases", "property", "vehicles")
    assert class_of(kerr, fbi, DAY, CRIME).datasets == ("cases", "incidents")
    assert class_of(kerr, fbi, DAY, PATROL).datasets == ("cases",)
    assert class_of(kerr, both, DAY, Purpose.STOLEN_PROPERTY).datasets == ("cases", "vehicles")
    assert class_of(kerr, both, DAY, CRIME).datasets == ("cases",)
    # What is no police work has no purpose in an agreement: one's own desk lists what the agreement names.
    assert class_of(kerr, fbi, DAY, Purpose.OWN_ACCOUNT).datasets == (
        "cases",
        "incidents",
        "property",
        "vehicles",
    )
    assert class_of(kerr, (HOST,), DAY, CRIME).datasets == tuple(sorted(EVERYTHING))


def test_what_the_agreement_does_not_name_is_not_there_either():
    """A vehicle's page mentions its keeper: where the agreement names no people, there is no keeper."""
    clearances = policies().under(()).clearances(MARSH, inquiry(Action.PROPERTY_SEARCH))
    assert {dataset for dataset, clearance in clearances.items() if not clearance.nothing} == {
        Dataset.CASES, Dataset.PROPERTY,
    }  # fmt: skip
    of_host = policies().under(()).clearances(replace(MARSH, host=True), inquiry(Action.PROPERTY_SEARCH))
    assert not any(clearance.nothing for clearance in of_host.values())


def test_civil_immigration_is_in_no_permit_and_forbidden_besides():
    from openclear.access.gate.decide import policies
    from openclear.vocabulary.purposes import Purpose

    for who in (RIVERA, FROST):
        for action in Action:
            verdict = policies().under(()).decide(who, inquiry(action, Purpose.CIVIL_IMMIGRATION_ENFORCEMENT))
            assert not verdict.allowed
    # Cedar names forbids alone where one holds, so the permits are read themselves.
    text = policies().text
    assert text.count('"civil-immigration-enforcement"') == 1
