"""Every state of an order: provisional, confirmed, suspended by a court, resumed, narrowed, lifted; notices and packets."""

import json
from datetime import timedelta

import pytest

from openclear.access import orders
from openclear.access.errors import Refused
from openclear.access.gate import order_rows
from openclear.access.gate.standing import read_standing
from openclear.access.models import OrderState
from openclear.access.orders import notices
from openclear.access.orders.recovery import reconcile
from openclear.audit.queries import verify
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from tests.cast import ADMINISTRATION, GROUND, ask, cut_off, grant, lift, search, signed_in, token

DOCUMENT = "N.D. Ill. 19-cv-04321, order of 12 July 2019"


def keeper(action, who="novak"):
    return grant(who, action, ADMINISTRATION)


def both(action):
    return {"grant": keeper(action), "approval": keeper(action, "adler")}


def provisional(agency="us.dhs.ice"):
    return orders.cut_off_provisionally(
        keeper(Action.ORDER_CUT_OFF), order=orders.new_order(agency=agency, legal_basis=GROUND)
    )


def test_one_person_cuts_off_in_an_emergency_and_a_second_confirms():
    receipt = provisional()
    try:
        assert search("ives", "garcia").status_code == 403
        assert verify().book.orders[receipt.order]["state"] == "provisional"
        with pytest.raises(Refused, match="two different people"):
            orders.confirm(keeper(Action.ORDER_CUT_OFF), name=receipt.order)
        orders.confirm(keeper(Action.ORDER_CUT_OFF, "adler"), name=receipt.order)
        state = order_rows.newest_state(receipt.order)
        assert (state.state, state.ordered_by, state.approved_by) == ("in-force", "novak", "adler")
        assert search("ives", "garcia").status_code == 403
        with pytest.raises(NotPossible, match="nothing to confirm"):
            orders.confirm(keeper(Action.ORDER_CUT_OFF, "adler"), name=receipt.order)
    finally:
        lift(receipt.order)


def test_a_provisional_order_is_lifted_by_one_person_who_did_not_give_it():
    receipt = provisional()
    with pytest.raises(Refused, match="two different people"):
        orders.lift(keeper(Action.ORDER_LIFT), approval=None, name=receipt.order, legal_basis="no")
    orders.lift(
        keeper(Action.ORDER_LIFT, "adler"), approval=None, name=receipt.order, legal_basis="a mistake"
    )
    assert search("ives", "garcia").status_code == 200


def test_an_order_in_force_is_not_lifted_by_one():
    receipt = cut_off("us.dhs.ice")
    for who in ("novak", "adler"):
        with pytest.raises(Refused, match="two different people"):
            orders.lift(keeper(Action.ORDER_LIFT, who), approval=None, name=receipt.order, legal_basis="no")
    lift(receipt.order)


def test_unconfirmed_for_a_day_it_alarms(caplog):
    from openclear.operations.worker import alarm_unconfirmed

    receipt = provisional()
    try:
        alarm_unconfirmed()
        assert not caplog.records
        OrderState.objects.filter(order=receipt.order).update(moment=clock.now() - timedelta(hours=25))
        alarm_unconfirmed()
        assert receipt.order in caplog.text
        assert receipt.order in signed_in("adler").get("/orders").content.decode()
    finally:
        lift(receipt.order)
        OrderState.objects.filter(order=receipt.order).update(moment=clock.now())


def test_a_court_suspends_an_order_and_it_is_resumed():
    receipt = cut_off("us.dhs.ice")
    try:
        with pytest.raises(WrongUsage, match="court document"):
            orders.suspend(**both(Action.ORDER_LIFT), name=receipt.order, document=" ", legal_basis="stay")
        orders.suspend(**both(Action.ORDER_LIFT), name=receipt.order, document=DOCUMENT, legal_basis="stay")
        assert order_rows.newest_state(receipt.order).document == DOCUMENT
        assert search("ives", "garcia").status_code == 200
        assert verify().book.orders[receipt.order]["state"] == "suspended"
        again = orders.resume(
            **both(Action.ORDER_CUT_OFF), name=receipt.order, document="stay ended", legal_basis=""
        )
        assert all(item.state == "verified" for item in again.receipts)
        assert search("ives", "garcia").status_code == 403
    finally:
        lift(receipt.order)
    assert verify().ok


def test_an_order_is_narrowed_and_never_widened_by_that():
    receipt = cut_off("us.dhs.ice")
    less = orders.new_order(agency="us.dhs.ice", legal_basis="only people", scope=["people"])
    try:
        orders.narrow(**both(Action.ORDER_LIFT), name=receipt.order, to=less)
        assert search("ives", "garcia").status_code == 403
        assert ask("ives", "vehicles", q="OC", purpose="stolen-property").status_code == 200
        wider = orders.new_order(agency="us.dhs.ice", legal_basis="x", scope=["people", "vehicles"])
        for to in (wider, less):
            with pytest.raises(WrongUsage, match="fewer data sets"):
                orders.narrow(**both(Action.ORDER_LIFT), name=receipt.order, to=to)
    finally:
        lift(receipt.order)
    assert verify().ok


class PowerLossError(BaseException):
    pass


def crash(**_):
    raise PowerLossError


@pytest.mark.parametrize("act", ["suspend", "narrow"])
def test_a_weakening_that_was_not_committed_is_void(monkeypatch, act):
    token("ives")  # making one is an act, which would void it first
    receipt = cut_off("us.dhs.ice")
    less = orders.new_order(agency="us.dhs.ice", legal_basis="x", scope=["people"])
    paper = {"suspend": {"document": DOCUMENT, "legal_basis": "stay"}, "narrow": {"to": less}}[act]
    with monkeypatch.context() as broken:
        broken.setattr(OrderState.objects, "create", crash)
        with pytest.raises(PowerLossError):
            getattr(orders, act)(**both(Action.ORDER_LIFT), name=receipt.order, **paper)
    try:
        assert search("ives", "garcia").status_code == 403
        assert any("void" in sentence for sentence in reconcile())
        assert verify().book.orders[receipt.order] == {
            "id": receipt.order, "agency": "us.dhs.ice", "state": "in-force", "scope": "all", "purposes": "all",
        }  # fmt: skip
        assert reconcile() == []
    finally:
        lift(receipt.order)


def test_a_confirmation_that_was_not_committed_is_completed(monkeypatch):
    receipt = provisional()
    with monkeypatch.context() as broken:
        broken.setattr(OrderState.objects, "create", crash)
        with pytest.raises(PowerLossError):
            orders.confirm(keeper(Action.ORDER_CUT_OFF, "adler"), name=receipt.order)
    try:
        assert any("completed" in sentence for sentence in reconcile())
        assert read_standing().orders[0].state == "in-force"
    finally:
        lift(receipt.order)


def test_partners_are_told_beforehand_and_the_cut_agency_is_not():
    order = orders.new_order(agency="us.dhs.ice", legal_basis=GROUND)
    told = notices.announce(keeper(Action.ORDER_CUT_OFF), order=order, text="Nothing changes for you.")
    assert {"us.doj.fbi", "us.dhs.cbp", "il.isp"} <= set(told)
    assert not [path for path in told if path.startswith("us.dhs.ice")]
    assert "Nothing changes for you." in signed_in("frost").get("/").content.decode()
    assert "Nothing changes for you." not in signed_in("ives").get("/").content.decode()


def test_the_desk_suspends_resumes_and_narrows_by_two_people():
    receipt = cut_off("us.dhs.ice")
    novak, adler = signed_in("novak"), signed_in("adler")
    steps = [
        ({"kind": "suspend", "ground": "stay", "document": DOCUMENT}, "suspended"),
        ({"kind": "resume", "ground": "stay ended", "document": DOCUMENT}, "in-force"),
        ({"kind": "narrow", "ground": "only people", "scope": "people"}, "narrowed"),
    ]
    try:
        for form, state in steps:
            proposal = novak.post(f"/orders/{receipt.order}/change", form).headers["Location"]
            assert novak.post(f"{proposal}/approve").status_code == 403
            assert adler.post(f"{proposal}/approve").status_code == 303
            assert order_rows.newest_state(receipt.order).state == state
    finally:
        lift(receipt.order)


def test_the_packet_says_what_was_done_and_what_it_does_not_cover(tmp_path, capsys):
    from openclear.cli.main import main

    receipt = cut_off("us.dhs.ice")
    try:
        folder = tmp_path / "packet"
        assert main(["order", "packet", receipt.order, "--to", str(folder)], lambda: None) == 0
        names = {path.name for path in folder.iterdir()}
        assert names == {
            "order.json", "plan.json", "receipts.json", "certificate.json", "does-not-cover.json", f"order-{receipt.order}.pdf",
        }  # fmt: skip
        told = {
            name: json.loads((folder / f"{name}.json").read_text())
            for name in ("order", "plan", "receipts", "certificate", "does-not-cover")
        }
        assert told["order"]["legal_ground"] == GROUND
        assert set(told["plan"]["people"]) == {"ives", "kerr"}
        assert {item["target"] for item in told["receipts"][0]["targets"]} >= {
            "sessions",
            "tokens",
            "exports",
            "alerts",
            "links",
            "jobs",
        }
        assert told["certificate"]["log_is_whole"]
        assert told["certificate"]["faults"] == []
        assert receipt.order in told["certificate"]["counts"]["orders"]
        assert any("Copies made before" in line for line in told["does-not-cover"])
        assert (folder / f"order-{receipt.order}.pdf").read_bytes().startswith(b"%PDF-")
        assert main(["order", "packet", receipt.order, "--to", str(folder)], lambda: None) == 2
        assert main(["order", "packet", "1999-001", "--to", str(tmp_path / "no")], lambda: None) == 1
        assert not (tmp_path / "no").exists()
        answer = signed_in("adler").get(f"/orders/{receipt.order}/packet")
        assert answer.content.startswith(b"%PDF-")
    finally:
        lift(receipt.order)
    capsys.readouterr()
