"""A quota holds for requests at the same moment too: what is counted is created within the same turn."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.cache import cache
from django.db import connections

from openclear.access import gate
from openclear.audit import log
from openclear.delivery import alerts
from openclear.delivery.models import Alert, Export
from openclear.delivery.rules import MOST_ALERTS, MOST_PER_DAY
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from tests.cast import grant, open_case
from tests.delivery.test_kept import ask_export

AT_ONCE = 4


def at_once(act):
    """What `act` said, done by several at the same moment, each from a process's thread of its own."""
    ready = Barrier(AT_ONCE)

    def one(number):
        try:
            ready.wait()
            act(number)
        except NotPossible as refused:
            return str(refused)
        finally:
            connections.close_all()
            log.hang_up()  # the connection of this thread
        return "made"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


@pytest.fixture
def slow_log(monkeypatch):
    """The moment between counting and creating lasts long enough for all of them to count."""
    real = gate.log_act

    def log_act(*given, **named):
        time.sleep(0.1)
        return real(*given, **named)

    monkeypatch.setattr(gate, "log_act", log_act)


@pytest.mark.usefixtures("slow_log")
def test_exports_at_the_same_moment_do_not_exceed_the_quota_of_a_day():
    Export.objects.filter(owner="hale").delete()
    moment = clock.now()
    Export.objects.bulk_create(
        Export(
            owner="hale",
            kind="incidents",
            purpose="p",
            state="ended",
            created=moment,
            expires=moment,
            format="csv",
        )
        for _ in range(MOST_PER_DAY - 1)
    )
    try:
        said = at_once(lambda _: ask_export("hale"))
        assert said.count("made") == 1, said
        assert Export.objects.filter(owner="hale").count() == MOST_PER_DAY
        assert any("that is the limit" in one for one in said)
    finally:
        Export.objects.filter(owner="hale").delete()


@pytest.mark.usefixtures("slow_log")
def test_alerts_at_the_same_moment_do_not_exceed_their_quota():
    Alert.objects.filter(owner="hale").delete()
    moment = clock.now()
    Alert.objects.bulk_create(
        Alert(
            owner="hale",
            kind="incidents",
            purpose="p",
            state="active",
            created=moment,
            expires=moment,
            channel="page",
        )
        for _ in range(MOST_ALERTS - 1)
    )

    def keep(number):
        key = grant("hale", Action.INCIDENT_SEARCH, case=open_case())
        alerts.keep_alert(key, kind="incidents", text=f"0999X W QUOTA {number}", channel="page")

    try:
        said = at_once(keep)
        assert said.count("made") == 1, said
        assert Alert.objects.filter(owner="hale", state="active").count() == MOST_ALERTS
    finally:
        Alert.objects.filter(owner="hale").delete()


def test_failures_at_the_same_moment_lock_at_the_fifth():
    from openclear.access import accounts
    from openclear.access.models import LockedHandle, SignInFailure

    try:
        accounts.note_failure("lund", details={})
        at_once(lambda _: accounts.note_failure("lund", details={}))
        assert SignInFailure.objects.filter(handle="lund").count() == 5
        assert accounts.is_locked("lund")
    finally:
        LockedHandle.objects.all().delete()
        SignInFailure.objects.all().delete()


def test_a_code_works_once_for_two_at_the_same_moment(monkeypatch):
    from types import SimpleNamespace

    from django import forms

    from openclear.web import forms as ours

    real = type(cache).__getattr__

    def slow(self, name):
        found = real(self, name)
        if name != "add":
            return found

        def add(key, value, seconds):
            if cache.has_key(key):
                return False
            time.sleep(0.05)
            cache.set(key, value, seconds)
            return True

        return add

    monkeypatch.setattr(type(cache), "__getattr__", slow)
    monkeypatch.setattr(ours, "note_wrong_code", lambda *_: None)
    form = SimpleNamespace(
        user=SimpleNamespace(handle="rivera"), authenticator=SimpleNamespace(pk=1, type="totp")
    )
    accepted = []

    def enter(_number):
        try:
            accepted.append(ours.unused(form, "123456"))
        except forms.ValidationError as refused:
            raise NotPossible("used") from refused

    monkeypatch.setattr(ours, "context", SimpleNamespace(request=None))
    assert sorted(at_once(enter)) == ["made", *["used"] * (AT_ONCE - 1)]
    assert accepted == ["123456"]
