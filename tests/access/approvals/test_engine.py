"""Any act that takes two people goes through the engine, which knows none of them."""

from dataclasses import replace

import pytest

from openclear.access.approvals import engine, queries
from openclear.access.errors import MeansSomethingElse, Refused
from openclear.access.orders import proposed as orders
from openclear.access.proposed import ActDraft, ActKind, Consequence, kinds
from openclear.access.registry import proposed as registry
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.web.orders import proposed_words
from tests.cast import ADMINISTRATION, grant

DRAFT = ActDraft("lend", "us.dhs.uscis", "car-7", "A car is lent.", {"days": 3})


def key(who="novak"):
    return grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION)


@pytest.fixture
def lending(monkeypatch):
    """An act that no room has: what is lent, as a second person carried it out; and whom it means."""
    done, meant = [], ["frost"]
    kind = ActKind(
        "lend", (Action.REGISTRY_CHANGE,), Action.REGISTRY_CHANGE,
        check=lambda grant, draft: {"proposed": {"lend": draft.about}},
        means=lambda draft: Consequence.of({"people": list(meant)}),
        first=lambda handle: (Action.REGISTRY_CHANGE, ADMINISTRATION),
        carry_out=lambda draft, two: done.append((draft.about, two.first.officer, two.approval.officer)) or (),
    )  # fmt: skip
    monkeypatch.setattr(kinds, "_kinds", {**kinds._kinds, "lend": kind})
    return done, meant


def test_an_act_that_the_engine_has_never_heard_of_takes_two_people(lending):
    done, _ = lending
    number = engine.propose(key(), draft=DRAFT)
    with pytest.raises(Refused, match="two different people"):
        engine.approve(key(), number=number)
    assert (done, queries.kind_of(number)) == ([], "lend")
    engine.approve(key("adler"), number=number)
    assert done == [("car-7", "novak", "adler")]
    with pytest.raises(NotPossible, match="no longer open"):
        engine.approve(key("adler"), number=number)


def test_it_is_approved_as_it_was_seen(lending):
    done, meant = lending
    number = engine.propose(key(), draft=DRAFT)
    meant.append("kerr")
    with pytest.raises(MeansSomethingElse):
        engine.approve(key("adler"), number=number)
    row = queries.proposal(key("adler"), number=number)
    now = queries.means_now(key("adler"), row=row)
    assert now.differs_from(row.plan) == [("people", ["kerr"], [])]
    engine.approve(key("adler"), number=number, seen=now.meaning)
    assert len(done) == 1


def test_an_act_that_fails_leaves_its_proposal_open(lending, monkeypatch):
    done, _ = lending
    number = engine.propose(key(), draft=DRAFT)

    def fail(*_):
        raise NotPossible("The car is gone.")

    broken = replace(kinds.of("lend"), carry_out=fail)
    with monkeypatch.context() as patched:
        patched.setattr(kinds, "_kinds", {**kinds._kinds, "lend": broken})
        with pytest.raises(NotPossible, match="gone"):
            engine.approve(key("adler"), number=number)
    assert queries.kind_of(number) == "lend"
    engine.withdraw(key("adler"), number=number)
    assert queries.proposal(key(), number=number).state == "declined"
    engine.withdraw(key(), number=number)
    assert queries.proposal(key(), number=number).state == "withdrawn"
    assert done == []


def test_what_nobody_declared_is_not_proposed():
    with pytest.raises(WrongUsage, match="not an act that takes two people"):
        engine.propose(key(), draft=DRAFT)
    with pytest.raises(WrongUsage, match="not a change of the registry"):
        registry.change_draft("cut-off", agency="us.dhs.uscis", reason="x", facts={})


@pytest.mark.anywhere
def test_every_declared_act_is_registered_and_has_its_words():
    declared = [kind.name for kind in (*orders.ACTS, *registry.ACTS)]
    assert sorted(kinds.names) == sorted(declared)
    assert len(set(declared)) == len(declared)
    for words in (proposed_words.PROPOSED, proposed_words.MEANINGS, proposed_words.APPROVALS):
        assert set(words) == set(declared)
