"""What a receipt counts is what was ended: also what an answer under way made, and what could not be ended."""

from datetime import timedelta

import pytest

from openclear.access import gate
from openclear.access.orders import receipts
from openclear.delivery import links
from openclear.delivery.models import Link
from openclear.records.incidents.models import Incident
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from tests.cast import CRIME, cut_off, grant, lift

pytestmark = pytest.mark.anywhere


def test_what_an_answer_under_way_made_is_ended_before_the_receipt(monkeypatch):
    real, record, late = receipts._Proof.drained, Incident.objects.first().id, []

    def drained(*of):
        told = real(*of)
        moment = clock.now()
        late.append(
            Link.objects.create(
                owner="ives",
                kind="incidents",
                record=record,
                purpose=CRIME,
                case="",
                state="active",
                created=moment,
                expires=moment + timedelta(days=1),
            )
        )
        return told

    monkeypatch.setattr(receipts._Proof, "drained", drained)
    receipt = cut_off("us.dhs.ice")
    lift(receipt.order)
    assert Link.objects.get(pk=late[0].pk).state == "ended"
    state, after = next((item.state, item.after) for item in receipt.receipts if item.target == "links")
    assert (state, after) == ("verified", 0)


def test_a_receipt_says_failed_where_what_was_to_end_is_still_there(monkeypatch):
    key = grant("ives", Action.INCIDENT_VIEW)
    link = links.give_link(key, kind="incidents", record=Incident.objects.first().id)
    kept = next(reach for reach in receipts.ports.reach if reach.target == "links")
    monkeypatch.setattr(kept, "end", lambda held: None)
    receipt = cut_off("us.dhs.ice")
    monkeypatch.undo()
    lift(receipt.order)
    told = next(item for item in receipt.receipts if item.target == "links")
    assert (told.state, told.after >= 1) == ("failed", True)
    assert Link.objects.get(pk=link.id).state == "ended"  # the lifting ends it


def test_an_order_waits_for_the_answer_that_is_being_handed_over_or_says_so(monkeypatch):
    from django.http import HttpResponse

    from openclear.access import barrier

    monkeypatch.setattr(barrier.hold, "ORDER_SECONDS", 0.2)
    answer = gate.open_for("ives", Action.DESK_OPEN, purpose=CRIME).release(HttpResponse("x"))
    receipt = cut_off("us.dhs.ice")
    answer.close()
    lift(receipt.order)
    drained = next(item for item in receipt.receipts if item.target == "answers being handed over")
    assert (drained.state, drained.after) == ("failed", 1)
    receipt = cut_off("us.dhs.ice")
    lift(receipt.order)
    drained = next(item for item in receipt.receipts if item.target == "answers being handed over")
    assert (drained.state, drained.after) == ("verified", 0)
