"""The path of a decision: few modules, and nothing calls back from the rules or the vocabulary to what asked them.

Counted while it runs: the modules of `access` of which a function of ours runs between the question of one search
(`gate.open_for`) and its grant. What a dataclass generates is no step, and the words of the vocabulary decide nothing.
"""

import sys

import pytest

from openclear.access import gate
from openclear.access.gate.decide import _compiled
from openclear.vocabulary.actions import Action
from tests.cast import CRIME, open_case

pytestmark = pytest.mark.anywhere

ROOM, PURE = "openclear.access.", ("openclear.access.policy.", "openclear.vocabulary.")
MOST = 8


def module_of(frame):
    return frame.f_globals.get("__name__", "") if frame else ""


def calls_of(act):
    """Each call of a function of the program while `act` runs: the module that calls, and the module called."""
    found = []

    def seen(frame, event, _argument):
        is_written = not frame.f_code.co_filename.startswith("<")
        if event == "call" and is_written and module_of(frame).startswith("openclear."):
            found.append((module_of(frame.f_back), module_of(frame)))

    sys.setprofile(seen)
    try:
        act()
    finally:
        sys.setprofile(None)
    return found


@pytest.fixture(scope="module")
def search():
    case = open_case()
    return lambda: gate.open_for("rivera", Action.PERSON_SEARCH, purpose=CRIME, case=case)


def test_a_decision_enters_few_modules(search):
    search()  # the rules are compiled, as for every search but the first of its kind
    entered = sorted({own for _, own in calls_of(search) if own.startswith(ROOM)})
    assert ROOM + "policy.considered" in entered
    assert len(entered) <= MOST, entered


def test_the_rules_and_the_words_call_nobody_above_them(search):
    _compiled.cache_clear()
    calls = calls_of(search)
    assert any(own == ROOM + "policy.engine" for _, own in calls), "the rules are asked, not remembered"
    climbs = {(by, own) for by, own in calls if by.startswith(PURE) and not own.startswith(PURE)}
    assert not climbs


def test_the_facts_are_considered_once_and_the_rules_asked_once(search):
    _compiled.cache_clear()
    calls = calls_of(search)
    assert calls.count((ROOM + "gate.decide", ROOM + "policy.considered")) == 2, "consider, then conclude"
    assert not [own for by, own in calls if by == ROOM + "policy.engine" and own == ROOM + "policy.rules"]
