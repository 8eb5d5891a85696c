"""One administrator is one person, and nobody can lock the city out."""

from datetime import timedelta

import pytest

from openclear.access import barrier, gate, orders
from openclear.access.accounts import live_tokens, tokens
from openclear.access.errors import NotAnswered, Refused
from openclear.access.gate.standing import read_standing
from openclear.access.models import Affiliation, CommittedEpoch, Officer
from openclear.access.orders import plans
from openclear.access.orders.recovery import reconcile
from openclear.access.registry import commands, lifecycle, ties
from openclear.access.registry.commands import NewAgency, NewOfficer
from openclear.audit import log
from openclear.audit.queries import verify
from openclear.records.cases.models import Case
from openclear.records.people.models import Person
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.labels import Label
from tests.cast import ADMINISTRATION, CRIME, GROUND, ask, cut_off, grant, lift, open_case, search, token

CHANGE, CUT, LIFT = Action.REGISTRY_CHANGE, Action.ORDER_CUT_OFF, Action.ORDER_LIFT


def registry(who="novak"):
    return grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION)


@pytest.mark.parametrize("who", ["adler", "novak", "okafor", "importer", "publisher"])
def test_novak_alone_gets_no_token_of_those_who_could_act_for_two(who):
    alone = grant("novak", Action.TOKEN_CREATE, ADMINISTRATION)
    for approval in (None, alone):
        with pytest.raises(Refused, match="second person"):
            tokens.create_token(alone, handle=who, approval=approval)


def test_tokens_can_be_ended():
    alone = grant("novak", Action.TOKEN_CREATE, ADMINISTRATION)
    text = tokens.create_token(alone, handle="whitfield")
    from openclear.access.gate.credentials import officer_of_token

    assert officer_of_token(text) == "whitfield"
    good = live_tokens("whitfield")
    assert tokens.revoke_tokens(alone, handle="whitfield") == good
    assert officer_of_token(text) is None
    assert live_tokens("whitfield") == 0
    token.cache_clear()  # another story may have had one of them


def test_novak_cannot_tie_the_last_keepers_to_a_cut_agency():
    cut_off("us.dhs")
    try:
        before = read_standing()
        for handle in ("adler", "novak"):
            with pytest.raises(Refused, match="last two approvers"):
                ties.affiliate(
                    registry(), handle=handle, agency="us.dhs", kind="task-force", approval=registry("adler")
                )
        assert read_standing() == before
        assert not Affiliation.objects.filter(officer__handle="adler", agency__path="us.dhs").exists()
    finally:
        lift("us.dhs")


def test_novak_cannot_end_what_makes_a_keeper():
    with pytest.raises(Refused, match="last two approvers"):
        ties.end_affiliation(registry(), handle="adler", agency="il.chicago.pd")


def test_no_order_blinds_oversight():
    ties.affiliate(registry(), handle="okafor", agency="us.dhs.uscis", kind="task-force")
    try:
        key = grant("novak", Action.ORDER_CUT_OFF, ADMINISTRATION)
        assert plans.plan(key, order=orders.new_order(agency="us.dhs.uscis", legal_basis=GROUND)).locks_out
        with pytest.raises(Refused):
            cut_off("us.dhs.uscis")
    finally:
        ties.end_affiliation(registry(), handle="okafor", agency="us.dhs.uscis")


def test_a_change_that_fails_is_void_at_once_and_its_epoch_is_never_used_again(monkeypatch):
    def fail(**_):
        raise ValueError("the database does not like it")

    reconcile()
    before = log.state().unconfirmed
    with monkeypatch.context() as broken:
        broken.setattr(Affiliation.objects, "create", fail)
        with pytest.raises(ValueError, match="does not like"):
            ties.affiliate(registry(), handle="marsh", agency="us.doj.fbi", kind="task-force")
    assert log.state().unconfirmed == before
    assert reconcile() == []
    claimed = log.state().claimed_epoch
    ties.affiliate(registry(), handle="marsh", agency="us.doj.usms", kind="task-force")
    assert read_standing().epoch > claimed
    assert CommittedEpoch.objects.filter(value=read_standing().epoch).exists()
    ties.end_affiliation(registry(), handle="marsh", agency="us.doj.usms")
    assert reconcile() == []
    assert verify().ok


def test_what_died_between_entry_and_commit_is_void_even_after_later_changes(monkeypatch):
    class PowerLossError(BaseException):
        pass

    def fail(**_):
        raise PowerLossError

    reconcile()
    with monkeypatch.context() as broken:
        broken.setattr(Affiliation.objects, "create", fail)
        with pytest.raises(PowerLossError):
            ties.affiliate(registry(), handle="marsh", agency="us.doj.fbi", kind="task-force")
    died = [entry for entry, _ in log.state().unconfirmed]
    assert len(died) == 1
    ties.affiliate(registry(), handle="marsh", agency="us.doj.usms", kind="task-force")
    ties.end_affiliation(registry(), handle="marsh", agency="us.doj.usms")
    # Whoever took the lock next said that it came to nothing; the start has nothing left to do.
    assert log.state().unconfirmed == []
    assert reconcile() == []


def test_a_kind_that_is_too_long_is_said_before_anything_is_written():
    size = log.state().size
    with pytest.raises(WrongUsage, match="20 characters"):
        ties.affiliate(registry(), handle="marsh", agency="us.doj.fbi", kind="x" * 21)
    assert log.state().size == size


def test_a_change_of_ties_waits_for_the_answer_that_is_being_handed_over(monkeypatch):
    from django.http import HttpResponse

    monkeypatch.setattr(barrier.hold, "ORDER_SECONDS", 0.2)
    response = gate.open_for("marsh", Action.DESK_OPEN, purpose=CRIME).release(HttpResponse("x"))
    with pytest.raises(NotAnswered):
        ties.affiliate(registry(), handle="marsh", agency="us.doj.atf", kind="task-force")
    assert not Affiliation.objects.filter(officer__handle="marsh", agency__path="us.doj.atf").exists()
    response.close()
    ties.affiliate(registry(), handle="marsh", agency="us.doj.atf", kind="task-force")
    ties.end_affiliation(registry(), handle="marsh", agency="us.doj.atf")


def test_an_affiliation_that_comes_between_hold_and_decision_is_seen():
    from django.http import HttpResponse

    key = gate.open_for("marsh", Action.DESK_OPEN, purpose=CRIME)
    cut_off("us.dhs.ice")
    ties.affiliate(
        registry(), handle="marsh", agency="us.dhs.ice", kind="task-force", approval=registry("adler")
    )
    try:
        with pytest.raises(Refused):
            key.release(HttpResponse("x"))
    finally:
        lift("us.dhs.ice")
        ties.end_affiliation(registry(), handle="marsh", agency="us.dhs.ice")


def test_asking_for_another_agency_shows_no_more_than_that_agency_sees():
    person = Person.objects.filter(labels=Label.GANG.value).first()
    reason = {"purpose": CRIME, "case": open_case()}
    assert ask("brandt", f"people/{person.id}", **reason).status_code == 200
    assert ask("brandt", f"people/{person.id}", on_behalf_of="us.doj.fbi", **reason).status_code == 404


def test_a_case_that_the_asker_may_not_know_of_is_no_ground():
    case = Case.objects.get(number=open_case())
    Case.objects.filter(pk=case.pk).update(labels=Label.SEALED.value)
    try:
        hidden = search("frost", "garcia", case=case.number)
        absent = search("frost", "garcia", case="CZ-2026-999999")
        assert hidden.status_code == absent.status_code == 403
        assert hidden.json()["rule_ids"] == absent.json()["rule_ids"]
    finally:
        Case.objects.filter(pk=case.pk).update(labels=0)


def test_somebody_under_an_order_learns_of_the_order_and_not_of_a_mistake():
    cut_off("us.dhs.ice")
    try:
        for query in ({"q": "x"}, {"q": "x", "purpose": "zz"}, {"purpose": CRIME, "limit": "many"}):
            [rule] = ask("ives", "people", **query).json().get("rule_ids", [""])
            assert rule.startswith("cut-off:")
    finally:
        lift("us.dhs.ice")


def key(who="novak", action=CHANGE):
    return grant(who, action, ADMINISTRATION)


@pytest.mark.parametrize("lapsed", ["okafor", "adler"])
def test_a_lapsed_certification_stops_no_order(lapsed):
    before = Officer.objects.get(handle=lapsed).certified_until
    token("ives")  # made by two keepers, while both are certified
    other = NewOfficer(
        f"second-{lapsed}", "Second Keeper", "", ("approver",), (("il.chicago.pd", "employer"),),
        clock.today() + timedelta(days=9),
    )  # fmt: skip
    commands.register_officers(registry(), approval=registry("adler"), officers=[other])
    Officer.objects.filter(handle=lapsed).update(certified_until=clock.today() - timedelta(days=1))
    lifecycle.certify(
        registry(), handles=["marsh"], until=clock.today() + timedelta(days=365)
    )  # the epoch rises
    try:
        receipt = cut_off("us.dhs.ice", approved_by=other.handle)
        assert search("ives", "garcia").status_code == 403
        lift(receipt.order, approved_by=other.handle)
    finally:
        Officer.objects.filter(handle=lapsed).update(certified_until=before)
        lifecycle.disable(
            registry(),
            handle=other.handle,
            reason="end of the test",
            approval=registry(other.handle if lapsed == "adler" else "adler"),
        )


def test_a_unit_of_the_department_can_be_cut_off_and_the_department_cannot():
    commands.register_agencies(key(), agencies=[NewAgency("il.chicago.pd.unit9", "Unit 9", "city")])
    lift(cut_off("il.chicago.pd.unit9").order)
    for home in ("il.chicago.pd", "il.chicago.oig", "il.chicago", "il"):
        with pytest.raises(Refused, match="last two approvers"):
            cut_off(home)
