"""What touches an order that is proposed or in force takes a second keeper."""

import pytest

from openclear.access import orders
from openclear.access.approvals import engine
from openclear.access.errors import Refused
from openclear.access.models import Proposal
from openclear.access.orders.proposed import cut_off_draft
from openclear.access.registry import ties
from openclear.vocabulary.actions import Action
from openclear.vocabulary.purposes import Purpose
from tests.cast import ADMINISTRATION, GROUND, cut_off, grant, lift

CHANGE, CUT, LIFT = Action.REGISTRY_CHANGE, Action.ORDER_CUT_OFF, Action.ORDER_LIFT


def key(who="novak", action=CHANGE):
    return grant(who, action, ADMINISTRATION)


def both(action):
    return {"grant": key("novak", action), "approval": key("adler", action)}


def draft(agency, **limits):
    return orders.new_order(agency=agency, legal_basis=GROUND, **limits)


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
