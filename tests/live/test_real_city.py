"""A real city, where naming people is not enough: the first token, a password, a second factor, and then the desk."""

import json
import re
import sqlite3
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import pytest
from allauth.mfa.totp.internal import auth

from openclear.audit.proof.canonical import encode
from tests.live.city import City

pytestmark = pytest.mark.live
PASSWORD = "seven-quiet-lakes"


class Browser:
    """A person's browser without a screen: cookies, forms, redirects."""

    def __init__(self, city) -> None:
        self.base = f"http://127.0.0.1:{city.port}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.page, self.address, self.status = "", "", 0

    def open(self, path, form=None):
        if form is not None:
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page)[1]
            form = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": token}).encode()
        try:
            with self.opener.open(self.base + path, form, timeout=30) as answer:
                self.page, self.address, self.status = answer.read().decode(), answer.url, answer.status
        except urllib.error.HTTPError as error:
            self.page, self.address, self.status = error.read().decode(), error.url, error.code
        return self


@pytest.fixture
def city(tmp_path):
    made = City(tmp_path / "city")
    told = made.run("init", "--administrator", "novak=Irena Novak", "--approver", "adler=Ruth Adler")
    made.tokens = dict(line.split() for line in told.splitlines())
    made.start()
    yield made
    made.stop()


def test_a_token_begins_one_session_that_leads_to_a_password_and_a_second_factor(city):
    novak = Browser(city).open("/sign-in")
    assert "Irena Novak" not in novak.page, "a real city shows nobody's name"
    assert novak.open("/sign-in", {"officer": "novak"}).status == 403
    assert novak.open("/sign-in", {"token": city.tokens["importer"]}).status == 403, (
        "a machine has no sessions"
    )
    novak.open("/sign-in", {"token": city.tokens["novak"]})
    assert novak.address.endswith("/account/")
    for path in ("/orders", "/", "/account/tokens", "/log"):
        assert novak.open(path).address.endswith("/account/"), path
    novak.open("/account/first-password")
    novak.open("/account/first-password", {"password1": PASSWORD, "password2": PASSWORD})
    assert novak.open("/orders").address.endswith("/account/"), "a password alone opens nothing"
    novak.open("/account/authenticator/activate/")
    novak.open("/account/again", {"password": PASSWORD, "next": "/account/authenticator/activate/"})
    secret = re.search(r'id="authenticator_secret"[^>]*value="(\w+)"', novak.page)[1]
    novak.open("/account/authenticator/activate/", {"code": _code(secret, 0)})
    assert novak.open("/orders").status == 200
    assert "Cut-off orders" in novak.page

    thief = Browser(city).open("/sign-in")
    assert thief.open("/sign-in", {"token": city.tokens["novak"]}).status == 403, (
        "the token is spent for sessions"
    )

    again = Browser(city).open("/sign-in")
    again.open("/sign-in", {"login": "novak", "password": PASSWORD, "acknowledged": "on"})
    assert again.address.endswith("/account/second-factor")
    again.open("/account/second-factor", {"code": _code(secret, 1)})
    assert again.address.endswith("/orders")
    told = again.open("/searches").page
    assert "signed in by password and mfa" in told


def _code(secret, steps):
    return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30 + steps))


def test_nobody_signs_in_by_name_into_a_real_city_whose_entry_0_was_changed(tmp_path):
    city = City(tmp_path / "other")
    city.run("init", "--administrator", "novak=Nora Novak", "--approver", "adler=Ada Adler")
    [path] = (tmp_path / "other" / "log").glob("*.sqlite3")
    with sqlite3.connect(path) as database:
        [(data,)] = database.execute('select header from audit_entry where "index" = 0')
        header = json.loads(data)
        changed = encode(header | {"genesis": header["genesis"] | {"demo": True}})
        database.execute('update audit_entry set header = ? where "index" = 0', (changed,))
    database.close()
    city.run("cases", "--by", "novak", code=2)
    city.run("serve", "--port", str(city.port), code=1)
    city.stop()
