"""A ground must be the asker's: cases are owned, shared, registered by partners, confirmed by sponsors; re-use is counted."""

import pytest

from openclear.access import gate
from openclear.access.errors import Refused
from openclear.records.cases import commands
from openclear.records.cases.commands import share_case
from openclear.records.cases.models import Case, CaseShare
from openclear.records.cases.queries import open_cases
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.purposes import Purpose
from tests.cast import CRIME, ask, cut_off, grant, lift, open_case, search, signed_in, token


def own_case():
    """An open case of the department that was shared with nobody."""
    facts = {"kind": "case", "title": "Robbery", "opened": "2026-05-01"}
    case, _ = Case.objects.get_or_create(source="test", source_id="own", number="CZ-2026-OWN", defaults=facts)
    assert not CaseShare.objects.filter(case=case).exists()
    return case


def test_a_case_of_the_department_is_no_ground_for_a_partner_until_it_is_shared():
    case = own_case()
    foreign = search("frost", "garcia", case=case.number)
    absent = search("frost", "garcia", case="CZ-2026-999999")
    assert foreign.status_code == absent.status_code == 403
    assert foreign.json()["rule_ids"] == absent.json()["rule_ids"]
    assert foreign.json()["because"] == absent.json()["because"]
    assert search("rivera", "garcia", case=case.number).status_code == 200
    sharing = grant("rivera", Action.CASE_SHARE)
    second = grant("brandt", Action.CASE_SHARE)
    commands.share_case(sharing, case_id=case.id, agency="us.doj", approval=second)
    assert search("frost", "garcia", case=case.number).status_code == 200
    assert search("hale", "garcia", case=case.number).status_code == 403
    commands.unshare_case(sharing, case_id=case.id, agency="us.doj")
    assert search("frost", "garcia", case=case.number).status_code == 403


def test_lists_and_suggestions_show_only_cases_that_can_be_a_ground():
    case = own_case()
    assert case.number not in {row.number for row in open_cases(grant("frost", Action.CASE_LIST))}
    assert case.number in {
        row.number for row in open_cases(grant("rivera", Action.CASE_LIST), text=case.number)
    }
    assert case.number not in signed_in("frost").get("/suggest", {"case": case.number}).content.decode()
    assert case.number in signed_in("rivera").get("/suggest", {"case": case.number}).content.decode()
    assert ask("frost", f"cases/{case.id}").status_code == 404


def test_a_partner_registers_its_case_and_the_sponsor_confirms_it():
    key = grant("frost", Action.CASE_REGISTER)
    row = commands.register_external_case(key, number="CG-7788", offense="0460", sponsor="brandt")
    assert row.number.endswith("-CG-7788")
    assert search("frost", "garcia", case=row.number).status_code == 403
    with pytest.raises(NotPossible):
        commands.confirm_external_case(grant("rivera", Action.CASE_CONFIRM), case_id=row.id)
    assert row.number in signed_in("brandt").get("/cases").content.decode()
    assert signed_in("brandt").post(f"/cases/{row.id}/confirm").status_code == 303
    assert search("frost", "garcia", case=row.number).status_code == 200
    assert search("hale", "garcia", case=row.number).status_code == 403
    with pytest.raises(NotPossible, match=r"registered X\w+-CG-7788 already"):
        commands.register_external_case(key, number="CG-7788", offense="0460", sponsor="brandt")
    # A number that the department uses, or another agency with the same last word, tells nobody so.
    assert commands.register_external_case(key, number=open_case(), offense="0460", sponsor="brandt")
    numbers = [
        commands.register_external_case(
            grant(who, Action.CASE_REGISTER), number="SAME-1", offense="0460", sponsor="brandt"
        ).number
        for who in ("frost", "soto")
    ]
    assert len({number[:5] for number in numbers}) == 2
    assert {number[5:] for number in numbers} == {"-SAME-1"}


@pytest.mark.parametrize(
    ("number", "offense", "sponsor", "error"),
    [
        ("I-200 77", "0460", "brandt", NotPossible),
        ("DETAINER 5", "0460", "brandt", NotPossible),
        ("NCIC IVF 5", "0460", "brandt", NotPossible),
        ("X-1", "immigration", "brandt", WrongUsage),
        ("X-1", "8USC1325", "brandt", WrongUsage),
        ("X-1", "0460", "", WrongUsage),
        ("X-1", "0460", "x" * 41, WrongUsage),
        (" ", "0460", "brandt", WrongUsage),
    ],
)
def test_what_is_no_external_case(number, offense, sponsor, error):
    before = Case.objects.count()
    with pytest.raises(error):
        commands.register_external_case(
            grant("frost", Action.CASE_REGISTER), number=number, offense=offense, sponsor=sponsor
        )
    assert Case.objects.count() == before


def test_asking_for_another_agency_needs_both_to_be_allowed():
    """Route 1: a local officer who says that the answer is for ICE is decided as ICE too."""
    case = open_case()
    assert search("rivera", "garcia", on_behalf_of="us.dhs.ice", case=case).status_code == 200
    assert search("rivera", "garcia", on_behalf_of="us.dhs.ice", case=own_case().number).status_code == 403
    receipt = cut_off("us.dhs.ice")
    try:
        assert search("rivera", "garcia", on_behalf_of="us.dhs.ice").json().get("rule_ids") == [
            f"cut-off:{receipt.order}"
        ]
        assert search("rivera", "garcia", on_behalf_of="us.dhs.ice.ero").status_code == 403
        assert search("rivera", "garcia").status_code == 200
        page = signed_in("rivera").get(
            "/search",
            {"q": "garcia", "purpose": "criminal-investigation", "case": case, "on_behalf_of": "us.dhs.ice"},
        )
        assert page.status_code == 403
    finally:
        lift(receipt.order)
    assert search("rivera", "garcia", on_behalf_of="us.dhs.nowhere").status_code == 403
    assert search("frost", "garcia", on_behalf_of="us.doj.usms.x").status_code == 403


def test_a_pretext_purpose_is_no_way_round_the_list():
    for purpose in ("civil-immigration-enforcement", "crime-analysis"):
        assert search("ives", "garcia", purpose=purpose).status_code == 403
    assert search("ives", "garcia", purpose="customs-matter").status_code == 400


def test_the_re_use_of_one_number_is_counted_for_oversight():
    from openclear.audit.reading import case_uses, users_of_case

    case = open_case()
    key = grant("okafor", Action.LOG_VIEW_ALL, Purpose.OVERSIGHT_REVIEW)
    before = {row.case: row.asks for row in case_uses(key)}.get(case, 0)
    token("hale")
    for text in ("garcia", "smith", "kowalski"):
        search("hale", text, case=case)
    row = next(row for row in case_uses(key) if row.case == case)
    assert row.asks >= before + 3
    assert {who: named for who, named, _ in users_of_case(key, case=case.lower())}["hale"] >= 3
    assert case in signed_in("okafor").get("/oversight/cases", {"case": case}).content.decode()
    with pytest.raises(Refused):
        grant("hale", Action.LOG_VIEW_ALL, Purpose.OVERSIGHT_REVIEW)


def test_the_agency_that_an_answer_is_for_lends_nobody_its_cases():
    from openclear.records.cases.queries import open_cases

    facts = {
        "kind": "case",
        "title": "T",
        "opened": "2026-06-29",
        "source": "test",
        "owner_agency": "us.doj.fbi",
    }
    case = Case.objects.create(source_id="lent", number="FB-LENT", **facts)
    key = gate.open_for("rivera", Action.VEHICLE_SEARCH, purpose=CRIME, on_behalf_of="us.doj.fbi")
    assert "FB-LENT" not in {row.number for row in open_cases(key, text="FB-LENT")}
    assert "FB-LENT" in {row.number for row in open_cases(grant("frost", Action.CASE_LIST), text="FB-LENT")}
    case.delete()


def test_a_case_is_not_shared_with_what_stands_above_a_cut_agency():
    number = open_cases(grant("rivera", Action.CASE_LIST))[0]
    receipt = cut_off("us.dhs.uscis")
    sharing = {"grant": grant("rivera", Action.CASE_SHARE), "approval": grant("brandt", Action.CASE_SHARE)}
    with pytest.raises(Refused, match="no case can be shared"):
        share_case(**sharing, case_id=number.id, agency="us.dhs")
    lift(receipt.order)
