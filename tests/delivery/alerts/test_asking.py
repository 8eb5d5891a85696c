"""An alert that is asked again and again ends with its ground, and tells nothing after an order."""

import pytest

from openclear.delivery import alerts
from openclear.delivery.alerts import asking
from openclear.delivery.models import Alert, AlertHit
from openclear.records.cases.models import Case
from openclear.vocabulary.actions import Action
from tests.cast import cut_off, grant, lift
from tests.delivery.test_kept import new_incident


@pytest.mark.anywhere
@pytest.mark.parametrize("channel", ["page", "mail"])
def test_an_order_between_the_finding_and_the_telling_of_an_alert_sends_nothing(channel, monkeypatch):
    block, sent = "0999X W BETWEEN ST", []
    watch = alerts.keep_alert(
        grant("ives", Action.INCIDENT_SEARCH), kind="incidents", text=block, channel=channel
    )
    row, real = new_incident(block), asking.ids_found

    def ids_found(key, **named):
        found = real(key, **named)
        cut_off("us.dhs.ice")
        return found

    monkeypatch.setattr(asking, "ids_found", ids_found)
    monkeypatch.setattr(asking.Delivery, "send", lambda *_, **__: sent.append(1))
    try:
        assert alerts.run_alerts() == 0
        assert not sent
        assert not AlertHit.objects.filter(alert=watch.id, found__gt=watch.created).exists()
    finally:
        lift("us.dhs.ice")
        row.delete()
        Alert.objects.filter(pk=watch.id).delete()


def test_an_alert_on_a_case_that_is_closed_ends_and_writes_no_refusal_every_minute():
    from openclear.audit import log
    from openclear.delivery import alerts
    from openclear.delivery.models import Alert

    facts = {
        "kind": "case",
        "title": "T",
        "opened": "2026-01-01",
        "source": "test",
        "owner_agency": "us.doj.fbi",
    }
    case = Case.objects.create(source_id="closing", number="FB-CLOSING", **facts)
    key = grant("frost", Action.PERSON_SEARCH, case="FB-CLOSING")
    watch = alerts.keep_alert(key, kind="people", text="nobody qwerty", channel="page")
    Case.objects.filter(pk=case.pk).update(closed="2026-06-01")
    alerts.run_alerts()
    assert Alert.objects.get(pk=watch.id).state == "ended"
    size = log.state().size
    alerts.run_alerts()
    assert log.state().size == size
    case.delete()
