"""Agreements: signed and renewed by two people, ended at once, dated, limited to data sets and purposes; an order wins over all."""

import json
from datetime import timedelta

import pytest

from openclear.access.approvals import engine, queries
from openclear.access.errors import MeansSomethingElse, Refused
from openclear.access.explanations import Handled, could_have_seen
from openclear.access.models import Agreement, Officer, Proposal
from openclear.access.registry import agreement_acts, agreements, moves
from openclear.access.registry.agreement_queries import agreement as detail
from openclear.access.registry.agreement_queries import all_agreements, ending_soon
from openclear.access.registry.commands import NewAgency, NewOfficer
from openclear.access.registry.terms import facts_of, read_agreement, read_renewal
from openclear.audit.models import Body, Entry
from openclear.records.vehicles.models import Vehicle
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.agreements import Clause, warned_within
from openclear.vocabulary.days import today_here
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.purposes import Purpose
from tests.cast import (
    ADMINISTRATION,
    CRIME,
    agreement,
    ask,
    cut_off,
    grant,
    lift,
    registered,
    renewal,
    sign,
)

PACT, PART = "us.pact", "us.pact.part"
TODAY = clock.today()
SOON, LATER = TODAY + timedelta(days=20), TODAY + timedelta(days=400)
VEHICLE, PERSON = Action.VEHICLE_SEARCH, Action.PERSON_SEARCH


def key(who="novak"):
    return grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION)


def both():
    return {"grant": key(), "approval": key("adler")}


def number():
    return f"AGR-PACT-{Agreement.objects.count()}"


@pytest.fixture(autouse=True)
def pact():
    """An agency with a part and an officer, and no agreement in force before or after a test."""
    places = [NewAgency(path, "Pact", "federal") for path in (PACT, PART)]
    officer = NewOfficer(
        "pacter", "Ann Pact", "", ("officer",), ((PART, "employer"),), TODAY + timedelta(days=90)
    )
    registered(places, [officer])
    yield
    for row in all_agreements():
        if row.agency == PACT and row.status in {"in-force", "to-come"}:
            agreements.end_agreement(**both(), number=row.number, reason="end of the test")


def rules(action=VEHICLE, purpose=CRIME):
    """Which rules refuse pacter now; none if the gate opens."""
    try:
        grant("pacter", action, purpose)
    except Refused as refused:
        return set(refused.verdict.rule_ids)
    return set()


def newest_entry(kind="registry"):
    for row in Entry.objects.using("audit").order_by("-index")[:20]:
        header = json.loads(bytes(row.header))
        if header["kind"] == kind:
            body = json.loads(Body.objects.using("audit").get(entry=row.index).fields)
            return header, {name: held["value"] for name, held in body.items()}
    return None


def test_an_agreement_gives_access_from_the_second_it_is_signed_and_takes_it_from_the_second_it_ends():
    assert rules() == {"no-agreement-no-access"}
    sign(PACT, one := number())
    assert rules() == set()
    header, body = newest_entry()
    assert header["registry"] == {"change": "agreement-signed", "agency": PACT}
    assert (body["number"], body["approved_by"], body["officer"]) == (one, "adler", "novak")
    assert body["digest"] == agreement(PACT, one).term.digest
    assert set(body["clauses"]) == set(Clause)
    agreements.end_agreement(key(), number=one, reason="breach of its clause on dissemination")
    assert rules() == {"no-agreement-no-access"}
    header, body = newest_entry()
    assert header["registry"] == {"change": "agreement-ended", "agency": PACT}
    assert (body["reason"], body["approved_by"]) == ("breach of its clause on dissemination", "")


def test_an_answer_made_before_the_end_does_not_leave_after_it():
    sign(PACT, one := number())
    held = grant("pacter", VEHICLE)
    agreements.end_agreement(key(), number=one, reason="x")
    with pytest.raises(Refused, match="needs an agreement in force"):
        held.release(["a row"])


def test_who_could_see_is_told_part_by_part_where_an_agreement_begins_and_ends():
    sign(PACT, one := number())
    agreements.end_agreement(key(), number=one, reason="x")
    agreements.renew_agreement(**both(), renewal=renewal(one, LATER))
    overseer = grant("okafor", Action.LOG_VIEW_ALL, Purpose.OVERSIGHT_REVIEW)
    [first, second] = detail(key(), number=one).terms
    told = could_have_seen(overseer, agency=PACT, row=Handled(Dataset.VEHICLES, 0), on=today_here())
    could = {part.since: part.could for part in told.parts}
    at = {moment: could[max(since for since in could if since <= moment)]
          for moment in (first.signed, first.ended, second.signed)}  # fmt: skip
    assert list(at.values()) == [True, False, True]
    before = max((since for since in could if since < first.signed), default=None)
    assert before is None or not could[before]


def test_no_agreement_and_no_renewal_is_one_persons_doing():
    with pytest.raises(Refused, match="needs two different people"):
        agreements.sign_agreement(key(), agreement=agreement(PACT, number()))
    with pytest.raises(Refused, match="needs two different people"):
        agreements.sign_agreement(key(), agreement=agreement(PACT, number()), approval=key())
    sign(PACT, one := number(), SOON)
    for approval in (None, key()):
        with pytest.raises(Refused, match="needs two different people"):
            agreements.renew_agreement(key(), renewal=renewal(one, LATER), approval=approval)
    assert detail(key(), number=one).listed.ends_on == SOON


def test_data_sets_and_purposes_of_the_agreement_are_all_that_the_agency_can_ask():
    sign(PACT, number(), data_sets=["vehicles"], purposes=["stolen-property"])
    assert rules(VEHICLE, Purpose.STOLEN_PROPERTY) == set()
    assert rules(VEHICLE, CRIME) == {"agreement-names-it"}
    assert rules(Action.INCIDENT_SEARCH, Purpose.STOLEN_PROPERTY) == {"agreement-names-it"}
    assert rules(Action.DESK_OPEN, Purpose.OWN_ACCOUNT) == set()
    assert rules(Action.CASE_LIST, Purpose.OWN_ACCOUNT) == set()
    # One more agreement adds to what the first one names, and only for its own purposes.
    sign(PACT, number(), data_sets=["incidents"], purposes=["criminal-investigation"])
    assert rules(Action.INCIDENT_SEARCH, CRIME) == set()
    assert rules(VEHICLE, CRIME) == {"agreement-names-it"}


def test_a_vehicle_has_no_keeper_for_an_agency_whose_agreement_names_no_people():
    plate = Vehicle.objects.filter(labels=0, registered_owner__labels=0).first().plate
    sign(PACT, one := number())
    with_people = json.loads(ask("pacter", "vehicles", q=plate, purpose="criminal-investigation").content)
    agreements.end_agreement(key(), number=one, reason="x")
    sign(PACT, number(), data_sets=["vehicles"])
    without = json.loads(ask("pacter", "vehicles", q=plate, purpose="criminal-investigation").content)
    assert [row["registered_owner"] for row in with_people["results"]] != [None]
    assert all(not row["registered_owner"] for row in without["results"])


def test_a_renewal_begins_where_the_term_before_ends_and_never_names_more():
    sign(PACT, one := number(), SOON, data_sets=["vehicles", "people"], purposes=["stolen-property"])
    with pytest.raises(NotPossible, match="names no more than the term before it, which lacks incidents"):
        agreements.renew_agreement(**both(), renewal=renewal(one, LATER, data_sets=["vehicles", "incidents"]))
    with pytest.raises(NotPossible, match="which lacks criminal-investigation"):
        agreements.renew_agreement(**both(), renewal=renewal(one, LATER, purposes=["criminal-investigation"]))
    with pytest.raises(NotPossible, match="its last day is no earlier"):
        agreements.renew_agreement(**both(), renewal=renewal(one, SOON))
    agreements.renew_agreement(**both(), renewal=renewal(one, LATER, data_sets=["vehicles"]))
    first, second = detail(key(), number=one).terms
    assert (second.starts_on, second.ends_on) == (SOON + timedelta(days=1), LATER)
    assert (second.data_sets, second.purposes) == (("vehicles",), first.purposes)
    assert dict(second.clauses) == dict(first.clauses)
    header, _ = newest_entry()
    assert header["registry"]["change"] == "agreement-renewed"
    # What is in force stays as it was signed until its last day.
    assert rules(Action.PROPERTY_SEARCH, Purpose.STOLEN_PROPERTY) == {"agreement-names-it"}
    assert rules(VEHICLE, Purpose.STOLEN_PROPERTY) == set()


def test_an_agreement_that_was_ended_is_renewed_from_today():
    sign(PACT, one := number(), SOON)
    agreements.end_agreement(key(), number=one, reason="x")
    with pytest.raises(NotPossible, match="is over already"):
        agreements.end_agreement(key(), number=one, reason="x")
    agreements.renew_agreement(**both(), renewal=renewal(one, LATER))
    assert detail(key(), number=one).terms[-1].starts_on == TODAY
    assert rules() == set()


def test_an_order_stays_what_it_is_whatever_is_signed_or_renewed_beneath_it():
    sign(PACT, one := number(), SOON)
    order = cut_off(PACT, scope=["vehicles"]).order
    try:
        with pytest.raises(Refused, match="affects this agency"):
            agreements.renew_agreement(key(), renewal=renewal(one, LATER))
        with pytest.raises(Refused, match="affects this agency"):
            agreements.end_agreement(key(), number=one, reason="x")
        agreements.renew_agreement(**both(), renewal=renewal(one, LATER))
        sign(PACT, number())
        assert rules() == {f"cut-off:{order}"}
    finally:
        lift(order)
    assert rules() == set()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"number": "a/b"}, "is not a number of an agreement"),
        ({"parties": ["Department"]}, "at least two parties"),
        ({"ends_on": TODAY - timedelta(days=1)}, "is before the first"),
        ({"starts_on": "soon"}, "Write the first day"),
        ({"data_sets": []}, "Name each data set"),
        ({"data_sets": ["cases"]}, "'cases' is not a data set of an agreement"),
        ({"purposes": ["crime-analysis"]}, "'crime-analysis' is not a purpose of an agreement"),
        ({"purposes": ["criminal-investigation", "civil-immigration-enforcement"]}, "No agreement may name civil"),
        ({"clauses": {"audit": "section 1"}}, "missing: dissemination, hit-confirmation"),
        ({"clauses": {"weather": "section 1"}}, "'weather' is not one of the clauses"),
        ({"digest": "abc"}, "SHA-256"),
        ({"document": ""}, "Name the document"),
        ({"agency": "Us Doj"}, "is not an agency path"),
    ],
)  # fmt: skip
def test_what_is_missing_or_cannot_be_is_one_sentence(wrong, sentence):
    with pytest.raises(WrongUsage, match=sentence):
        agreement(PACT, "AGR-WRONG", **wrong)


@pytest.mark.parametrize("clause", Clause)
def test_without_one_of_the_clauses_there_is_no_agreement(clause):
    facts = facts_of(agreement(PACT, "AGR-WRONG"))
    with pytest.raises(WrongUsage, match=f"missing: {clause}\\."):
        read_agreement({**facts, "clauses": {**facts["clauses"], str(clause): " "}})


def test_what_a_proposal_keeps_is_read_as_it_was_written():
    signed, renewed = agreement(PACT, "AGR-1"), renewal("AGR-1", LATER, data_sets=["people"])
    assert read_agreement(json.loads(json.dumps(facts_of(signed)))) == signed
    assert read_renewal(json.loads(json.dumps(facts_of(renewed)))) == renewed


@pytest.mark.parametrize(
    ("agency", "changed", "sentence"),
    [
        ("il.chicago.pd", {}, "is the city's own and needs no agreement"),
        ("us.nowhere", {}, "There is no agency us.nowhere"),
        (PACT, {"number": "agr-doj-01"}, "There is an agreement agr-doj-01 already"),
        (PACT, {"starts_on": "2020-01-01", "ends_on": "2020-12-31"}, "ended on 2020-12-31"),
    ],
)
def test_what_cannot_be_signed(agency, changed, sentence):
    new = agreement(agency, "AGR-CANNOT", **changed)
    with pytest.raises(NotPossible, match=sentence):
        agreements.sign_agreement(**both(), agreement=new)
    with pytest.raises(NotPossible, match=sentence):
        engine.propose(key(), draft=agreement_acts.signing_draft(new))


def proposed(draft):
    count = engine.propose(key(), draft=draft)
    return count, queries.proposal(key(), number=count)


def test_the_second_person_sees_whom_an_agreement_lets_in_and_for_what():
    one = number()
    count, row = proposed(agreement_acts.signing_draft(agreement(PACT, one, data_sets=["vehicles"])))
    assert rules() == {"no-agreement-no-access"}
    means = queries.means_now(key("adler"), row=row)
    assert means.told["under_agreement"] == ["pacter"]
    assert means.told["data_sets"] == ["vehicles"]
    assert len(means.told["clauses"]) == len(Clause)
    with pytest.raises(Refused):
        engine.approve(key(), number=count)
    engine.approve(key("adler"), number=count, seen=means.meaning)
    assert rules() == set()
    count, row = proposed(agreement_acts.renewal_draft(renewal(one, LATER)))
    assert row.plan["under_agreement"] == ["pacter"]
    engine.approve(key("adler"), number=count)
    assert detail(key(), number=one).listed.ends_on == LATER
    count, row = proposed(agreement_acts.ending_draft(one, "breach"))
    assert row.plan["lose_agreement"] == ["pacter"]
    engine.approve(key("adler"), number=count)
    assert rules() == {"no-agreement-no-access"}


def test_a_proposal_that_means_something_else_by_now_is_looked_at_again():
    sign(PACT, one := number(), SOON)
    count, _ = proposed(agreement_acts.renewal_draft(renewal(one, LATER)))
    # It would have begun after the last day; now it would begin today.
    agreements.end_agreement(key(), number=one, reason="breach")
    with pytest.raises(MeansSomethingElse):
        engine.approve(key("adler"), number=count)
    assert rules() == {"no-agreement-no-access"}
    engine.withdraw(key(), number=count)


def test_a_proposed_agreement_follows_its_agency():
    registered([NewAgency("us.pactmover", "M", "federal")])
    if not Officer.objects.filter(affiliations__agency__path="us.pactmover").exists():
        count, _ = proposed(agreement_acts.signing_draft(agreement("us.pactmover", one := number())))
        moves.move_agency(key(), agency="us.pactmover", to="us.pactmoved")
        row = queries.proposal(key(), number=count)
        seen = queries.means_now(key("adler"), row=row).meaning
        engine.approve(key("adler"), number=count, seen=seen)
        assert detail(key(), number=one).listed.agency == "us.pactmoved"
        agreements.end_agreement(key(), number=one, reason="x")
    assert not Proposal.objects.filter(state="open", kind="sign-agreement").exists()


def test_ninety_thirty_and_seven_days_before_the_end_it_is_told():
    assert [warned_within(days) for days in (91, 90, 31, 30, 8, 7, 0, -1)] == [
        None,
        90,
        90,
        30,
        30,
        7,
        7,
        None,
    ]
    sign(PACT, one := number(), TODAY + timedelta(days=29))
    [row] = [row for row in ending_soon() if row.number == one]
    assert (row.warned_within, row.days_left, row.status) == (30, 29, "in-force")
    agreements.renew_agreement(**both(), renewal=renewal(one, LATER))
    assert one not in {row.number for row in ending_soon()}
    agreements.end_agreement(key(), number=one, reason="x")
    [row] = [row for row in all_agreements() if row.number == one]
    assert (row.status, row.warned_within) == ("ended", None)


def test_nobody_but_keepers_reads_or_changes_agreements():
    sign(PACT, number())
    for who in ("pacter", "rivera", "okafor"):
        with pytest.raises(Refused):
            grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION)
        assert ask(who, "agreements").status_code == 403
    rows = json.loads(ask("novak", "agreements").content)["results"]
    assert {row["number"] for row in rows} >= {"AGR-DOJ-01", "AGR-ISP-01"}
