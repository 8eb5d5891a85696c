"""Mistakes on the command line: none is printed before its entry, and an order is told before a mistake (law 2)."""

import json
from threading import Thread

import pytest
from django.db import connections

from openclear.access.approvals import engine
from openclear.access.barrier import command_holds
from openclear.access.registry import ties
from openclear.access.registry.proposed import change_draft
from openclear.audit import log
from openclear.audit.models import Body
from openclear.cli.main import main
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from tests.cast import ADMINISTRATION, cut_off, grant, lift

pytestmark = pytest.mark.anywhere
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    "arguments",
    [
        ("could-see", "--agency", "us.dhs.ice", "--record", NOBODY),
        ("explain", "--officer", "rivera", "--action", "nonsense", "--purpose", "criminal-investigation"),
        ("report", "book", "district=099", "month=2026-05", "--to", "never.pdf"),
        ("report", "book", "district=011", "month=2026-05", "color=red"),
        ("seal", "person", NOBODY, "--court-order", "26 CR 1"),
        ("figures", "--by", "color"),
        ("export", "fetch", NOBODY, "--by", "rivera", "--to", "never.csv"),
        ("add-agency", "us.dhs.ice", "Twice", "--by", "novak"),
    ],
)
def test_a_mistake_and_an_answer_that_there_is_none_have_their_entry_before_they_are_printed(
    arguments, capsys
):
    before = log.state().size
    assert main(list(arguments), lambda: None) in {1, 2}
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert log.state().size == before + 1
    kept = json.loads(Body.objects.using("audit").get(entry=before).fields)
    assert said in json.dumps(kept, ensure_ascii=False)


def order_given():
    cut_off("il.isp")
    connections.close_all()
    log.hang_up()


def test_an_order_that_comes_while_a_command_fails_is_told_and_not_the_mistake(monkeypatch, capsys):
    def too_late(*_arguments, **_named):
        elsewhere = Thread(target=order_given)
        elsewhere.start()
        elsewhere.join()
        raise NotPossible("There is no such record.")

    monkeypatch.setattr("openclear.cli.analysis.acts.incident_counts", too_late)
    novak, adler = (grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION) for who in ("novak", "adler"))
    ties.affiliate(novak, approval=adler, handle="chen", agency="il.isp", kind="detail")
    try:
        assert main(["figures", "--by", "month"], lambda: None) == 1
        said = capsys.readouterr().err
        assert "Access of il.isp is cut off" in said
        assert "no such record" not in said
    finally:
        lift("il.isp")
        ties.end_affiliation(novak, approval=adler, handle="chen", agency="il.isp")


def test_a_mistake_is_printed_under_the_barrier_for_its_words_may_tell_of_records(monkeypatch):
    held = []

    def sentence(error):
        held.extend(hold.links for hold in command_holds._held.holds)
        return str(error)

    monkeypatch.setattr("openclear.cli.main._sentence", sentence)
    assert main(["seal", "person", NOBODY, "--court-order", "26 CR 1"], lambda: None) == 1
    assert any("il.chicago.pd" in links for links in held)
    assert not command_holds._held.holds, "and let go once it is printed"


def test_what_is_no_account_is_not_approved_as_one(capsys):
    number = engine.propose(
        grant("novak", Action.REGISTRY_CHANGE, ADMINISTRATION),
        draft=change_draft(
            "tie", agency="us.doj.atf", reason="a task force", facts={"handle": "marsh", "kind": "detail"}
        ),
    )
    assert main(["account", "approve", str(number), "--by", "adler"], lambda: None) == 1
    assert "is not an account" in capsys.readouterr().err
    assert main(["account", "approve", "first", "--by", "adler"], lambda: None) == 2
    assert "is not the number of a proposal" in capsys.readouterr().err
