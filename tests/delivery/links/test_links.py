"""A link opens while its giver may open the record, and for a week."""

from datetime import timedelta

import pytest

from openclear.delivery import links
from openclear.delivery.errors import Gone
from openclear.delivery.models import Link
from openclear.records.incidents.models import Incident
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from tests.cast import cut_off, grant, lift

pytestmark = pytest.mark.anywhere


def test_a_link_is_shut_while_its_giver_may_not_open_the_record():
    viewing = grant("ives", Action.INCIDENT_VIEW)
    link = links.give_link(viewing, kind="incidents", record=Incident.objects.first().id)
    assert links.follow_link(grant("rivera", Action.DESK_OPEN), link=link.id)
    cut_off("us.dhs.ice")
    try:
        Link.objects.filter(pk=link.id).update(state="active")  # as if the order had not seen it
        with pytest.raises(Gone):
            links.follow_link(grant("rivera", Action.DESK_OPEN), link=link.id)
    finally:
        lift("us.dhs.ice")
        Link.objects.filter(pk=link.id).update(state="ended")


def test_a_link_is_good_for_a_week():
    link = links.give_link(
        grant("soto", Action.INCIDENT_VIEW), kind="incidents", record=Incident.objects.first().id
    )
    row = Link.objects.get(pk=link.id)
    assert row.expires - row.created == timedelta(days=7)
    Link.objects.filter(pk=link.id).update(expires=clock.now())
    with pytest.raises(Gone):
        links.follow_link(grant("rivera", Action.DESK_OPEN), link=link.id)
