"""The API as a program meets it."""

import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openclear.vocabulary.purposes import Purpose
from tests.cast import CRIME, ask, cut_off, lift, open_case, search, token

FED = ("frost", "quill", "soto", "tran", "hale", "lund", "marsh")


def test_an_answer_is_results_count_and_receipt():
    answer = search("hale", "garcia").json()
    assert set(answer) == {"results", "count", "receipt"}
    assert set(answer["receipt"]) == {"entry", "leaf"}
    assert answer["count"] >= len(answer["results"]) > 0
    response = search("hale", "garcia")
    assert response.headers["OpenCLEAR-Receipt"].split() == [
        str(value) for value in response.json()["receipt"].values()
    ]
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("cut_ice")
def test_partners_get_equal_answers_before_under_and_after_an_order():
    answers = {who: search(who, "garcia").json() for who in FED}
    assert (
        len({json.dumps([answer["results"], answer["count"]], sort_keys=True) for answer in answers.values()})
        == 1
    )


@pytest.mark.anywhere
@pytest.mark.parametrize("purpose", ["civil-immigration-enforcement", "Civil Immigration Enforcement"])
@pytest.mark.parametrize("who", ["rivera", "frost", "ives", "novak"])
def test_nobody_searches_for_civil_immigration_enforcement(who, purpose):
    problem = search(who, "garcia", purpose=purpose)
    assert problem.status_code == 403
    assert "never-civil-immigration" in problem.json()["rule_ids"]
    assert "2-173-030" in problem.json()["source"]


@pytest.mark.parametrize(
    ("case", "rule"),
    [
        ("", "person-needs-open-case"),
        ("CZ-0000-000000", "named-case-must-be-open"),
        ("' OR 1=1", "person-needs-open-case"),
    ],
)
def test_a_person_search_needs_a_case_that_is_there_and_open(case, rule):
    problem = search("rivera", "garcia", case=case)
    assert problem.status_code == 403
    assert rule in problem.json()["rule_ids"]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"purpose": "curiosity"},
        {"purpose": CRIME, "limit": "51"},
        {"purpose": CRIME, "limit": "x"},
        {"purpose": CRIME, "q": "x" * 300},
    ],
)
def test_what_is_not_understood_is_said_in_one_sentence_and_logged(query):
    response = ask("rivera", "people", **query)
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["detail"].endswith(".")
    assert response.headers["OpenCLEAR-Receipt"]


def test_a_wrong_token_is_nobody():
    for header in ("", "Bearer x", "Bearer " + token("rivera")[:-1], "Basic abc"):
        response = Client(headers={"authorization": header}).get(
            "/api/v1/people", {"q": "x", "purpose": CRIME}
        )
        assert response.status_code == 401
        assert response.json()["rule_ids"] == ["not-signed-in"]


def test_a_token_that_expired_is_nobody():
    from openclear.access.gate.credentials import digest_of
    from openclear.access.models import Token
    from openclear.vocabulary import clock

    row = Token.objects.get(digest=digest_of(token("lund")))
    expires, row.expires = row.expires, clock.now()
    row.save()
    try:
        assert search("lund", "garcia").status_code == 401
    finally:
        row.expires = expires
        row.save()


@pytest.mark.usefixtures("cut_ice")
def test_why_is_answered_with_rules_agencies_and_what_stays_hidden():
    allowed = ask(
        "frost", "decisions/explain", action="person.search", purpose=CRIME, case=open_case()
    ).json()
    assert allowed["allowed"]
    assert allowed["rules"][0]["id"] == "police-work-of-partners"
    assert "juvenile" in allowed["hidden_labels"]["people"]
    assert allowed["hidden_fields"]["incidents"] == ["narrative"]
    refused = ask("frost", "decisions/explain", action="person.search", purpose=CRIME).json()
    assert (refused["allowed"], refused["rules"][0]["id"]) == (False, "person-needs-open-case")
    assert ask("ives", "decisions/explain", action="person.search", purpose=CRIME).status_code == 403


@pytest.mark.anywhere
def test_openapi_describes_every_route():
    description = Client().get("/api/v1/openapi.json").json()
    paths = {
        "people",
        "people/{record}",
        "incidents",
        "incidents/{record}",
        "arrests",
        "arrests/{record}",
        "vehicles",
        "vehicles/{record}",
        "property",
        "property/{record}",
        "cases",
        "cases/{record}",
        "decisions/explain",
        "agencies",
        "agreements",
        "officers",
        "orders",
        "reports/books",
    }
    assert {path.removeprefix("/api/v1/") for path in description["paths"]} == paths
    for operations in description["paths"].values():
        assert {"200", "403"} <= set(operations["get"]["responses"])


@pytest.mark.anywhere
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "head"])
@pytest.mark.parametrize("path", ["people", "incidents", "decisions/explain"])
def test_other_methods_give_nothing(method, path):
    client = Client(headers={"authorization": f"Bearer {token('rivera')}"}, raise_request_exception=False)
    response = getattr(client, method)(f"/api/v1/{path}?q=garcia&purpose={CRIME}")
    assert response.status_code in {401, 403, 404, 405, 500}
    assert b"garcia" not in response.content.lower()


@pytest.mark.parametrize(
    "text", ["Mun\u0303oz", "\u212b", "\x00", "\ud800", "\u202egarcia", "\uffff", "a" * 200]
)
@pytest.mark.parametrize("field", ["q", "case", "on_behalf_of", "purpose"])
def test_text_as_keyboards_and_attackers_send_it(field, text):
    from urllib.parse import quote

    asked = {"q": "garcia", "purpose": CRIME, "case": open_case()} | {field: text}
    query = "&".join(f"{name}={quote(value.encode(errors='surrogatepass'))}" for name, value in asked.items())
    response = Client(headers={"authorization": f"Bearer {token('rivera')}"}).get(f"/api/v1/people?{query}")
    assert response.status_code in {200, 400, 403}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=80),
    st.sampled_from([*Purpose, "", "x"]),
    st.text(max_size=20),
    st.sampled_from(["people", "incidents", "vehicles", "decisions/explain"]),
)
def test_nothing_that_is_asked_breaks_anything(text, purpose, case, path):
    response = ask("rivera", path, q=text, purpose=purpose, case=case, action=text[:10] or "person.search")
    assert response.status_code in {200, 400, 403}
    assert response.headers["OpenCLEAR-Receipt"]


def test_an_order_limited_to_the_purpose_of_a_report_comes_before_a_mistake_in_asking_for_it():
    assert ask("quill", "reports/books", district="1").status_code == 400
    order = cut_off("us.doj.atf", purposes=(Purpose.CRIME_ANALYSIS,)).order
    try:
        assert ask("quill", "reports/books", district="1").status_code == 403
        assert ask("frost", "reports/books", district="1").status_code == 400
    finally:
        lift(order)
