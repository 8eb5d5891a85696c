"""Counts follow agencies through moves, mergers and splits, in both directions. Compared with a reference that knows who is who."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from openclear.audit.proof.counting import Tally
from openclear.audit.proof.lineage import Lineage
from openclear.audit.proof.orders import OrderBook
from openclear.audit.proof.report import report
from openclear.audit.proof.verification import Verification, months_of

pytestmark = pytest.mark.anywhere


class Log:
    """Headers as the sequencer would write them, taken by a tally and an order book as the replay does."""

    def __init__(self):
        self.result, self.number = Verification(), 0

    def take(self, kind, decision="none", agencies=(), **more):
        header = {
            "i": self.number, "kind": kind, "decision": decision, "agencies": sorted(agencies), "dataset": "people",
            "purpose": "traffic-stop", "hour": "2019-07-10T15Z", **more,
        }  # fmt: skip
        self.result.tally.take(header, self.result.book)
        self.result.book.apply(header)
        self.number += 1
        return self.number - 1

    def added(self, *paths):
        for path in paths:
            self.take("registry", registry={"change": "added", "agency": path})

    def moved(self, old, new, change="moved"):
        return self.take("registry", registry={"change": change, "from": old, "agency": new})

    def answered(self, *agencies, decision="allow"):
        self.take("answer", decision, agencies)

    def ordered(self, agency, state="in-force"):
        facts = {"id": "1", "agency": agency, "state": state, "scope": "all", "purposes": "all"}
        self.take("order", order=facts)


def federal():
    log = Log()
    log.added(
        "us", "us.doj", "us.doj.fbi", "us.dhs", "us.dhs.ice", "us.dhs.ice.ero", "us.dhs.ice.hsi", "us.dhs.cbp"
    )
    return log


def allowed(log, path):
    return log.result.agency(path)["allowed"]


def test_an_agency_that_was_moved_is_found_under_both_paths():
    log = federal()
    log.answered("us.dhs.ice.ero")
    entry = log.moved("us.dhs.ice", "us.doj.ice")
    log.answered("us.doj.ice.ero")
    log.answered("us.doj.ice", decision="deny")
    for path in ("us.dhs.ice", "us.doj.ice", "us.dhs.ice.ero", "us.doj.ice.ero"):
        assert allowed(log, path) == 2, path
    assert log.result.agency("us.dhs.ice")["refused"] == 1
    told = [{"entry": entry, "change": "moved", "from": "us.dhs.ice", "to": "us.doj.ice"}]
    assert log.result.agency("us.dhs.ice")["moves"] == told
    assert any(
        f"entry {entry}: us.dhs.ice was moved, and is us.doj.ice" in line
        for line in report(log.result, "us.dhs.ice")
    )
    assert {path: counts["allowed"] for path, counts in log.result.agencies().items()} == {
        "us": 2, "us.dhs": 2, "us.dhs.ice": 2, "us.dhs.ice.ero": 2, "us.doj": 2, "us.doj.ice": 2, "us.doj.ice.ero": 2,
    }  # fmt: skip
    assert months_of(log.result, "us.dhs.ice")["2019-07"]["allowed"] == 2


def test_a_merger_counts_for_both_and_a_neighbor_for_neither():
    log = federal()
    log.answered("us.dhs.cbp")
    log.answered("us.dhs.ice")
    log.moved("us.dhs.cbp", "us.dhs.ice.cbp", "merged")
    log.answered("us.dhs.ice.cbp")
    assert allowed(log, "us.dhs.cbp") == 2
    assert allowed(log, "us.dhs.ice.cbp") == 2
    assert allowed(log, "us.dhs.ice") == 3
    assert allowed(log, "us.doj") == 0


def test_a_part_that_was_split_off_counts_for_the_whole_and_what_the_whole_asked_before_for_the_part():
    log = federal()
    log.answered("us.dhs.ice")
    entry = log.moved("us.dhs.ice", "us.doj.part", "split")
    log.answered("us.doj.part")
    log.answered("us.dhs.ice")
    assert allowed(log, "us.dhs.ice") == 3
    assert allowed(log, "us.doj.part") == 2
    assert allowed(log, "us.doj") == 1  # the whole never was a part of the department that the part went to
    assert any(
        f"entry {entry}: us.doj.part was split off" in line for line in report(log.result, "us.doj.part")
    )


def test_a_move_under_an_order_is_counted_under_it_by_either_path():
    log = federal()
    log.answered("us.dhs.ice")
    log.ordered("us.dhs.ice")
    log.answered("us.dhs.ice", decision="deny")
    log.moved("us.dhs.ice", "us.doj.ice")
    log.answered("us.doj.ice.ero", decision="deny")
    for path in ("us.dhs.ice", "us.doj.ice"):
        counts = log.result.agency(path)
        assert (counts["allowed_before_order"], counts["refused_under_order"]) == (1, 2), path
        assert counts["allowed_under_order"] == 0
        assert counts["orders"] == ["1"]


def test_what_an_agency_asked_before_it_came_under_a_cut_off_one_is_not_told_as_under_the_order():
    log = federal()
    log.ordered("us.dhs.ice")
    log.answered("us.dhs.cbp")
    log.moved("us.dhs.cbp", "us.dhs.ice.cbp", "merged")
    assert log.result.agency("us.dhs.ice")["allowed_under_order"] == 0
    assert log.result.agency("us.dhs.ice")["allowed"] == 1


def test_a_move_that_came_to_nothing_is_not_followed():
    log = federal()
    entry = log.moved("us.dhs.ice", "us.doj.ice")
    log.take("outcome", "error", attempt=entry)
    log.added("us.doj.ice")
    log.answered("us.doj.ice")
    assert allowed(log, "us.dhs.ice") == 0
    assert log.result.agency("us.dhs.ice")["moves"] == []


def test_an_agency_that_was_founded_where_another_could_have_gone_is_not_taken_for_it():
    log = federal()
    log.moved("us.dhs.ice", "us.doj.ice")
    log.moved("us.dhs", "us.security")
    log.added("us.security.ice")
    log.answered("us.security.ice")
    log.answered("us.doj.ice", decision="deny")
    assert allowed(log, "us.doj.ice") == 0
    assert (allowed(log, "us.security.ice"), log.result.agency("us.security.ice")["refused"]) == (1, 0)


# --- a random history, against a reference that follows agencies by who they are --------------------------------------


class Reference:
    """Agencies as things, not paths. An ask counts for every agency that its asker ever belonged to, or belongs to later."""

    def __init__(self):
        self.parent, self.word, self.owners, self.asks = {}, {}, {}, []
        self.paths = {}

    def found(self, name, parent, word):
        self.parent[name], self.word[name] = parent, word
        self.owners[name] = {name}
        self.settle()

    def path(self, name):
        above = self.parent[name]
        return f"{self.path(above)}.{self.word[name]}" if above is not None else self.word[name]

    def settle(self):
        """Note the paths that all have now, and who belongs to whom: what came once, stays counted."""
        for name in self.parent:
            self.paths[self.path(name)] = name
        for _ in self.parent:
            for name, above in self.parent.items():
                if above is not None:
                    self.owners[name] |= self.owners[above]

    def count(self, path):
        wanted = self.paths[path]
        return sum(
            1
            for name, before in self.asks
            if wanted in self.owners[name] or wanted in self.parts(name, before)
        )

    def parts(self, name, asked):
        found = set()
        for part, (old, when) in self.when.items():
            if old == name and when > asked:
                found |= {part} | self.parts(part, when)
        return found


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["ask", "ask", "ask", "move", "merge", "split", "found"]),
        st.integers(0, 99),
        st.integers(0, 99),
    ),
    max_size=25,
)


@hypothesis_settings(max_examples=300)
@given(OPERATIONS)
def test_counts_follow_any_history(operations):
    log, world = Log(), Reference()
    world.when = {}
    for name, parent, word in (
        ("us", None, "us"),
        ("a", "us", "a"),
        ("b", "us", "b"),
        ("c", "a", "c"),
        ("d", "b", "d"),
    ):
        world.found(name, parent, word)
        log.added(world.path(name))
    for step, (what, first, second) in enumerate(operations):
        names = sorted(world.parent)
        one, other = names[first % len(names)], names[second % len(names)]
        old = world.path(one)
        if what == "ask":
            log.answered(old)
            world.asks.append((one, step))
            continue
        if what in ("found", "split"):
            new, fresh = f"n{step}", f"{world.path(other)}.n{step}"
            world.found(new, other, new)
            if what == "split":
                # A part belongs to whatever the whole belonged to until then; where the whole goes later it does not.
                world.owners[new] |= world.owners[one]
                world.when[new] = (one, step)
                log.moved(old, fresh, "split")
            else:
                log.added(fresh)
            world.settle()
            continue
        if one == "us" or world.path(other).startswith(old):
            continue  # into itself
        world.parent[one], world.word[one] = other, f"m{step}"
        log.moved(old, world.path(one), "moved" if what == "move" else "merged")
        world.settle()
    told = log.result.tally.counts(world.paths)
    assert {path: told[path]["allowed", "before"] for path in world.paths} == {
        path: world.count(path) for path in world.paths
    }


def test_one_ask_of_a_person_with_two_ties_counts_once():
    log = federal()
    log.answered("us.dhs.ice", "us.dhs.cbp")
    log.moved("us.dhs.cbp", "us.dhs.ice.cbp", "merged")
    assert allowed(log, "us.dhs.ice") == 1
    assert allowed(log, "us.dhs") == 1


def test_an_agency_that_nobody_ever_saw_counts_nothing():
    assert federal().result.agency("nobody")["allowed"] == 0
    assert Lineage().told("nobody") == []
    assert Tally().counts(["nobody"]) == {"nobody": Counter()}
    assert OrderBook().covering("nobody") == []
