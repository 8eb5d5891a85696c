"""What is stored of a session opens none: neither the row of the table nor a part of it."""

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client

from openclear.access.accounts.session_store import SessionStore, stored_key
from openclear.access.models import SignIn
from tests.cast import signed_in

pytestmark = pytest.mark.anywhere


def with_cookie(value):
    client = Client()
    client.cookies["sessionid"] = value
    return client


def test_a_stolen_row_is_no_session_and_the_cookie_is():
    rivera = signed_in("rivera")
    key = rivera.cookies["sessionid"].value
    stored = Session.objects.get(session_key=stored_key(key))
    assert SignIn.objects.get(session=stored_key(key)).officer.handle == "rivera"
    for stolen in (stored.session_key, stored.session_key[:32]):
        assert with_cookie(stolen).get("/").status_code == 302
    assert with_cookie(key).get("/").status_code == 200


def test_no_table_holds_the_key_of_a_session():
    key = signed_in("rivera").cookies["sessionid"].value
    tables = [model for model in apps.get_models() if model._meta.app_label not in {"audit", "release"}]
    holding = [
        (model.__name__, column.name)
        for model in tables
        for column in model._meta.concrete_fields
        if column.get_internal_type() in {"CharField", "TextField"}
        and model._base_manager.filter(**{f"{column.name}__contains": key}).exists()
    ]
    assert holding == []


def test_a_session_ends_and_changes_its_key_as_before():
    rivera = signed_in("rivera")
    key = rivera.cookies["sessionid"].value
    store = SessionStore(key)
    assert store.exists(key)
    store["more"] = 1
    store.save()
    store.cycle_key()
    assert (store["more"], store.exists(key), store.exists(store.session_key)) == (1, False, True)
    store.flush()
    assert not Session.objects.filter(session_key__in=[stored_key(key)]).exists()
    rivera = signed_in("rivera")
    key = rivera.cookies["sessionid"].value
    assert rivera.post("/sign-out").status_code == 302
    assert not Session.objects.filter(session_key=stored_key(key)).exists()
    assert with_cookie(key).get("/").status_code == 302


def test_an_order_counts_the_open_sessions():
    from openclear.access.accounts.holdings import Sessions

    before = sum(held.holder == "rivera" for held in Sessions().held())
    signed_in("rivera")
    assert sum(held.holder == "rivera" for held in Sessions().held()) == before + 1
