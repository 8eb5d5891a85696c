"""What a second attack on orders and registry found: one person's ways round an order, and crashes that left too little."""

from datetime import timedelta

import pytest

from openclear.access import gate, orders
from openclear.access.approvals import engine
from openclear.access.errors import Refused
from openclear.access.gate.standing import read_standing
from openclear.access.models import CommittedEpoch, Officer, OrderState, Proposal
from openclear.access.orders import notices, plans
from openclear.access.orders.change import finish_unproved
from openclear.access.orders.proposed import cut_off_draft
from openclear.access.orders.queries import proof_of
from openclear.access.orders.recovery import reconcile
from openclear.access.registry import commands, lifecycle, moves, ties
from openclear.access.registry.commands import NewAgency, NewOfficer
from openclear.audit import log
from openclear.records.cases.commands import share_case
from openclear.records.cases.queries import open_cases
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.purposes import Purpose
from tests.cast import ADMINISTRATION, CRIME, GROUND, cut_off, grant, lift

CHANGE, CUT, LIFT = Action.REGISTRY_CHANGE, Action.ORDER_CUT_OFF, Action.ORDER_LIFT
UNTIL = clock.today() + timedelta(days=30)


def key(who="novak", action=CHANGE):
    return grant(who, action, ADMINISTRATION)


def both(action):
    return {"grant": key("novak", action), "approval": key("adler", action)}


def draft(agency, **limits):
    return orders.new_order(agency=agency, legal_basis=GROUND, **limits)


def agency_with(handle, path):
    commands.register_agencies(key(), agencies=[NewAgency(path, path, "federal")])
    account = NewOfficer(handle, handle, "", ("officer",), ((path, "employer"),), UNTIL)
    commands.register_officers(key(), approval=key("adler"), officers=[account])


class PowerLossError(BaseException):
    pass


def crash(*_, **__):
    raise PowerLossError


def test_a_small_order_of_one_person_frees_nobody_from_a_large_one_of_two():
    ties.affiliate(key(), handle="brandt", agency="us.dhs.uscis", kind="task-force")
    receipt = cut_off("us.dhs.uscis")
    small = draft("us.dhs.uscis", scope=["vehicles"], purposes=["stolen-property"])
    with pytest.raises(Refused, match="takes a second person"):
        orders.cut_off_provisionally(key(action=CUT), order=small, end_ties=["brandt"])
    with pytest.raises(Refused, match="cut off"):
        gate.open_for("brandt", Action.DESK_OPEN, purpose=CRIME)
    lift(receipt.order)
    ties.end_affiliation(key(), handle="brandt", agency="us.dhs.uscis")


def test_an_order_that_only_the_log_holds_is_completed_before_the_next_act(monkeypatch):
    agency_with("attacked1", "us.attacked1")
    with monkeypatch.context() as broken:
        broken.setattr(OrderState.objects, "create", crash)
        with pytest.raises(PowerLossError):
            cut_off("us.attacked1")
    with pytest.raises(Refused, match="takes a second person"):
        moves.move_agency(key(), agency="us.attacked1", to="us.attacked1-gone")
    [order] = read_standing().orders
    assert plans.people_under(order) == {"attacked1"}
    assert proof_of(order.id)
    assert reconcile() == []
    lift(order.id)


def test_a_crash_of_an_order_that_ends_the_counsels_tie_leaves_the_counsel_able_to_lift_it(monkeypatch):
    ties.affiliate(key(), handle="adler", agency="us.doj.usms", kind="task-force")
    number = engine.propose(key(action=CUT), draft=cut_off_draft(draft("us.doj.usms"), end_ties=["adler"]))
    with monkeypatch.context() as broken:
        broken.setattr(CommittedEpoch.objects, "create", crash)
        with pytest.raises(PowerLossError):
            engine.approve(key("adler", CUT), number=number)
    reconcile()
    finish_unproved()
    [order] = read_standing().orders
    assert Proposal.objects.get(pk=number).state == "approved"
    lift(order.id)
    assert not Officer.objects.get(handle="adler").affiliations.filter(until=None, agency__path="us.doj.usms")


def test_what_the_log_alone_says_of_a_suspended_order_is_void(monkeypatch):
    receipt = cut_off("us.dhs.uscis")
    orders.suspend(**both(LIFT), name=receipt.order, document="19-cv-1", legal_basis="stay")
    with monkeypatch.context() as broken:
        broken.setattr(OrderState.objects, "create", crash)
        with pytest.raises(PowerLossError):
            lift(receipt.order)
    reconcile()
    assert log.state().orders[receipt.order]["state"] == "suspended"
    lift(receipt.order)


def test_nobody_ends_a_certification_alone():
    before = Officer.objects.get(handle="adler").certified_until
    with pytest.raises(NotPossible, match="disable the account"):
        lifecycle.certify(key(), handles=["adler"], until=clock.today() - timedelta(days=1))
    assert Officer.objects.get(handle="adler").certified_until == before


@pytest.mark.parametrize("to", ["il.chicago.pd.planted", "il.chicago.oig.planted", "il.chicago.planted"])
def test_no_agency_from_outside_becomes_the_citys_own(to):
    with pytest.raises(NotPossible, match="none of the city's agencies"):
        moves.move_agency(key(), agency="us.dhs.uscis", to=to)
    new = NewAgency(to, "Planted", "city")
    with pytest.raises(NotPossible, match="none of the city's agencies"):
        moves.split_agency(key(), agency="us.dhs.uscis", new=new, people=[])


def test_a_unit_of_the_department_can_be_cut_off_and_the_department_cannot():
    commands.register_agencies(key(), agencies=[NewAgency("il.chicago.pd.unit9", "Unit 9", "city")])
    lift(cut_off("il.chicago.pd.unit9").order)
    for home in ("il.chicago.pd", "il.chicago.oig", "il.chicago", "il"):
        with pytest.raises(Refused, match="last two approvers"):
            cut_off(home)


def test_whoever_turns_a_proposal_down_does_not_end_its_protection():
    number = engine.propose(key("adler", CUT), draft=cut_off_draft(draft("us.dhs.cbp")))
    ties.affiliate(**both(CHANGE), handle="quill", agency="us.dhs.cbp", kind="detail")
    engine.withdraw(key(action=CUT), number=number)
    assert Proposal.objects.get(pk=number).state == "declined"
    with pytest.raises(Refused, match="takes a second person"):
        ties.end_affiliation(key(), handle="quill", agency="us.dhs.cbp")
    engine.withdraw(key("adler", CUT), number=number)
    ties.end_affiliation(key(), handle="quill", agency="us.dhs.cbp")


def test_the_overseer_is_no_second_keeper_for_what_weakens_an_order():
    ties.affiliate(key(), handle="soto", agency="us.dhs.uscis", kind="detail")
    receipt = cut_off("us.dhs.uscis")
    okafor = grant("okafor", Action.OVERSIGHT_ACCOUNT, Purpose.OVERSIGHT_REVIEW)
    with pytest.raises(Refused, match="takes a second person"):
        ties.end_affiliation(key(), handle="soto", agency="us.dhs.uscis", approval=okafor)
    lift(receipt.order)
    ties.end_affiliation(key(), handle="soto", agency="us.dhs.uscis")


def test_a_case_is_not_shared_with_what_stands_above_a_cut_agency():
    number = open_cases(grant("rivera", Action.CASE_LIST))[0]
    receipt = cut_off("us.dhs.uscis")
    sharing = {"grant": grant("rivera", Action.CASE_SHARE), "approval": grant("brandt", Action.CASE_SHARE)}
    with pytest.raises(Refused, match="no case is shared"):
        share_case(**sharing, case_id=number.id, agency="us.dhs")
    lift(receipt.order)


def test_a_notice_is_not_read_by_those_it_is_about_after_a_split():
    agency_with("attacked2", "us.attacked2")
    ties.affiliate(key(), handle="attacked2", agency="us.doj.fbi", kind="task-force")
    notices.announce(key(action=CUT), order=draft("us.attacked2"), text="Attacked loses access on Monday.")
    new = NewAgency("us.attacked2-part", "Part", "federal")
    moves.split_agency(key(), agency="us.attacked2", new=new, people=["attacked2"])
    told = notices.notices_for(grant("frost", Action.DESK_OPEN))
    assert "Attacked loses access on Monday." in [row.text for row in told]
    # Attacked has no agreement, so nobody of it has a desk; whom the notice spares is asked directly.
    assert "us.attacked2-part" in notices._places_of("us.attacked2")


def test_no_tie_begins_on_a_day_to_come():
    with pytest.raises(NotPossible, match="today or earlier"):
        ties.affiliate(
            key(),
            handle="adler",
            agency="us.doj.usms",
            kind="detail",
            since=clock.today() + timedelta(days=1),
        )


def test_an_order_is_lifted_by_the_path_that_its_agency_has_now_and_never_by_that_of_a_part():
    paths = ("us.attacked3", "us.attacked3.part")
    commands.register_agencies(key(), agencies=[NewAgency(path, path, "federal") for path in paths])
    receipt = cut_off("us.attacked3")
    second = {"approval": key("adler")}
    moves.move_agency(key(), agency="us.attacked3.part", to="us.part3", **second)
    moves.move_agency(key(), agency="us.attacked3", to="us.moved3", **second)
    with pytest.raises(NotPossible, match=r"No order us\.part3"):
        lift("us.part3")
    lift("us.moved3")
    assert receipt.order not in {order.id for order in read_standing().orders}


def test_orders_on_one_agency_are_lifted_all_or_none():
    orders.cut_off_provisionally(key("adler", CUT), order=draft("us.dhs.uscis"))
    cut_off("us.dhs.uscis")
    with pytest.raises(Refused, match="two different people"):
        orders.lift(key(action=LIFT), approval=None, name="us.dhs.uscis", legal_basis="x")
    assert len(read_standing().orders) == 2
    lift("us.dhs.uscis")


def test_an_agency_under_an_order_gets_another_name_by_two():
    receipt = cut_off("us.dhs.uscis")
    with pytest.raises(Refused, match="takes a second person"):
        moves.rename_agency(key(), agency="us.dhs.uscis", name="Park District")
    lift(receipt.order)
