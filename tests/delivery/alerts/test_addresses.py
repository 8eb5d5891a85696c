"""Webhook addresses: one spelling, compared with what the operator allowed, whatever was typed."""

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from openclear.delivery import alerts
from openclear.delivery.alerts.addresses import check_target, target_of
from openclear.delivery.models import Alert
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import WrongUsage
from tests.cast import CRIME, grant, signed_in
from tests.delivery.test_kept import new_incident

pytestmark = pytest.mark.anywhere

ALLOWED = ["https://hooks.example/openclear", "http://127.0.0.1:9000/in", "http://[::1]:9000", "http://[::1"]


@pytest.mark.parametrize(
    ("typed", "called"),
    [
        ("https://hooks.example/openclear", "https://hooks.example/openclear"),
        ("HTTPS://Hooks.Example.:443/openclear/a", "https://hooks.example/openclear/a"),
        ("https://hooks.example/x/../openclear/a/./b", "https://hooks.example/openclear/a/b"),
        ("https://hooks.example/%6fpenclear/a%20b?token=1%2F2", "https://hooks.example/openclear/a%20b?token=1%2F2"),
        ("http://127.0.0.1:9000/in/x", "http://127.0.0.1:9000/in/x"),
        ("http://[::1]:9000/any", "http://[::1]:9000/any"),
    ],
)  # fmt: skip
def test_what_is_allowed_is_called_in_one_spelling(typed, called):
    assert check_target(typed, ALLOWED) == called
    assert check_target(called, ALLOWED) == called


@pytest.mark.parametrize(
    "typed",
    [
        "https://hooks.example/openclear/../admin",
        "https://hooks.example/openclear/%2e%2e/admin",
        "https://hooks.example/openclear/%2E./admin",
        "https://hooks.example/openclear/..;/admin",
        "https://hooks.example/openclear/..%2fadmin",
        "https://hooks.example/openclear/%252e%252e/admin",
        "https://hooks.example/openclear/..\\admin",
        "https://hooks.example/openclear-admin",
        "https://hooks.example:8443/openclear",
        "https://hooks.example@evil.example/openclear",
        "https://hooks.example/openclear#/a",
        "https://hooks.example/openclear\r\nHost: evil.example",
        "https://hooks.exampl\u0435/openclear",
        "http://hooks.example/openclear",
        "http://[::1",
        "http://[::1]:99999/",
        "http://127.0.0.1:nine/in",
        "//hooks.example/openclear",
        "",
    ],
)
def test_what_leads_elsewhere_or_could_be_read_in_two_ways_is_not(typed):
    with pytest.raises(WrongUsage, match="operator has allowed"):
        check_target(typed, ALLOWED)


@given(
    st.lists(
        st.sampled_from(["..", ".", "%2e%2e", "%2E.", "openclear", "a", "%2f", "", "..;", "%25"]), max_size=8
    )
)
def test_no_way_of_writing_it_leads_out_of_the_path(parts):
    try:
        called = check_target("https://hooks.example/openclear/" + "/".join(parts), ALLOWED)
    except WrongUsage:
        return
    assert called == "https://hooks.example/openclear" or called.startswith(
        "https://hooks.example/openclear/"
    )
    assert not {"..", "."} & set(called.split("/"))
    assert str(target_of(called)) == called


@pytest.mark.parametrize("address", ["http://[::1", "http://127.0.0.1:9000/in/../admin"])
def test_the_page_says_so_in_a_sentence(address, monkeypatch):
    monkeypatch.setattr(settings, "WEBHOOK_TARGETS", ALLOWED)
    asked = {"kind": "incidents", "q": "0999X", "purpose": CRIME, "channel": "webhook", "address": address}
    answer = signed_in("rivera").post("/saved/alerts", asked)
    assert answer.status_code == 400
    assert "operator has allowed" in answer.content.decode()


def test_an_address_that_is_allowed_no_more_is_called_no_more(monkeypatch):
    monkeypatch.setattr(settings, "WEBHOOK_TARGETS", ALLOWED)
    block = "0999X W NOMORE ST"
    key = grant("tran", Action.INCIDENT_SEARCH)
    alert = alerts.keep_alert(
        key, kind="incidents", text=block, channel="webhook", address="http://127.0.0.1:9000/in"
    )
    monkeypatch.setattr(settings, "WEBHOOK_TARGETS", [])
    row = new_incident(block)
    try:
        assert alerts.run_alerts() == 0
        assert Alert.objects.get(pk=alert.id).state == "ended"
    finally:
        row.delete()
        Alert.objects.filter(pk=alert.id).delete()
