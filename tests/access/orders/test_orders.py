"""Orders: two people, a plan, receipts, no self-lockout, and what a crash leaves behind."""

import json
import time

import pytest

from openclear.access import barrier, gate, orders
from openclear.access.errors import OlderThanLog, Refused
from openclear.access.gate.order_rows import is_blocking
from openclear.access.gate.standing import read_standing
from openclear.access.models import Epoch, Officer, OrderState
from openclear.access.orders import plans, receipts, recovery
from openclear.access.orders.recovery import reconcile
from openclear.access.registry import ties
from openclear.audit import log
from openclear.audit.models import Entry
from openclear.audit.queries import verify
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from tests.cast import ADMINISTRATION, CRIME, GROUND, cut_off, grant, lift, search, signed_in, token


def test_an_order_is_proved_target_by_target():
    token("ives"), token("kerr"), signed_in("ives")
    receipt = cut_off("us.dhs.ice")
    try:
        by_target = {item.target: item for item in receipt.receipts}
        assert by_target["tokens"].before >= 2
        assert by_target["sessions"].before >= 1
        assert all(item.state == "verified" and item.after == 0 for item in receipt.receipts)
        assert receipt.epoch == read_standing().epoch
        assert verify().book.orders[receipt.order]["state"] == "in-force"
    finally:
        lift(receipt.order)
    assert verify().ok


def test_one_person_is_not_two():
    before = read_standing()
    with pytest.raises(Refused, match="two different people"):
        cut_off("us.dhs.ice", by="novak", approved_by="novak")
    assert read_standing() == before
    cut_off("us.dhs.ice")
    try:
        with pytest.raises(Refused, match="two different people"):
            lift("us.dhs.ice", by="adler", approved_by="adler")
        assert search("ives", "garcia").status_code == 403
    finally:
        lift("us.dhs.ice")


@pytest.mark.parametrize("who", ["rivera", "okafor", "ives"])
def test_only_those_who_keep_access_give_orders(who):
    with pytest.raises(Refused):
        cut_off("us.doj.fbi", by=who)
    with pytest.raises(Refused):
        cut_off("us.doj.fbi", approved_by=who)


@pytest.mark.parametrize("agency", ["il", "il.chicago", "il.chicago.pd", "il.chicago.oig"])
def test_the_city_cannot_lock_itself_out(agency):
    with pytest.raises(Refused, match="last two approvers"):
        cut_off(agency)


@pytest.mark.parametrize(
    ("agency", "more", "error"),
    [
        ("us.dhs.nowhere", {}, NotPossible),
        ("us dhs", {}, WrongUsage),
        ("us.dhs.ice", {"scope": ["secrets"]}, WrongUsage),
        ("us.dhs.ice", {"purposes": ["whatever"]}, WrongUsage),
    ],
)
def test_what_cannot_be_an_order_changes_nothing(agency, more, error):
    before = read_standing()
    with pytest.raises(error):
        cut_off(agency, **more)
    assert read_standing() == before


def test_an_order_without_a_ground_is_none():
    with pytest.raises(WrongUsage, match="legal basis"):
        orders.new_order(agency="us.dhs.ice", legal_basis=" ")


def test_a_plan_says_who_loses_what_and_changes_nothing():
    before = read_standing()
    key = grant("novak", Action.ORDER_CUT_OFF, ADMINISTRATION)
    plan = plans.plan(key, order=orders.new_order(agency="us.dhs.ice", legal_basis=GROUND))
    assert {person.handle for person in plan.people} == {"ives", "kerr"}
    assert plan.unaffected == Officer.objects.count() - 2
    assert not plan.locks_out
    assert read_standing() == before


def test_an_order_limited_to_people_leaves_vehicles():
    cut_off("us.doj.atf", scope=["people"])
    try:
        assert search("quill", "garcia").status_code == 403
        gate.open_for("quill", Action.VEHICLE_SEARCH, purpose=CRIME)
    finally:
        lift("us.doj.atf")


def test_lifting_what_is_not_in_force_says_so():
    with pytest.raises(NotPossible, match="No order"):
        lift("us.doj.usms")


class Crash(BaseException):
    """The power goes out."""


def crash(*_arguments, **_named):
    raise Crash


def test_each_order_that_a_start_completes_has_an_epoch_of_its_own(monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(OrderState.objects, "create", crash)
        # An act completes what the one before it left; here none of them gets as far as that.
        broken.setattr(recovery, "catch_up", list)
        for agency in ("us.dhs.ice", "us.doj.dea", "il.oaklawn.pd"):
            with pytest.raises(Crash):
                cut_off(agency)
    before = read_standing().epoch
    assert sum("completed" in sentence for sentence in reconcile()) == 3
    given = [order.id for order in read_standing().orders]
    try:
        epochs = list(OrderState.objects.filter(order__in=given).values_list("epoch", flat=True))
        assert len(set(epochs)) == 3
        assert before < min(epochs) <= max(epochs) <= read_standing().epoch
        assert reconcile() == []
    finally:
        for order in given:
            lift(order)


def test_crash_between_entry_and_commit_leaves_an_order_that_the_next_start_completes(monkeypatch):
    token("ives"), token("frost")  # making one is an act, which would complete the order
    epoch = read_standing().epoch
    with monkeypatch.context() as broken:
        broken.setattr(OrderState.objects, "create", crash)
        with pytest.raises(Crash):
            cut_off("us.dhs.ice")
    assert read_standing().epoch == epoch
    assert not read_standing().orders
    assert search("ives", "garcia").status_code == 403
    assert search("frost", "garcia").status_code == 200
    sentences = reconcile()
    try:
        assert any("completed" in sentence for sentence in sentences)
        order = read_standing().orders[0]
        assert (order.agency, order.legal_basis) == ("us.dhs.ice", GROUND)
        assert read_standing().epoch > epoch
        assert search("ives", "garcia").status_code == 403
        assert search("frost", "garcia").status_code == 200
        assert reconcile() == []
    finally:
        lift("us.dhs.ice")
    assert reconcile() == []
    assert verify().ok


def test_a_lifting_that_was_not_committed_is_void(monkeypatch):
    token("ives")  # making one is an act, which would void it first
    cut_off("us.dhs.ice")
    with monkeypatch.context() as broken:
        broken.setattr(OrderState.objects, "create", crash)
        with pytest.raises(Crash):
            lift("us.dhs.ice")
    assert search("ives", "garcia").status_code == 403
    assert any("void" in sentence for sentence in reconcile())
    book = verify().book
    assert any(is_blocking(order["state"]) for order in book.orders.values())
    lift("us.dhs.ice")
    assert verify().ok
    assert search("ives", "garcia").status_code == 200


def test_a_change_of_the_registry_that_was_not_committed_is_void(monkeypatch):
    from openclear.access.models import Affiliation

    with monkeypatch.context() as broken:
        broken.setattr(Affiliation.objects, "create", crash)
        registry = grant("novak", Action.REGISTRY_CHANGE, ADMINISTRATION)
        with pytest.raises(Crash):
            ties.affiliate(registry, handle="marsh", agency="us.doj.fbi", kind="task-force")
    epoch = read_standing().epoch
    assert [sentence for sentence in reconcile() if "void" in sentence]
    assert read_standing().epoch > epoch
    assert reconcile() == []


def test_a_database_older_than_the_log_is_not_served():
    assert search("rivera", "garcia").status_code == 200  # an answer shows that this epoch was committed
    row = Epoch.objects.get()
    value = row.value
    Epoch.objects.update(value=value - 1)
    try:
        with pytest.raises(OlderThanLog, match="older backup"):
            reconcile()
    finally:
        Epoch.objects.update(value=value)


def test_a_second_order_on_the_same_agency_stands_on_its_own():
    first, second = cut_off("us.dhs.ice"), cut_off("us.dhs")
    assert search("tran", "garcia").status_code == 403
    lift(second.order)
    assert search("tran", "garcia").status_code == 200
    assert search("ives", "garcia").status_code == 403
    lift(first.order)
    assert search("ives", "garcia").status_code == 200
    assert log.state().orders[first.order]["state"] == "lifted"


@pytest.mark.parametrize("scope", [(), ("people",)])
def test_a_receipt_says_failed_where_holders_are_still_let_in(monkeypatch, scope):
    """The proof decides for each holder anew; if decisions did not know the order, it must not say verified."""
    from openclear.access.gate.decide import decide
    from openclear.access.policy.facts import Standing

    token("ives")

    def blind(handle, inquiry, standing):
        reached = handle in {"ives", "kerr"}
        return decide(handle, inquiry, Standing(standing.epoch, (), standing.rules) if reached else standing)

    monkeypatch.setattr(receipts, "decide", blind)
    receipt = cut_off("us.dhs.ice", scope=list(scope))
    monkeypatch.undo()
    lift(receipt.order)
    tokens = next(item for item in receipt.receipts if item.target == "tokens")
    assert (tokens.state, tokens.after > 0) == ("failed", True)


def test_an_answer_read_under_wider_rules_than_those_of_now_does_not_leave():
    from django.http import HttpResponse

    def set_roles(*roles):
        Officer.objects.filter(handle="brandt").update(roles=list(roles))
        Epoch.objects.update(value=Epoch.objects.get().value + 1)

    key = gate.open_for("brandt", Action.INCIDENT_SEARCH, purpose=CRIME)
    set_roles("officer")
    try:
        with pytest.raises(Refused) as refused:
            key.release(HttpResponse("a gang record"))
        assert refused.value.verdict.rule_ids == ("rules-changed",)
    finally:
        set_roles("officer", "detective")


def test_nothing_is_said_of_an_order_before_its_end_is_certain(monkeypatch):
    """Of a process that lost its locks nobody is certain for 50 ms: the entry with the receipt comes after that."""
    certain = []
    settle = barrier.Draining.settle

    def settled(draining):
        settle(draining)
        certain.append((draining._had, time.monotonic(), log.state().size))

    monkeypatch.setattr(barrier.Draining, "settle", settled)
    receipt = cut_off("us.doj.atf")
    lift(receipt.order)
    [(had, moment, size)] = certain
    assert moment - had >= barrier.hold._uncertain()
    told = Entry.objects.using("audit").filter(index__gte=size).order_by("index").first()
    assert json.loads(bytes(told.header))["kind"] == "in-force"
