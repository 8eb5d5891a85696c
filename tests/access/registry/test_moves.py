"""Agencies move, split and get another name; what touches an order takes two people, and nothing becomes the city's own."""

import pytest

from openclear.access.errors import Refused
from openclear.access.registry import moves
from openclear.access.registry.commands import NewAgency
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from tests.cast import ADMINISTRATION, cut_off, grant, lift

CHANGE, CUT, LIFT = Action.REGISTRY_CHANGE, Action.ORDER_CUT_OFF, Action.ORDER_LIFT


def key(who="novak", action=CHANGE):
    return grant(who, action, ADMINISTRATION)


@pytest.mark.parametrize("to", ["il.chicago.pd.planted", "il.chicago.oig.planted", "il.chicago.planted"])
def test_no_agency_from_outside_becomes_the_citys_own(to):
    with pytest.raises(NotPossible, match="not one of the city's agencies"):
        moves.move_agency(key(), agency="us.dhs.uscis", to=to)
    new = NewAgency(to, "Planted", "city")
    with pytest.raises(NotPossible, match="not one of the city's agencies"):
        moves.split_agency(key(), agency="us.dhs.uscis", new=new, people=[])


def test_an_agency_under_an_order_gets_another_name_by_two():
    receipt = cut_off("us.dhs.uscis")
    with pytest.raises(Refused, match="takes a second person"):
        moves.rename_agency(key(), agency="us.dhs.uscis", name="Park District")
    lift(receipt.order)
