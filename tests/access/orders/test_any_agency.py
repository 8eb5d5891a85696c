"""An order can be given on any agency but the department and its oversight, whoever was tied to it; a receipt says who moved."""

from datetime import timedelta

import pytest
from django.db.models import F

from openclear.access import gate, orders
from openclear.access.accounts import live_tokens
from openclear.access.errors import Refused
from openclear.access.gate.standing import read_standing
from openclear.access.models import Affiliation, CommittedEpoch, Epoch, Officer, OrderProof, OrderState
from openclear.access.orders import change, plans, receipts
from openclear.access.orders.queries import proof_of
from openclear.access.registry import lifecycle, ties
from openclear.access.registry.commands import NewOfficer, register_officers
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.purposes import Purpose
from tests.cast import ADMINISTRATION, CRIME, GROUND, cut_off, grant, lift, search, token

pytestmark = pytest.mark.anywhere


def registry(who="novak"):
    return grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION)


def keys(action):
    return {
        "grant": grant("novak", action, ADMINISTRATION),
        "approval": grant("adler", action, ADMINISTRATION),
    }


def draft(agency="us.doj.atf"):
    return orders.new_order(agency=agency, legal_basis=GROUND)


def planned(agency="us.doj.atf", **more):
    return plans.plan(grant("novak", Action.ORDER_CUT_OFF, ADMINISTRATION), order=draft(agency), **more)


@pytest.fixture
def adler_on_a_task_force():
    ties.affiliate(registry(), handle="adler", agency="us.doj.atf", kind="task-force")
    yield
    if not Officer.objects.get(handle="adler").affiliations.filter(until=None, agency__path="us.doj.atf"):
        return
    ties.end_affiliation(registry(), handle="adler", agency="us.doj.atf")


@pytest.mark.usefixtures("adler_on_a_task_force")
def test_tying_the_general_counsel_to_an_agency_does_not_shield_it():
    plan = planned()
    assert [person.handle for person in plan.home_people] == ["adler"]
    assert "End the tie of adler in the same act (--end-tie adler)" in plan.locks_out.next_step
    with pytest.raises(Refused, match="last two approvers") as refused:
        orders.cut_off(**keys(Action.ORDER_CUT_OFF), order=draft())
    assert "--end-tie adler" in refused.value.next_step
    assert planned(end_ties=["adler"]).locks_out is None
    receipt = orders.cut_off(**keys(Action.ORDER_CUT_OFF), order=draft(), end_ties=["adler"])
    try:
        assert search("quill", "garcia").status_code == 403
        assert gate.open_for("adler", Action.ORDER_LIFT, purpose=ADMINISTRATION)
        assert all(item.state == "verified" for item in receipt.receipts)
    finally:
        lift(receipt.order)


@pytest.mark.usefixtures("adler_on_a_task_force")
def test_a_third_keeper_makes_the_order_possible_and_the_counsel_loses_access():
    until = clock.today() + timedelta(days=30)
    new = NewOfficer("keeper3", "K", "", ("approver",), (("il.chicago.pd", "employer"),), until)
    register_officers(registry(), approval=registry("adler"), officers=[new])
    order = None
    try:
        with_third = {"grant": grant("novak", Action.ORDER_CUT_OFF, ADMINISTRATION),
                      "approval": grant("keeper3", Action.ORDER_CUT_OFF, ADMINISTRATION)}  # fmt: skip
        order = orders.cut_off(**with_third, order=draft()).order
        with pytest.raises(Refused):
            gate.open_for("adler", Action.DESK_OPEN, purpose=CRIME)
    finally:
        if order:
            lift(order, approved_by="keeper3")
        lifecycle.disable(registry(), handle="keeper3", reason="end", approval=registry("adler"))


def test_only_the_citys_own_people_whom_the_order_catches_are_untied_with_it():
    for handle in ("quill", "novak", "nobody-such"):
        with pytest.raises(NotPossible, match="not one of the city's own people"):
            planned(end_ties=[handle])


def test_a_plan_during_an_order_says_what_is_in_force_and_never_that_the_cut_keep_access():
    before = planned("us.doj.fbi")
    receipt = cut_off("us.dhs")
    try:
        plan = planned("us.doj.fbi")
        assert not [path for path in plan.agencies if path.startswith("us.dhs")]
        assert plan.unaffected < before.unaffected
        wider = planned("us")
        assert wider.already == [(receipt.order, "us.dhs")]
    finally:
        lift(receipt.order)


class PowerLossError(BaseException):
    pass


def crash(*_, **__):
    raise PowerLossError


def test_whom_the_plan_named_and_the_order_does_not_hold_any_more_is_named_as_moved(monkeypatch):
    """The receipt came after a crash: two people had untied Kerr meanwhile, and she goes on being answered."""
    token("kerr")
    with monkeypatch.context() as broken:
        broken.setattr(receipts, "prove", crash)
        with pytest.raises(PowerLossError):
            cut_off("us.dhs.ice.hsi")
    order = OrderState.objects.latest("sequence").order
    # No act does this: whatever takes the lock next proves the order first. A program of another version might.
    tie = Affiliation.objects.filter(officer__handle="kerr", agency__path="us.dhs.ice.hsi", until=None)
    [pk] = tie.values_list("pk", flat=True)
    yesterday = clock.today() - timedelta(days=1)
    tie.update(until=yesterday, ended_by="novak", ended_by_entry=1)
    Epoch.objects.update(value=F("value") + 1)
    CommittedEpoch.objects.create(value=Epoch.objects.get().value)
    try:
        change.finish_unproved()
        [(_, told)] = proof_of(order)
        tokens = next(item for item in told if item.target == "tokens")
        count = live_tokens("kerr")
        assert (tokens.state, tokens.before, tokens.after) == ("moved", count, count)
        assert tokens.note.startswith("kerr: tie ended by novak, entry ")
        assert gate.open_for("kerr", Action.DESK_OPEN, purpose=CRIME)
        assert OrderProof.objects.get(order=order).plan["people"] == ["kerr"]
    finally:
        Affiliation.objects.filter(pk=pk).update(until=None)
        lift(order)


def overseer(handle="okafor"):
    return grant(handle, Action.OVERSIGHT_ACCOUNT, Purpose.OVERSIGHT_REVIEW)


UNTIL = clock.today() + timedelta(days=365)


def test_keepers_neither_certify_nor_reinstate_accounts_of_oversight():
    before = Officer.objects.get(handle="okafor").certified_until
    with pytest.raises(Refused, match="only by oversight"):
        lifecycle.certify(registry(), handles=["okafor"], until=UNTIL, approval=registry("adler"))
    new = NewOfficer("watch2", "W", "", ("inspector-general",), (("il.chicago.oig", "employer"),), UNTIL)
    register_officers(registry(), approval=overseer(), officers=[new])
    try:
        lifecycle.certify(overseer("watch2"), handles=["okafor"], until=UNTIL)
        with pytest.raises(NotPossible, match="own account"):
            lifecycle.certify(overseer(), handles=["okafor"], until=UNTIL, approval=registry())
        lifecycle.disable(overseer(), handle="watch2", reason="left", approval=registry())
        with pytest.raises(Refused, match="only by oversight"):
            lifecycle.reinstate(registry(), approval=registry("adler"), handle="watch2")
        lifecycle.reinstate(registry(), approval=overseer(), handle="watch2")
        assert Officer.objects.get(handle="watch2").is_active
    finally:
        lifecycle.disable(overseer(), handle="watch2", reason="end of the test", approval=registry())
        Officer.objects.filter(handle="okafor").update(certified_until=before)


def test_the_only_overseer_is_certified_together_with_a_keeper_and_never_alone():
    before = Officer.objects.get(handle="okafor").certified_until
    try:
        with pytest.raises(Refused, match="two different people"):
            lifecycle.certify(overseer(), handles=["okafor"], until=UNTIL)
        lifecycle.certify(overseer(), handles=["okafor"], until=UNTIL, approval=registry())
        assert Officer.objects.get(handle="okafor").certified_until == UNTIL
    finally:
        Officer.objects.filter(handle="okafor").update(certified_until=before)


def test_an_account_is_disabled_by_two():
    with pytest.raises(Refused, match="two different people"):
        lifecycle.disable(registry(), handle="marsh", reason="x")
    assert Officer.objects.get(handle="marsh").is_active
    assert not read_standing().orders
