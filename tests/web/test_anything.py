"""What nobody thought of: the whole API from its own description, every form with any text. No 500, no missing stamp."""

from contextlib import closing
from functools import cache

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import load_all_checks

from openclear.vocabulary.purposes import Purpose
from tests.cast import CRIME, cut_off, lift, open_case, signed_in, token
from tests.web.test_pages import answer_of

load_all_checks()
HOST = {"Host": "testserver"}
application = get_wsgi_application()


def site(environ, start_response):
    """The site as a server runs it: what was read is closed (PEP 3333). The client below does not."""
    with closing(application(environ, start_response)) as answer:
        return [b"".join(answer)]


def described(*, every_combination):
    """The description that the API gives of itself; each part of it with any text, and with all that is nearly allowed."""
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", site, headers=HOST, base_url="http://testserver/"
    )
    schema.config.phases.coverage.enabled = every_combination
    return schema


description, sampled = described(every_combination=True), described(every_combination=False)
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]
CHECKS = schemathesis.checks.CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    ]
)


def answers(case, who):
    response = case.call(headers={"Authorization": f"Bearer {token(who)}", **HOST})
    case.validate_response(response, checks=CHECKS)
    assert response.headers.get("openclear-receipt"), (case.path, response.status_code)


@pytest.mark.parametrize("who", ["rivera"])
@description.parametrize()
@settings(max_examples=12, suppress_health_check=QUIET)
def test_the_api_answers_whatever_its_description_allows(case, who):
    answers(case, who)


# What is made of any text is the same for everyone; what is shown is not.
@pytest.mark.anywhere
@pytest.mark.parametrize("who", ["frost", "chen", "okafor"])
@sampled.parametrize()
@settings(max_examples=6, suppress_health_check=QUIET)
def test_the_api_answers_others_whatever_its_description_allows(case, who):
    answers(case, who)


TEXT = st.text(max_size=60)
FORMS = {
    "/search": ("q", "kind", "purpose", "case", "page", "born_from", "sex", "since", "district", "beat", "iucr",
                "arrest_made", "plate_state", "make", "color", "stolen"),
    "/cases": ("q",),
    "/searches": ("before",),
    "/log": ("before",),
    "/orders/new": ("agency", "ground", "scope", "purposes", "review_on"),
    "/officers": ("q",),
}  # fmt: skip
POSTS = {
    "/orders/propose": ("agency", "ground", "scope", "purposes", "review_on", "tie-brandt"),
    "/agencies/add": ("path", "name", "kind"),
    "/agencies/us.doj.fbi/affiliate": ("officer", "kind"),
    "/agencies/us.doj.fbi/end": ("officer",),
    "/agencies/us.doj.fbi/place": ("kind", "to", "reason"),
    "/cases/00000000-0000-0000-0000-000000000000/share": ("what", "agency"),
    "/stops/start": ("kind", "place", "plate"),
    "/stops/plate": ("number", "plate"),
    "/stops/people": ("number", "name", "born"),
    "/stops/end": ("number", "outcome"),
    "/officers/patrol": ("handle", "on"),
    "/officers/certify": ("handle", "reason"),
    "/officers/disable": ("handle", "reason"),
    "/officers/reinstate": ("handle", "reason"),
    "/officers/release": ("handle",),
    "/account/tokens/create": ("name",),
    "/orders/2019-001/lift": ("ground",),
    "/orders/proposals/7/approve": ("x", "seen"),
}
OPEN_POSTS = {
    "/sign-in": ("login", "password", "acknowledged", "officer", "token", "next"),
    "/account/first-password": ("password1", "password2"),
    "/account/password": ("oldpassword", "password1", "password2"),
    "/account/again": ("password", "next"),
    "/account/authenticator/activate/": ("code",),
    "/account/passkeys/add/": ("name", "credential"),
    "/account/passkeys/login/": ("credential",),
    "/account/second-factor": ("code",),
    "/language": ("language", "next"),
    "/confirm": ("next",),
}
LIKELY = st.one_of(
    TEXT,
    st.sampled_from(
        [*Purpose, "us.dhs.ice", "2026-02-30", "-1", "9" * 40, "people", "{}", "[]", "null", "\x00", "\ud800"]
    ),
)


def filled(names):
    return st.dictionaries(st.sampled_from(names), LIKELY, max_size=len(names))


@pytest.fixture
def at_the_desk():
    """A client for each who is named, signed in once in each story: another one may change their password."""
    return cache(signed_in)


def sendable(form):
    return {name: value.encode(errors="replace").decode() for name, value in form.items()}


@pytest.mark.parametrize("path", FORMS)
@settings(max_examples=20, suppress_health_check=QUIET)
@given(data=st.data())
def test_every_form_that_asks_is_answered_under_a_stamp(path, at_the_desk, data):
    form = sendable(data.draw(filled(FORMS[path])))
    for who in ("rivera", "novak"):
        response = at_the_desk(who).get(path, form)
        assert response.status_code in {200, 400, 403, 404}, (who, form)
        assert response.headers["OpenCLEAR-Receipt"]


@pytest.mark.parametrize("path", POSTS)
@settings(max_examples=12, suppress_health_check=QUIET)
@given(data=st.data())
def test_every_form_that_acts_is_answered_under_a_stamp(path, at_the_desk, data):
    form = sendable(data.draw(filled(POSTS[path])))
    for who in ("rivera", "novak"):
        response = at_the_desk(who).post(path, form)
        assert response.status_code in {200, 302, 303, 400, 403, 404}, (who, form)
        assert response.headers["OpenCLEAR-Receipt"]


@pytest.mark.parametrize("path", OPEN_POSTS)
@settings(max_examples=12, suppress_health_check=QUIET)
@given(data=st.data())
def test_every_form_of_the_account_takes_any_text(path, data):
    form = sendable(data.draw(filled(OPEN_POSTS[path])))
    assert signed_in("lund").post(path, form).status_code < 500, form


@settings(max_examples=40, suppress_health_check=QUIET)
@given(text=TEXT, kind=st.sampled_from(["", "people", "incidents", "arrests", "vehicles"]))
def test_a_cut_agency_gets_one_page_whatever_it_asks(cut, text, kind):
    asked = {"q": text, "kind": kind, "purpose": CRIME, "case": cut["case"]}
    response = cut["ives"].get("/search", sendable(asked))
    assert response.status_code == 403
    assert answer_of(response) == cut["page"]


@pytest.fixture
def cut():
    """Ives under an order, and the one page that he gets."""
    case, ives = open_case(), signed_in("ives")
    order = cut_off("us.dhs.ice").order
    page = answer_of(ives.get("/search", {"q": "garcia", "purpose": CRIME, "case": case}))
    yield {"case": case, "ives": ives, "page": page}
    lift(order)


def test_the_description_has_an_example_for_every_search():
    schema = description.raw_schema
    for path, operations in schema["paths"].items():
        # The tree of agencies and the orders take no parameter.
        if "{" not in path and operations["get"]["parameters"]:
            shown = [
                item["schema"]
                for item in operations["get"]["parameters"]
                if item["name"] in {"q", "action", "district"}
            ]
            assert any("examples" in item for item in shown), path
    assert django_settings.PUBLIC_ROUTES
