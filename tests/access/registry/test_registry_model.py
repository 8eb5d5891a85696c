"""Random histories of registry and orders by three administrators, a counsel and an overseer, held against the reference.

After every step: who is refused is what the replay of the log says, and what the reference of forty lines says; and nobody
alone ever changed whom an order means while it was proposed, in force or suspended.
"""

import json
from contextlib import ExitStack
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from openclear.access import gate, orders
from openclear.access.approvals import engine, queries
from openclear.access.errors import MeansSomethingElse, Refused
from openclear.access.gate.decide import decide
from openclear.access.gate.standing import read_standing
from openclear.access.models import Officer
from openclear.access.orders.proposed import cut_off_draft
from openclear.access.registry import agreements, commands, lifecycle, moves, ties
from openclear.access.registry.commands import NewAgency, NewOfficer
from openclear.audit import log
from openclear.audit.models import Body, Entry
from openclear.audit.proof.orders import OrderBook
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Inquiry
from openclear.vocabulary.purposes import Purpose
from tests.access.registry.registry_reference import Order, Reference, within
from tests.cast import ADMINISTRATION, GROUND, grant, lift, registered, renewal, sign

PEOPLE = ("p", "q", "r")
PLACES = ("a", "a.one", "a.two", "b", "b.one")
ADMINISTRATORS = ("novak", "model2", "model3", "adler")
UNTIL = clock.today() + timedelta(days=90)
DATASETS = {"people": Action.PERSON_SEARCH, "vehicles": Action.VEHICLE_SEARCH}
WORLDS = iter(range(100_000))
CHANGE, CUT, LIFT = Action.REGISTRY_CHANGE, Action.ORDER_CUT_OFF, Action.ORDER_LIFT
PAPER = {"document": "19-cv-1", "legal_basis": "a court said so"}
PAIRS = st.lists(st.sampled_from(ADMINISTRATORS), min_size=2, max_size=2, unique=True)
NUMBERS = st.integers(0, 99)


def key(who, action):
    return grant(who, action, ADMINISTRATION)


class Histories(RuleBasedStateMachine):
    """One history in a subtree of its own."""

    @initialize()
    def found(self):
        self.handing_over = ExitStack()
        self.handing_over.enter_context(gate.handing_over())
        self.root = f"us.model{next(WORLDS)}"
        self.reference, self.book, self.from_log = Reference(), OrderBook(), {}
        self.read = log.state().size
        self.names, self.merged = iter(range(1000)), []
        paths = [self.root, *(f"{self.root}.{place}" for place in PLACES)]
        commands.register_agencies(
            key("novak", CHANGE), agencies=[NewAgency(path, "M", "federal") for path in paths]
        )
        number = f"AGR-{self.root}"
        sign(self.root, number, UNTIL)
        self.days = iter(range(1, 10_000))
        self.paths, self.reference.agreed, self.ever = paths[1:], {self.root}, set(paths)
        accounts = []
        for place, letter in enumerate(PEOPLE):
            handle, home = f"{letter}-{self.root[3:]}", f"{self.root}.{PLACES[place + 1]}"
            accounts.append(NewOfficer(handle, "M", "", ("officer",), ((home, "employer"),), UNTIL))
            self.reference.ties[handle] = {home}
        commands.register_officers(key("novak", CHANGE), approval=key("adler", CHANGE), officers=accounts)
        self.people = [account.handle for account in accounts]

    def attempt(self, possible, act, *, alone, then):
        """Do `act`, which is `possible` or refused; `then` is what the reference does when it was done."""
        before = self.meant()
        if not possible:
            with pytest.raises(Refused):
                act()
            assert self.meant() == before
            return
        act()
        then()
        if alone:
            # Whom an order means, one that stands, is suspended or is proposed, was not changed by one person.
            after = self.meant()
            assert all(after[name] == people for name, people in before.items() if name in after)

    def meant(self):
        guarded = {name: order for name, order in self.reference.orders.items() if order.state != "lifted"}
        return {
            name: frozenset(who for who in self.people if self.reference.reaches(order, who))
            for name, order in (guarded | self.reference.proposals).items()
        }

    def changed(self, pair, second, *paths, act, then):
        """Attempt a change of the registry by one of a pair, or by both."""
        approval = key(pair[1], CHANGE) if second else None
        self.attempt(
            second or not self.reference.touched(*paths),
            lambda: act(key(pair[0], CHANGE), approval), alone=not second, then=then,
        )  # fmt: skip

    @rule(pair=PAIRS, second=st.booleans(), who=NUMBERS, where=NUMBERS)
    def tie(self, pair, second, who, where):
        who, where = self.person(who), self.place(where)
        if where not in self.reference.ties[who] and not self.closed(where):
            self.changed(
                pair, second, where, then=lambda: self.reference.ties[who].add(where),
                act=lambda first, approval: ties.affiliate(
                    first, handle=who, agency=where, kind="detail", approval=approval),
            )  # fmt: skip

    @rule(pair=PAIRS, second=st.booleans(), who=NUMBERS)
    def untie(self, pair, second, who):
        who = self.person(who)
        if len(self.reference.ties[who]) > 1:
            where = min(self.reference.ties[who])
            self.changed(
                pair, second, where, then=lambda: self.reference.ties[who].discard(where),
                act=lambda first, approval: ties.end_affiliation(first, handle=who, agency=where, approval=approval),
            )  # fmt: skip

    @rule(pair=PAIRS, second=st.booleans(), old=NUMBERS, to=NUMBERS)
    def move(self, pair, second, old, to):
        old, parent = self.place(old), self.place(to)
        if not within(parent, old):
            new = f"{parent}.m{next(self.names)}"
            self.changed(
                pair, second, old, new, then=lambda: self.went(old, new),
                act=lambda first, approval: moves.move_agency(first, agency=old, to=new, approval=approval),
            )  # fmt: skip

    @rule(pair=PAIRS, second=st.booleans(), old=NUMBERS, into=NUMBERS)
    def merge(self, pair, second, old, into):
        old, into = self.place(old), self.place(into)
        new = f"{into}.{old.rpartition('.')[2]}"
        if within(into, old) or new in self.ever or self.closed(into):
            return
        self.changed(
            pair, second, old, new, then=lambda: (self.went(old, new), self.merged.append(new)),
            act=lambda first, approval: moves.merge_agency(first, agency=old, into=into, approval=approval),
        )  # fmt: skip

    @rule(what=st.sampled_from(["cut", "tie", "propose", "lift"]))
    def overseer_tries(self, what):
        """Oversight watches; it gives, changes and lifts nothing."""
        before = self.meant()
        action = {"cut": CUT, "propose": CUT, "lift": LIFT, "tie": CHANGE}[what]
        with pytest.raises(Refused):
            grant("okafor", action, ADMINISTRATION)
        assert self.meant() == before

    @rule(pair=PAIRS, second=st.booleans(), old=NUMBERS)
    def split(self, pair, second, old):
        old = self.place(old)
        new = f"{self.root}.s{next(self.names)}"
        people = [who for who in self.people if old in self.reference.ties[who]][:1]

        def then():
            for order in self.reference.orders.values():
                order.places |= {new} if order.covers_agency(old) else set()
            for who in people:
                self.reference.ties[who] = self.reference.ties[who] - {old} | {new}
            self.paths.append(new)
            self.ever.add(new)

        self.changed(
            pair, second, old, new, then=then,
            act=lambda first, approval: moves.split_agency(
                first, agency=old, new=NewAgency(new, "S", "federal"), people=people, approval=approval),
        )  # fmt: skip

    @rule(pair=PAIRS, second=st.booleans(), ends=st.booleans())
    def agreement(self, pair, second, ends):
        number = f"AGR-{self.root}"
        if ends and self.reference.agreed:
            self.changed(
                pair, second, self.root, then=self.reference.agreed.clear,
                act=lambda first, approval: agreements.end_agreement(
                    first, number=number, reason="x", approval=approval),
            )  # fmt: skip
        elif not ends:
            # A renewal gives access: never by one person, whether or not an order touches the agency.
            until = UNTIL + timedelta(days=next(self.days))
            self.attempt(
                second,
                lambda: agreements.renew_agreement(
                    key(pair[0], CHANGE), renewal=renewal(number, until),
                    approval=key(pair[1], CHANGE) if second else None),
                alone=not second, then=lambda: self.reference.agreed.add(self.root),
            )  # fmt: skip

    @rule(pair=PAIRS, second=st.booleans(), who=NUMBERS)
    def disable_or_reinstate(self, pair, second, who):
        who = self.person(who)
        out = who in self.reference.disabled
        change = (
            lifecycle.reinstate
            if out
            else lambda *keys, **named: lifecycle.disable(*keys, **named, reason="x")
        )
        then = self.reference.disabled.discard if out else self.reference.disabled.add
        approval = pair[1] if second else pair[0]
        self.attempt(
            second, lambda: change(key(pair[0], CHANGE), handle=who, approval=key(approval, CHANGE)),
            alone=False, then=lambda: then(who),
        )  # fmt: skip

    @rule(pair=PAIRS, where=NUMBERS)
    def cut(self, pair, where):
        where = self.place(where)
        given = orders.cut_off(
            key(pair[0], CUT),
            approval=key(pair[1], CUT),
            order=orders.new_order(agency=where, legal_basis=GROUND),
        )
        assert all(item.state == "verified" for item in given.receipts)
        self.reference.orders[given.order] = Order({where})
        self.overtaken(where)

    @rule(pair=PAIRS, where=NUMBERS)
    def propose(self, pair, where):
        where = self.place(where)
        number = engine.propose(
            key(pair[0], CUT), draft=cut_off_draft(orders.new_order(agency=where, legal_basis=GROUND))
        )
        self.reference.proposals[number] = Order({where}, state=pair[0])

    @precondition(lambda self: self.reference.proposals)
    @rule(who=st.sampled_from(ADMINISTRATORS), which=NUMBERS)
    def approve(self, who, which):
        number = sorted(self.reference.proposals)[which % len(self.reference.proposals)]
        proposed = self.reference.proposals[number]
        if who == proposed.state:
            with pytest.raises(Refused):
                engine.approve(key(who, CUT), number=number)
            return
        adler = key(who, CUT)
        row = queries.proposal(adler, number=number)
        try:
            [given] = engine.approve(adler, number=number)
            now = {person for person in self.people if self.reference.reaches(proposed, person)}
            assert now == set(row.plan["people"]) & set(self.people)
        except MeansSomethingElse:
            [given] = engine.approve(adler, number=number, seen=queries.means_now(adler, row=row).meaning)
        self.reference.orders[given.order] = Order(set(proposed.places))
        self.overtaken(*proposed.places)

    @precondition(lambda self: any(order.state != "lifted" for order in self.reference.orders.values()))
    @rule(
        pair=PAIRS,
        second=st.booleans(),
        which=NUMBERS,
        what=st.sampled_from(["suspend", "resume", "narrow", "lift"]),
    )
    def change_order(self, pair, second, which, what):
        names = sorted(name for name, order in self.reference.orders.items() if order.state != "lifted")
        name = names[which % len(names)]
        order = self.reference.orders[name]
        if (what == "resume") != (order.state == "suspended") and what != "lift":
            return
        if what == "narrow" and order.scope != "all":
            return
        action = CUT if what == "resume" else LIFT
        both = {"approval": key(pair[1] if second else pair[0], action), "name": name}
        less = orders.new_order(agency=self.paths[0], legal_basis="x", scope=["people"])
        more = {"suspend": PAPER, "resume": PAPER, "narrow": {"to": less}, "lift": {"legal_basis": "x"}}[what]
        states = {"suspend": "suspended", "resume": "in-force", "narrow": "narrowed", "lift": "lifted"}

        def then():
            order.state = states[what]
            order.scope = "people" if what == "narrow" else order.scope

        self.attempt(
            second,
            lambda: getattr(orders, what)(key(pair[0], action), **both, **more),
            alone=False,
            then=then,
        )

    @invariant()
    def gate_log_and_reference_agree(self):
        if not hasattr(self, "root"):
            return
        self.replay()
        standing = read_standing()
        for who in self.people:
            assert self.from_log[who] == self.reference.ties[who]
            for dataset, action in DATASETS.items():
                inquiry = Inquiry(action, Purpose.CRIMINAL_INVESTIGATION)
                rules = decide(who, inquiry, standing).verdict.rule_ids
                cut = any(name.startswith("cut-off:") for name in rules)
                header = {"decision": "allow", "agencies": sorted(self.from_log[who]), "dataset": dataset,
                          "purpose": str(inquiry.purpose)}  # fmt: skip
                assert cut == (self.book.judge(header) is not None) == self.reference.cut_off(who, dataset)
                if action is Action.VEHICLE_SEARCH:
                    answered = decide(who, inquiry, standing).verdict.allowed
                    assert answered == self.reference.answered(who, dataset)

    def replay(self):
        """Take what the log says since the last step: orders and moves from the headers, whose ties from the bodies."""
        size = log.state().size
        bodies = dict(Body.objects.using("audit").filter(entry__gte=self.read).values_list("entry", "fields"))
        rows = (
            Entry.objects.using("audit")
            .filter(index__gte=self.read)
            .order_by("index")
            .values_list("header", flat=True)
        )
        headers = [json.loads(bytes(row)) for row in rows]
        void = {
            header["attempt"]
            for header in headers
            if header["kind"] == "outcome" and header["decision"] == "error"
        }
        for header in headers:
            if header["i"] in void:
                continue
            self.book.apply(header)
            if header["kind"] == "affiliation":
                facts, body = header["affiliation"], json.loads(bodies[header["i"]])
                tied = self.from_log.setdefault(body["person"]["value"], set())
                (tied.add if facts["change"] == "began" else tied.discard)(facts["agency"])
            elif header["kind"] == "registry" and header["registry"]["change"] in {"moved", "merged"}:
                old, new = header["registry"]["from"], header["registry"]["agency"]
                self.from_log = {
                    who: {Reference.moved(path, old, new) for path in paths}
                    for who, paths in self.from_log.items()
                }
        self.read = size

    def person(self, number):
        return self.people[number % len(self.people)]

    def place(self, number):
        return self.paths[number % len(self.paths)]

    def closed(self, path):
        """Say whether an agency was merged into another, or stands below one that was: it takes nobody new."""
        return any(within(path, gone) for gone in self.merged)

    def went(self, old, new):
        self.reference.move(old, new)
        self.merged = [Reference.moved(path, old, new) for path in self.merged]
        self.ever |= {Reference.moved(path, old, new) for path in self.paths}
        self.paths = [Reference.moved(path, old, new) for path in self.paths]

    def overtaken(self, *places):
        """End the proposals in the same words: what they proposed is in force."""
        same = [number for number, order in self.reference.proposals.items() if order.places == set(places)]
        for number in same:
            del self.reference.proposals[number]

    def teardown(self):
        if not hasattr(self, "root"):
            return
        for number in self.reference.proposals:
            engine.withdraw(key("novak", CUT), number=number)
        for name, order in self.reference.orders.items():
            if order.state != "lifted":
                lift(name)
        Officer.objects.filter(handle__in=self.people).update(is_active=False)
        self.handing_over.close()


@pytest.fixture(scope="module", autouse=True)
def administrators():
    until = clock.today() + timedelta(days=90)
    new = [
        NewOfficer(handle, "M", "", ("access-administrator",), (("il.chicago.pd", "employer"),), until)
        for handle in ("model2", "model3")
    ]
    registered(officers=new)
    yield
    for handle in ("model2", "model3"):
        lifecycle.disable(key("novak", CHANGE), handle=handle, reason="end", approval=key("adler", CHANGE))


def test_any_history_means_what_the_log_and_the_reference_say():
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=8, stateful_step_count=18, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )  # fmt: skip
