"""What an act that died left behind is completed or void at the next start, and nobody gains by the crash."""

from datetime import timedelta

import pytest

from openclear.access import orders
from openclear.access.approvals import engine
from openclear.access.errors import Refused
from openclear.access.gate.standing import read_standing
from openclear.access.models import CommittedEpoch, Officer, OrderProof, OrderState, Proposal
from openclear.access.orders import change, plans, receipts
from openclear.access.orders.change import finish_unproved
from openclear.access.orders.proposed import cut_off_draft
from openclear.access.orders.queries import proof_of
from openclear.access.orders.recovery import reconcile
from openclear.access.registry import commands, moves, ties
from openclear.access.registry.commands import NewAgency, NewOfficer
from openclear.audit import log
from openclear.delivery import exports, jobs, links
from openclear.delivery.errors import Gone
from openclear.delivery.models import Export, Link
from openclear.records.incidents.models import Incident
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from tests.cast import ADMINISTRATION, GROUND, cut_off, grant, lift, open_case

UNTIL = clock.today() + timedelta(days=30)
CHANGE, CUT, LIFT = Action.REGISTRY_CHANGE, Action.ORDER_CUT_OFF, Action.ORDER_LIFT


class PowerLossError(BaseException):
    pass


def crash(*_, **__):
    raise PowerLossError


def broken_off(monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(receipts, "prove", crash)
        with pytest.raises(PowerLossError):
            cut_off("us.dhs.ice")
    return OrderState.objects.latest("sequence").order


def kept_by_ives():
    key = grant("ives", Action.PERSON_SEARCH, case=open_case())
    row = exports.request_export(key, kind="people", text="garcia", filters={}, format_name="csv")
    jobs.make_export(row.id)
    record = Incident.objects.filter(labels=0).first().id
    return row, links.give_link(grant("ives", Action.INCIDENT_VIEW), kind="incidents", record=record)


def key(who="novak", action=CHANGE):
    return grant(who, action, ADMINISTRATION)


def agency_with(handle, path):
    commands.register_agencies(key(), agencies=[NewAgency(path, path, "federal")])
    account = NewOfficer(handle, handle, "", ("officer",), ((path, "employer"),), UNTIL)
    commands.register_officers(key(), approval=key("adler"), officers=[account])


def draft(agency, **limits):
    return orders.new_order(agency=agency, legal_basis=GROUND, **limits)


def both(action):
    return {"grant": key("novak", action), "approval": key("adler", action)}


def test_after_a_crash_nobody_confirms_or_lifts_their_own_provisional_order(monkeypatch):
    order = orders.new_order(agency="us.dhs.ice", legal_basis=GROUND)
    with monkeypatch.context() as broken:
        broken.setattr(OrderState.objects, "create", crash)
        with pytest.raises(PowerLossError):
            orders.cut_off_provisionally(grant("novak", Action.ORDER_CUT_OFF, ADMINISTRATION), order=order)
    assert any("completed" in sentence for sentence in reconcile())
    state = OrderState.objects.latest("sequence")
    try:
        assert (state.ordered_by, state.legal_basis, state.state) == ("novak", GROUND, "provisional")
        with pytest.raises(Refused, match="two different people"):
            orders.confirm(grant("novak", Action.ORDER_CUT_OFF, ADMINISTRATION), name=state.order)
        with pytest.raises(Refused, match="two different people"):
            orders.lift(
                grant("novak", Action.ORDER_LIFT, ADMINISTRATION),
                approval=None,
                name=state.order,
                legal_basis="x",
            )
    finally:
        lift(state.order)


def test_what_a_crash_kept_an_order_from_is_finished_at_the_start(monkeypatch):
    row, _ = kept_by_ives()
    order = broken_off(monkeypatch)
    try:
        assert Export.objects.get(pk=row.id).state == "ready"
        assert [sentence for sentence in change.finish_unproved() if order in sentence]
        assert Export.objects.get(pk=row.id).state == "ended"
        assert OrderProof.objects.filter(order=order).count() == 1
        assert change.finish_unproved() == []
    finally:
        lift(order)


def test_nothing_that_an_order_was_to_end_lives_again_with_its_lifting(monkeypatch):
    row, link = kept_by_ives()
    lift(broken_off(monkeypatch))
    assert (Export.objects.get(pk=row.id).state, Link.objects.get(pk=link.id).state) == ("ended", "ended")
    with pytest.raises(Gone):
        exports.open_part(grant("ives", Action.EXPORT_KEEP), export=row.id, start=0, stop=9, address="")


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
