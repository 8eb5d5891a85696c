"""A case is shared by two officers of its department, never with an agency under an order, and the second sees what it means."""

import pytest

from openclear.access.errors import Refused
from openclear.access.registry import moves
from openclear.access.registry.commands import NewAgency, register_agencies
from openclear.cli.main import main
from openclear.records.cases import commands, sharing
from openclear.records.cases.models import Case, CaseShare, ShareRequest
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from tests.cast import ADMINISTRATION, cut_off, grant, lift, search, signed_in

SEALED = 4


@pytest.fixture
def case():
    """An open case of the department that is shared with nobody; everything about it ends with the test."""
    made = Case.objects.create(
        source="test",
        source_id="share",
        number="CZ-2026-SHARE",
        kind="case",
        title="Robbery",
        opened="2026-05-01",
    )
    yield made
    made.delete()


def share(client, case, **form):
    return client.post(f"/cases/{case.id}/share", form)


def page(client, case):
    return client.get(f"/cases/{case.id}").content.decode()


def test_rivera_asks_brandt_reads_what_it_means_and_hale_can_name_the_case(case):
    rivera, brandt = signed_in("rivera"), signed_in("brandt")
    assert share(rivera, case, what="ask", agency="il.isp").status_code == 303
    assert search("hale", "garcia", case=case.number).status_code == 403, "nobody shares a case alone"
    own, seen = page(rivera, case), page(brandt, case)
    assert "another officer of the department has to approve it" in own
    assert 'value="approve"' not in own
    assert "Elena Rivera (rivera) asks for it." in seen
    assert "Everyone in il.isp, and in every agency below it, can then name this case" in seen
    assert share(brandt, case, what="approve", agency="il.isp").status_code == 303
    assert search("hale", "garcia", case=case.number).status_code == 200
    assert search("frost", "garcia", case=case.number).status_code == 403
    assert not ShareRequest.objects.exists()
    shared = CaseShare.objects.get(case=case)
    assert (shared.agency, shared.shared_by) == ("il.isp", "rivera")
    assert share(rivera, case, what="end", agency="il.isp").status_code == 303, "one alone takes it back"
    assert search("hale", "garcia", case=case.number).status_code == 403


def test_nobody_approves_what_they_asked_for(case):
    rivera = signed_in("rivera")
    share(rivera, case, what="ask", agency="il.isp")
    refused = share(rivera, case, what="approve", agency="il.isp")
    assert refused.status_code == 403
    assert "two-people-to-share" in refused.content.decode()
    with pytest.raises(Refused, match="two officers"):
        commands.share_case(grant("rivera", Action.CASE_SHARE), case_id=case.id, agency="il.isp")
    assert not CaseShare.objects.filter(case=case).exists()
    assert share(rivera, case, what="decline", agency="il.isp").status_code == 303
    late = share(signed_in("brandt"), case, what="approve", agency="il.isp")
    assert late.status_code == 400
    assert "There is no longer a request" in late.content.decode()


@pytest.mark.parametrize("order", ["us.doj", "us.doj.fbi"])
def test_no_case_is_shared_with_an_agency_under_an_order(case, order):
    rivera, brandt = signed_in("rivera"), signed_in("brandt")
    share(rivera, case, what="ask", agency="us.doj.fbi")
    cut_off(order)
    try:
        refused = share(brandt, case, what="approve", agency="us.doj.fbi")
        assert refused.status_code == 403
        assert "no-share-under-order" in refused.content.decode()
        assert not CaseShare.objects.filter(case=case).exists()
        assert share(brandt, case, what="ask", agency="us.doj.fbi").status_code == 403
        both = {"grant": grant("rivera", Action.CASE_SHARE), "approval": grant("brandt", Action.CASE_SHARE)}
        with pytest.raises(Refused, match="no case can be shared"):
            commands.share_case(**both, case_id=case.id, agency="us.doj.fbi")
        offered = page(rivera, case)
        assert '<option value="us.doj.fbi">' not in offered
        assert ('<option value="us.doj.atf">' in offered) == (order == "us.doj.fbi")
    finally:
        lift(order)
    assert share(brandt, case, what="approve", agency="us.doj.fbi").status_code == 303


def test_an_order_that_comes_while_the_approval_waits_is_seen_by_it(case, monkeypatch):
    from tests.access.registry.test_one_at_a_time import while_it_waits

    sharing.ask_to_share(grant("rivera", Action.CASE_SHARE), case_id=case.id, agency="il.isp")
    brandt = grant("brandt", Action.CASE_SHARE)
    raised = while_it_waits(
        monkeypatch, lambda: sharing.approve_share(brandt, case_id=case.id, agency="il.isp"),
        lambda: cut_off("il.isp"),
    )  # fmt: skip
    try:
        assert isinstance(raised, Refused)
        assert raised.verdict.rule_ids == ("no-share-under-order",)
        assert not CaseShare.objects.filter(case=case).exists()
    finally:
        lift("il.isp")


def test_a_request_tells_nobody_of_a_case_that_they_may_not_see(case):
    rivera, brandt = signed_in("rivera"), signed_in("brandt")
    share(rivera, case, what="ask", agency="us.doj")
    both = {"grant": grant("rivera", Action.CASE_SHARE), "approval": grant("brandt", Action.CASE_SHARE)}
    commands.share_case(**both, case_id=case.id, agency="il.isp")
    assert "us.doj" not in page(signed_in("hale"), case), "a partner learns nothing of other partners"
    Case.objects.filter(pk=case.pk).update(labels=SEALED)
    hidden = share(brandt, case, what="approve", agency="us.doj")
    absent = share(brandt, Case(id="00000000-0000-0000-0000-000000000000"), what="approve", agency="us.doj")
    assert hidden.status_code == absent.status_code == 400
    assert "Your agency has no such case" in hidden.content.decode()
    assert "Your agency has no such case" in absent.content.decode()
    assert not CaseShare.objects.filter(case=case, agency="us.doj").exists()


@pytest.mark.parametrize("who", ["hale", "chen", "okafor", "novak"])
def test_nobody_else_asks_or_approves(case, who):
    share(signed_in("rivera"), case, what="ask", agency="il.isp")
    for what in ("ask", "approve", "decline"):
        assert share(signed_in(who), case, what=what, agency="us.doj").status_code == 403
    assert ShareRequest.objects.get(case=case).agency == "il.isp"


@pytest.mark.parametrize(
    "form", [{}, {"agency": ""}, {"agency": "il.isp"}, {"what": "give", "agency": "il.isp"}]
)
def test_nothing_is_chosen_for_anybody(case, form):
    rivera = signed_in("rivera")
    assert '<option value="">Choose an agency</option>' in page(rivera, case)
    assert share(rivera, case, **form).status_code == 400
    assert not ShareRequest.objects.exists()


def test_requests_and_sharings_follow_an_agency_that_moves(case):
    novak = grant("novak", Action.REGISTRY_CHANGE, ADMINISTRATION)
    register_agencies(novak, agencies=[NewAgency("il.wander", "Wandering police", "county")])
    sharing.ask_to_share(grant("rivera", Action.CASE_SHARE), case_id=case.id, agency="il.wander")
    moves.move_agency(novak, agency="il.wander", to="il.cook.wandered")
    assert ShareRequest.objects.get(case=case).agency == "il.cook.wandered"
    with pytest.raises(NotPossible, match="There is no longer a request"):
        sharing.approve_share(grant("brandt", Action.CASE_SHARE), case_id=case.id, agency="il.wander")
    sharing.approve_share(grant("brandt", Action.CASE_SHARE), case_id=case.id, agency="il.cook.wandered")
    assert CaseShare.objects.get(case=case).agency == "il.cook.wandered"


def test_the_command_line_asks_and_says_how_it_is_approved(case, capsys):
    asked = ["case", "share", str(case.id), "--with", "il.isp", "--by", "rivera"]
    assert main(asked, lambda: None) == 0
    told = capsys.readouterr().out
    assert f"openclear case approve-share {case.id} --with il.isp --by OFFICER" in told
    assert main(["case", "approve-share", *asked[2:5], "--by", "rivera"], lambda: None) == 1
    assert main(["case", "approve-share", *asked[2:5], "--by", "brandt"], lambda: None) == 0
    assert CaseShare.objects.filter(case=case, agency="il.isp").exists()
    assert main(["case", "unshare", *asked[2:]], lambda: None) == 0
    assert main([*asked, "--approved-by", "rivera"], lambda: None) == 1
    assert main([*asked, "--approved-by", "brandt"], lambda: None) == 0
    assert CaseShare.objects.filter(case=case, agency="il.isp").exists()
