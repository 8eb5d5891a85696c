"""A notice of an order is read by the partners that keep their access, and never by those whom it is about."""

from datetime import timedelta

from openclear.access import orders
from openclear.access.orders import notices
from openclear.access.registry import commands, moves, ties
from openclear.access.registry.commands import NewAgency, NewOfficer
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from tests.cast import ADMINISTRATION, GROUND, grant, signed_in

CHANGE, CUT, LIFT = Action.REGISTRY_CHANGE, Action.ORDER_CUT_OFF, Action.ORDER_LIFT
UNTIL = clock.today() + timedelta(days=30)


def key(who="novak", action=CHANGE):
    return grant(who, action, ADMINISTRATION)


def agency_with(handle, path):
    commands.register_agencies(key(), agencies=[NewAgency(path, path, "federal")])
    account = NewOfficer(handle, handle, "", ("officer",), ((path, "employer"),), UNTIL)
    commands.register_officers(key(), approval=key("adler"), officers=[account])


def draft(agency, **limits):
    return orders.new_order(agency=agency, legal_basis=GROUND, **limits)


def test_a_notice_reaches_nobody_whom_the_order_would_reach():
    text = "Tied to two agencies."
    order = orders.new_order(agency="us.dhs.ice", legal_basis=GROUND)
    notices.announce(grant("novak", Action.ORDER_CUT_OFF, ADMINISTRATION), order=order, text=text)
    assert text in signed_in("frost").get("/").content.decode()
    for who in ("kerr", "ives"):
        assert text not in signed_in(who).get("/").content.decode()


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
