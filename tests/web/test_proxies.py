"""Behind a TLS proxy: whose word counts for where a request comes from, and what a receipt says of the proxy."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client, override_settings

from openclear.audit import log
from openclear.audit.models import Body
from tests.cast import cut_off, lift, signed_in

pytestmark = pytest.mark.anywhere

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
behind_a_proxy = override_settings(TRUSTED_PROXIES=("192.0.2.1", "192.0.2.2"))


@pytest.mark.parametrize(
    ("caller", "said", "address"),
    [
        ("192.0.2.1", "203.0.113.5", "203.0.113.5"),
        ("192.0.2.2", "10.9.9.9, 203.0.113.5", "203.0.113.5"),
        ("192.0.2.1", "", "192.0.2.1"),
        ("203.0.113.66", "10.9.9.9", "203.0.113.66"),
    ],
)
def test_only_a_trusted_proxy_says_where_a_request_comes_from(caller, said, address):
    with behind_a_proxy:
        size = log.state().size
        answer = signed_in("rivera").get("/", REMOTE_ADDR=caller, HTTP_X_FORWARDED_FOR=said)
    assert answer.status_code == 200
    fields = json.loads(Body.objects.filter(entry__gte=size).order_by("entry").last().fields)
    assert fields["address"]["value"] == address


def test_nobody_says_so_where_no_proxy_is():
    Client().get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="10.9.9.9")
    newest = Body.objects.order_by("entry").last()
    assert "10.9.9.9" not in newest.fields


def test_the_receipt_of_an_order_names_the_proxy_on_page_and_paper():
    with behind_a_proxy:
        receipt = cut_off("us.dhs.ice")
    lift(receipt.order)
    drained = next(item for item in receipt.receipts if item.target == "answers being handed over")
    assert list(drained.outside) == ["proxy 192.0.2.1 192.0.2.2"]
    page = signed_in("novak").get(f"/orders/{receipt.order}").content.decode()
    assert "through the proxy 192.0.2.1 192.0.2.2: it may still hold what it has acknowledged" in page
    spanish = signed_in("novak").get(f"/orders/{receipt.order}", HTTP_ACCEPT_LANGUAGE="es").content.decode()
    assert "pasan por el proxy 192.0.2.1 192.0.2.2" in spanish


def test_without_a_proxy_the_receipt_names_none():
    receipt = cut_off("us.dhs.ice")
    lift(receipt.order)
    assert all(not item.outside for item in receipt.receipts)


def test_no_connection_to_the_site_is_shared_by_two_visitors():
    shipped = re.search(r"```haproxy\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)[1]
    assert re.search(r"^backend openclear\n(    .*\n)*?    http-reuse never\n", shipped, re.MULTILINE)
