"""Agreements at the desk: registered, renewed and ended on pages; what was typed stays; warnings; only for administrators."""

from datetime import timedelta

import pytest

from openclear.access.approvals import queries
from openclear.access.models import Agreement
from openclear.access.registry import agreements
from openclear.access.registry.agreement_queries import agreement as detail
from openclear.access.registry.commands import NewAgency
from openclear.access.registry.terms import facts_of
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agreements import Clause
from tests.cast import ADMINISTRATION, agreement, cut_off, grant, lift, registered, sign, signed_in

DESK = "us.paper"
TODAY = clock.today()


def key(who="novak"):
    return grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION)


@pytest.fixture(autouse=True)
def paper():
    registered([NewAgency(DESK, "Paper", "federal")])


def number():
    return f"AGR-PAPER-{Agreement.objects.count()}"


def typed(new, **changed):
    facts = facts_of(new)
    clauses = {f"clause-{name}": where for name, where in facts.pop("clauses").items()}
    return {**facts, **clauses, "parties": "\n".join(facts["parties"]), **changed}


def told(page):
    return page.content.decode()


def test_a_form_puts_an_agreement_before_a_second_person_who_sees_what_it_names():
    novak, adler = signed_in("novak"), signed_in("adler")
    assert "Register an agreement" in told(novak.get(f"/agreement/new?agency={DESK}"))
    sent = novak.post("/agreement/sign", typed(agreement(DESK, one := number(), data_sets=["vehicles"])))
    assert sent.status_code == 303
    assert detail(key(), number=one) is None
    page = told(adler.get(sent.url))
    for words in (f"Sign an agreement with {DESK}", "Vehicles", "Quality assurance", "section 11", "SHA-256"):
        assert words in page
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    assert adler.post(f"{sent.url}/approve", {"seen": seen}).status_code == 303
    shown = told(novak.get(f"/agreements/{one}"))
    assert "in force" in shown
    assert agreement(DESK, one).term.digest in shown
    assert one in told(novak.get("/agreements"))
    assert one in told(novak.get(f"/agencies/{DESK}"))


@pytest.mark.parametrize(
    "wrong", [{"digest": "abc"}, {"clause-audit": ""}, {"purposes": []}, {"number": "AGR-DOJ-01"}]
)
def test_a_mistake_keeps_everything_that_was_typed(wrong):
    novak = signed_in("novak")
    sent = typed(agreement(DESK, number(), data_sets=["vehicles"]), **wrong)
    page = novak.post("/agreement/sign", sent)
    assert page.status_code == 400
    for name, value in sent.items():
        if isinstance(value, str) and value and name != "parties":
            assert value in told(page), name
    assert 'value="vehicles" checked' in told(page)
    assert "Department\nPartner" in told(page)


def test_a_renewal_is_filled_in_and_offers_no_more_than_the_term_before():
    sign(DESK, one := number(), TODAY + timedelta(days=20), data_sets=["vehicles", "people"])
    novak = signed_in("novak")
    page = told(novak.get(f"/agreements/{one}"))
    assert 'id="data-set-vehicles"' in page
    assert 'id="data-set-property"' not in page
    assert 'value="section 3"' in page
    new = {
        "ends_on": str(TODAY + timedelta(days=300)),
        "document": "again.pdf",
        "digest": "a" * 64,
        "data_sets": ["people"],
    }
    sent = novak.post(f"/agreements/{one}/renew", new)
    assert sent.status_code == 303
    [row] = [row for row in queries.open_proposals(grant("novak", Action.REGISTRY_LIST, ADMINISTRATION))
             if row.kind == "renew-agreement" and row.facts["number"] == one]  # fmt: skip
    assert row.plan["data_sets"] == ["people"]
    signed_in("adler").post(f"/orders/proposals/{row.id}/approve", {"seen": row.meaning})
    assert detail(key(), number=one).listed.ends_on == TODAY + timedelta(days=300)
    wider = novak.post(
        f"/agreements/{one}/renew",
        new | {"data_sets": ["property"], "ends_on": str(TODAY + timedelta(days=900))},
    )
    assert wider.status_code == 400
    assert "names no more than the term before it" in told(wider)
    assert "again.pdf" in told(wider)


def test_an_end_is_at_once_or_before_a_second_person_where_an_order_touches_it():
    sign(DESK, one := number())
    sign(DESK, two := number())
    novak = signed_in("novak")
    assert novak.post(f"/agreements/{one}/end", {"reason": ""}).status_code == 400
    assert novak.post(f"/agreements/{one}/end", {"reason": "breach"}).status_code == 303
    assert detail(key(), number=one).listed.status == "ended"
    assert "breach" in told(novak.get(f"/agreements/{one}"))
    order = cut_off(DESK).order
    try:
        sent = novak.post(f"/agreements/{two}/end", {"reason": "breach"})
        assert "/orders/proposals/" in sent.url
        assert detail(key(), number=two).listed.status == "in-force"
        page = told(signed_in("adler").get(sent.url))
        assert "People who lose access" in page or "Nobody from the agency" in page
    finally:
        lift(order)


def test_the_desk_warns_administrators_and_nobody_else():
    sign(DESK, one := number(), TODAY + timedelta(days=6))
    try:
        for path in ("/orders", "/agreements"):
            page = told(signed_in("novak").get(path))
            assert f'<a href="/agreements/{one}">{one}</a>' in page
            assert "the agreement ends in 6 days" in page
        novak = signed_in("novak")
        novak.cookies["django_language"] = "es"
        assert "el convenio termina en 6 días" in told(novak.get("/orders"))
        for who in ("rivera", "frost", "okafor"):
            client = signed_in(who)
            for path in ("/agreements", f"/agreements/{one}", "/agreement/new"):
                assert client.get(path).status_code == 403
    finally:
        agreements.end_agreement(key(), number=one, reason="end of the test")


def test_an_agreement_that_is_not_there_is_absent():
    assert signed_in("novak").get("/agreements/AGR-NONE").status_code == 404
    assert signed_in("novak").post("/agreements/AGR-NONE/end", {"reason": "x"}).status_code == 400


def test_every_clause_has_words_in_both_languages():
    from django.utils import translation

    from openclear.web.words import WORDS

    for clause in Clause:
        english = str(WORDS[str(clause)])
        with translation.override("es"):
            assert str(WORDS[str(clause)]) != english
