"""Signing in: passwords, second factors, five failures, sessions that end, a fresh proof before what matters."""

import re
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal import auth
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client

from openclear.access.accounts.session_store import stored_key
from openclear.vocabulary import clock
from openclear.web import sessions
from tests.cast import signed_in, token

PASSWORD = "seven-quiet-lakes"
WRONG = "Handle and password do not match"


@pytest.fixture(autouse=True)
def _nobody_is_locked():
    from openclear.access.models import LockedHandle, SignInFailure

    yield
    LockedHandle.objects.all().delete()
    SignInFailure.objects.all().delete()


@pytest.fixture
def rivera():
    """Rivera with a password; afterwards as she was."""
    with a_password("rivera"):
        yield "rivera"


@contextmanager
def a_password(handle):
    from openclear.access.models import Token

    Token.objects.filter(officer__handle=handle).delete()  # nobody may have more than twenty
    account = get_user_model().objects.get(handle=handle)
    account.set_password(PASSWORD)
    account.save()
    try:
        yield
    finally:
        account.authenticator_set.all().delete()
        account.set_unusable_password()
        account.save()
        token.cache_clear()  # a new password may have ended it


def enter(handle="rivera", password=PASSWORD, client=None, **more):
    client = client or Client()
    form = {"login": handle, "password": password, "acknowledged": "on"} | more
    return client, client.post("/sign-in", {name: value for name, value in form.items() if value})


def code_of(secret, steps=0):
    counter = int(time.time()) // 30 + steps
    return auth.format_hotp_value(auth.hotp_value(secret, counter))


def add_authenticator(client):
    client.post("/account/again", {"password": PASSWORD})
    page = client.get("/account/authenticator/activate/").content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="(\w+)"', page)[1]
    assert client.post("/account/authenticator/activate/", {"code": code_of(secret)}).status_code == 302
    return secret


def bodies_of(handle, since=0):
    from openclear.audit.models import Body

    rows = Body.objects.using("audit").filter(officer=handle, entry__gte=since)
    return [row.fields for row in rows.order_by("-entry")[:10]]


def test_rivera_signs_in_with_her_password_and_the_log_says_so(rivera):
    client, response = enter(rivera)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.get("/").status_code == 200
    assert "signed in by password" in bodies_of(rivera)[1]


def test_nobody_signs_in_without_acknowledging_the_notice(rivera):
    client, response = enter(rivera, acknowledged="")
    assert response.status_code == 403
    assert "Confirm that you have read the notice." in response.content.decode()
    assert client.get("/").status_code == 302


def test_the_sign_in_page_begins_no_session():
    assert "sessionid" not in Client().get("/sign-in").cookies


@pytest.mark.parametrize(
    "password",
    ["short-one", "passwordpassword", "chicago-2026", "officer-rivera-1", "123456789012", "elena rivera"],
)
def test_weak_passwords_are_turned_down_with_a_reason(password):
    with a_password("rivera"):
        pass
    client = signed_in("rivera")
    response = client.post("/account/first-password", {"password1": password, "password2": password})
    assert response.status_code == 200
    assert "usa-error-message" in response.content.decode()
    assert not get_user_model().objects.get(handle="rivera").has_usable_password()


def test_five_failures_lock_until_an_administrator_releases(rivera, monkeypatch):
    for _ in range(5):
        assert WRONG in enter(rivera, "wrong-password")[1].content.decode()
    assert enter(rivera)[1].status_code == 403
    later = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert enter(rivera)[1].status_code == 403, "time alone releases nobody"
    monkeypatch.undo()
    novak = signed_in("novak")
    assert "rivera" in novak.get("/officers").content.decode().split("</section>")[0]
    assert novak.post("/officers/release", {"handle": "rivera"}).status_code == 303
    assert enter(rivera)[1].status_code == 302


def test_four_failures_and_then_the_right_password_begin_anew(rivera):
    for _ in range(2):
        for _ in range(4):
            enter(rivera, "wrong-password")
        assert enter(rivera)[1].status_code == 302


def test_old_failures_do_not_count(rivera, monkeypatch):
    for minutes in range(0, 50, 10):
        moment = clock.now() + timedelta(minutes=minutes)
        with monkeypatch.context() as patch:
            patch.setattr(clock, "now", lambda moment=moment: moment)
            enter(rivera, "wrong-password")
    assert enter(rivera)[1].status_code == 302


def test_nobody_learns_which_handles_exist(rivera):
    told = {}
    for handle in (rivera, "nobody-at-all"):
        answers = [enter(handle, "wrong-password")[1] for _ in range(7)]
        pages = [
            re.sub(r'(id="id_login".*?value=")[^"]*', r"\1", answer.content.decode()) for answer in answers
        ]
        told[handle] = [
            (answer.status_code, _message(page), len(page))
            for answer, page in zip(answers, pages, strict=True)
        ]
    assert told[rivera] == told["nobody-at-all"]


def _message(page):
    return re.findall(r'<p class="problem">(.*?)</p>', page)


def test_an_officer_may_not_release_accounts(rivera):
    for _ in range(5):
        enter(rivera, "wrong-password")
    assert signed_in("frost").post("/officers/release", {"handle": "rivera"}).status_code == 403
    assert enter(rivera)[1].status_code == 403


def test_with_an_authenticator_the_password_alone_is_not_enough(rivera):
    client, _ = enter(rivera)
    secret = add_authenticator(client)
    client, response = enter(rivera)
    assert response.headers["Location"] == "/account/second-factor"
    assert client.get("/").status_code == 302
    assert client.post("/account/second-factor", {"code": "000000"}).status_code == 200
    answer = client.post("/account/second-factor", {"code": code_of(secret, 1)})
    assert (answer.status_code, client.get("/").status_code) == (302, 200)
    again, _ = enter(rivera)
    again.post("/account/second-factor", {"code": code_of(secret, 1)})
    assert again.get("/").status_code == 302, "a code works once"


def test_wrong_codes_lock_like_wrong_passwords(rivera):
    client, _ = enter(rivera)
    secret = add_authenticator(client)
    client, _ = enter(rivera)
    for _ in range(5):
        client.post("/account/second-factor", {"code": "000000"})
    client.post("/account/second-factor", {"code": code_of(secret, 1)})
    assert client.get("/").status_code == 302
    assert enter(rivera)[1].status_code == 403


def test_secrets_of_authenticators_are_not_in_the_database(rivera):
    client, _ = enter(rivera)
    secret = add_authenticator(client)
    stored = get_user_model().objects.get(handle=rivera).authenticator_set.get(type="totp").data
    assert secret not in str(stored)


def test_recovery_codes_are_shown_once_and_work_once(rivera):
    client, _ = enter(rivera)
    add_authenticator(client)
    client.post("/account/recovery-codes/generate/")
    page = client.get("/account/recovery-codes/").content.decode()
    codes = re.findall(r"\b\d{8}\b", page)
    assert len(codes) == 10
    for expected in (200, 302):
        client, _ = enter(rivera)
        client.post("/account/second-factor", {"code": codes[0]})
        assert client.get("/").status_code == expected


def test_a_new_password_ends_the_other_sessions(rivera):
    here, _ = enter(rivera)
    there, _ = enter(rivera)
    form = {"oldpassword": PASSWORD, "password1": "nine-loud-rivers", "password2": "nine-loud-rivers"}
    assert here.post("/account/password", form).status_code == 302
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)
    assert any("password changed" in body for body in bodies_of(rivera))


def test_a_sign_in_half_done_before_a_new_password_is_not_finished_after_it(rivera):
    here, _ = enter(rivera)
    secret = add_authenticator(here)
    half, answer = enter(rivera)
    assert answer.headers["Location"] == "/account/second-factor"
    form = {"oldpassword": PASSWORD, "password1": "nine-loud-rivers", "password2": "nine-loud-rivers"}
    assert here.post("/account/password", form).status_code == 302
    answer = half.post("/account/second-factor", {"code": code_of(secret, 1)})
    assert answer.headers["Location"] == "/sign-in"
    assert half.get("/").status_code == 302
    assert here.get("/").status_code == 200


def test_a_password_that_is_changed_while_a_session_begins_ends_it(rivera, monkeypatch):
    real = sessions.begin

    def begin(request, user, method):
        real(request, user, method)
        other = get_user_model().objects.get(handle=rivera)
        other.set_password("nine-loud-rivers")
        other.save()

    monkeypatch.setattr(sessions, "begin", begin)
    client, answer = enter(rivera)
    assert answer.headers["Location"] == "/sign-in"
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "/"), ("get", "/search"), ("get", "/cases"), ("post", "/account/tokens/create")],
)
def test_a_password_that_anything_else_changed_ends_every_session(rivera, method, path):
    client, _ = enter(rivera)
    account = get_user_model().objects.get(handle=rivera)
    account.set_password("nine-loud-rivers")
    account.save()
    answer = getattr(client, method)(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in")
    assert answer.headers["OpenCLEAR-Receipt"]


@pytest.mark.parametrize("end", [True, False])
def test_whoever_changes_the_password_is_asked_about_tokens_and_told_what_was_done(rivera, end):
    from openclear.access.accounts import tokens
    from openclear.access.gate.credentials import officer_of_token
    from openclear.audit import log
    from openclear.vocabulary.actions import Action
    from openclear.vocabulary.purposes import Purpose
    from tests.cast import grant

    began = log.state().size  # her other changes of passwords were before
    own = tokens.create_own_token(grant(rivera, Action.TOKEN_OWN, Purpose.OWN_ACCOUNT), name="a program")
    here, _ = enter(rivera)
    assert "End my tokens for programs too" in here.get("/account/password").content.decode()
    form = {"oldpassword": PASSWORD, "password1": "nine-loud-rivers", "password2": "nine-loud-rivers"}
    here.post("/account/password", form | ({"end_tokens": "on"} if end else {}))
    told = here.get("/account/").content.decode()
    assert ("Tokens ended with it:" if end else "Tokens that are still valid:") in told
    assert "Your password is changed" not in here.get("/account/").content.decode()
    assert officer_of_token(own) == (None if end else rivera)
    assert any("tokens ended with the password" in body for body in bodies_of(rivera, began)) == end


@pytest.mark.parametrize(
    ("idle", "began", "status"), [(29, 29, 200), (31, 31, 302), (1, 719, 200), (1, 721, 302)]
)
def test_sessions_end_after_30_minutes_idle_and_after_12_hours(idle, began, status):
    client = signed_in("hale")
    session = client.session
    session[sessions.SEEN] = time.time() - 60 * idle
    session[sessions.BEGAN] = time.time() - 60 * began
    session.save()
    assert client.get("/").status_code == status
    assert Session.objects.filter(session_key=stored_key(session.session_key)).exists() == (status == 200)


def test_a_session_is_written_at_most_once_a_minute():
    client = signed_in("hale")
    before = Session.objects.get(session_key=stored_key(client.session.session_key)).session_data
    client.get("/cases")
    assert Session.objects.get(session_key=stored_key(client.session.session_key)).session_data == before


def test_what_matters_needs_a_fresh_proof_and_loses_nothing_typed():
    client = signed_in("novak")
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 601
    session.save()
    form = {"agency": "us.dhs.cbp", "ground": "a ground typed with care", "review_on": "2027-01-01"}
    waiting = client.post("/orders/propose", form)
    assert waiting.headers["Location"].startswith("/confirm?")
    done = client.post(waiting.headers["Location"], {"next": "/orders/propose"})
    assert done.status_code == 303
    page = client.get(done.headers["Location"]).content.decode()
    assert "a ground typed with care" in page
    assert client.post(done.headers["Location"] + "/withdraw").status_code == 303


def test_a_stale_session_approves_nothing():
    number = (
        signed_in("novak")
        .post("/orders/propose", {"agency": "us.dhs.cbp", "ground": "x"})
        .headers["Location"]
    )
    adler = signed_in("adler")
    session = adler.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 601
    session.save()
    assert adler.post(f"{number}/approve").status_code == 302
    assert "us.dhs.cbp" not in [row.agency for row in _standing()]
    signed_in("adler").post(f"{number}/withdraw")


def _standing():
    from openclear.access.orders.queries import standing_orders

    return standing_orders()


def test_a_demonstration_name_begins_no_session_for_a_machine_or_a_stranger():
    for officer in ("importer", "nobody", ""):
        assert Client().post("/sign-in", {"officer": officer}).status_code == 403


def test_everything_about_the_account_is_in_the_log(rivera):
    client, _ = enter(rivera)
    add_authenticator(client)
    client.post("/sign-out")
    told = " ".join(bodies_of(rivera))
    assert all(words in told for words in ("signed in by password", "authenticator app added", "signed out"))


def test_a_password_alone_replaces_no_second_factor(rivera):
    client, _ = enter(rivera)
    secret = add_authenticator(client)
    client, _ = enter(rivera)
    client.post("/account/second-factor", {"code": code_of(secret, 1)})
    client.post("/account/again", {"password": PASSWORD})
    client.post("/account/authenticator/deactivate/")
    assert get_user_model().objects.get(handle=rivera).authenticator_set.filter(type="totp").exists()


def test_a_token_begins_no_session_for_whoever_has_a_second_factor():
    from allauth.mfa.models import Authenticator

    account = get_user_model().objects.get(handle="soto")
    key = Authenticator.objects.create(user=account, type="webauthn", data={})
    try:
        assert Client().post("/sign-in", {"token": token("soto")}).status_code == 403
    finally:
        key.delete()
    assert Client().post("/sign-in", {"token": token("soto")}).status_code == 302


def test_no_code_works_twice_while_a_clock_may_be_off(rivera, monkeypatch):
    client, _ = enter(rivera)
    secret = add_authenticator(client)
    code, now = code_of(secret, 1), time.time()
    client, _ = enter(rivera)
    assert client.post("/account/second-factor", {"code": code}).status_code == 302
    for later in (20, 35, 50):
        monkeypatch.setattr(time, "time", lambda later=later: now + later)
        again, _ = enter(rivera)
        again.post("/account/second-factor", {"code": code})
        assert again.get("/").status_code == 302, later


def test_guesses_at_the_old_password_lock_too(rivera):
    client, _ = enter(rivera)
    for _ in range(5):
        form = {"oldpassword": "guess", "password1": "nine-loud-rivers", "password2": "nine-loud-rivers"}
        client.post("/account/password", form)
    assert enter(rivera)[1].status_code == 403


def test_a_session_that_changed_its_password_is_still_found(rivera):
    from openclear.access.accounts.holdings import Sessions

    here, _ = enter(rivera)
    form = {"oldpassword": PASSWORD, "password1": "nine-loud-rivers", "password2": "nine-loud-rivers"}
    before = [held.holder for held in Sessions().held()].count("rivera")
    here.post("/account/password", form)
    assert [held.holder for held in Sessions().held()].count("rivera") == 1 <= before
    there, _ = enter(rivera, "nine-loud-rivers")
    there.post(
        "/account/password",
        form | {"oldpassword": "nine-loud-rivers", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert (here.get("/").status_code, there.get("/").status_code) == (302, 200)


def test_handles_that_nobody_has_fill_no_desk(rivera):
    from openclear.access.models import LockedHandle

    moment = clock.now()
    LockedHandle.objects.bulk_create([LockedHandle(handle=f"{n:0150d}", since=moment) for n in range(3000)])
    for _ in range(5):
        enter(rivera, "wrong-password")
    page = signed_in("novak").get("/officers")
    assert page.status_code == 200
    assert "rivera" in page.content.decode().split("</section>")[0]


def test_the_way_back_when_the_keepers_are_locked(capsys):
    from openclear.cli.main import main

    for _ in range(5):
        enter("novak", "wrong-password")
    assert main(["release", "novak", "--by", "adler"], lambda: None) == 0
    assert main(["release", "novak", "--by", "rivera"], lambda: None) == 1
    assert main(["release", "novak", "--by", "adler"], lambda: None) == 1
    assert "is released" in capsys.readouterr().out


def test_a_session_does_not_outlive_the_browser(rivera):
    for client in (signed_in("hale"), enter(rivera)[0]):
        assert client.cookies["sessionid"]["expires"] == ""
        assert client.cookies["sessionid"]["max-age"] == ""
