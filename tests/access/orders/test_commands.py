"""Who may give, confirm and lift which order, by which name, and whom that leaves as they were."""

import pytest

from openclear.access import gate, orders
from openclear.access.errors import Refused
from openclear.access.gate.standing import read_standing
from openclear.access.registry import commands, moves, ties
from openclear.access.registry.commands import NewAgency
from openclear.delivery import exports, jobs, links
from openclear.delivery.models import Export
from openclear.records.incidents.models import Incident
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from tests.cast import ADMINISTRATION, CRIME, GROUND, cut_off, grant, lift, open_case

CHANGE, CUT, LIFT = Action.REGISTRY_CHANGE, Action.ORDER_CUT_OFF, Action.ORDER_LIFT


def kept_by_ives():
    key = grant("ives", Action.PERSON_SEARCH, case=open_case())
    row = exports.request_export(key, kind="people", text="garcia", filters={}, format_name="csv")
    jobs.make_export(row.id)
    record = Incident.objects.filter(labels=0).first().id
    return row, links.give_link(grant("ives", Action.INCIDENT_VIEW), kind="incidents", record=record)


def draft(agency, **limits):
    return orders.new_order(agency=agency, legal_basis=GROUND, **limits)


def key(who="novak", action=CHANGE):
    return grant(who, action, ADMINISTRATION)


def test_lifting_an_order_that_a_court_suspended_takes_nothing_from_anybody():
    first, second = (grant(who, Action.ORDER_LIFT, ADMINISTRATION) for who in ("novak", "adler"))
    receipt = cut_off("us.dhs.ice")
    orders.suspend(first, approval=second, name=receipt.order, document="19-cv-1", legal_basis="stay")
    row, _ = kept_by_ives()
    lift(receipt.order)
    assert Export.objects.get(pk=row.id).state == "ready"


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
