"""Every act on orders, registry and accounts asks its conditions within the one lock: the moment between is forced for each."""

import ast
import importlib
import inspect
import pkgutil
import threading
from datetime import timedelta

import pytest
from django.db import connections

from openclear import access
from openclear.access import barrier, gate, orders
from openclear.access.approvals import engine, queries
from openclear.access.errors import MeansSomethingElse, Refused
from openclear.access.gate import order_rows
from openclear.access.gate.standing import read_standing
from openclear.access.models import (
    Affiliation,
    Agency,
    Agreement,
    AgreementTerm,
    Officer,
    Proposal,
    Token,
)
from openclear.access.orders import proposed as order_acts
from openclear.access.registry import acts, agreements, commands, lifecycle, moves, ties
from openclear.access.registry import proposed as registry_acts
from openclear.access.registry.commands import NewAgency, NewOfficer
from openclear.audit import log
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.purposes import Purpose
from tests.cast import (
    ADMINISTRATION,
    GROUND,
    agreement,
    cut_off,
    grant,
    lift,
    registered,
    renewal,
    sign,
)

ROOM = f"{access.__name__}."
MODULES = [
    importlib.import_module(module.name)
    for module in pkgutil.walk_packages(access.__path__, ROOM)
    if ".migrations" not in module.name
]
FUNCTIONS = {
    f"{module.__name__.removeprefix(ROOM)}.{name}": function
    for module in MODULES
    for name, function in vars(module).items()
    if inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_")
}
DECLARED = {name for name, function in FUNCTIONS.items() if hasattr(function, "asks_within")}
WRITES = {
    "change",
    "change_by",
    "log_act",
    "create",
    "update",
    "delete",
    "bulk_create",
    "get_or_create",
    "update_or_create",
}
# These write and are no acts of anybody: each for its reason.
NO_ACTS = {
    "accounts.sign_in.begin_session": "who asks, never what they may",
    "accounts.sign_in.end_sessions": "takes away, asks nothing",
    "accounts.sign_in.end_tokens": "takes away, asks nothing",
    "accounts.sign_in.forget_session": "takes away, asks nothing",
    "accounts.sign_in.note_failure": "counts within a transaction of its own",
    "accounts.sign_in.remember_session": "who asks, never what they may",
    "registry.commands.add_agency": "a step of an act that holds the lock",
    "registry.ties.end_ties": "a step of an act that holds the lock",
    "registry.ties.tie": "a step of an act that holds the lock",
    "gate.epoch.change": "the step that every act takes",
    "gate.epoch.change_by": "the step that every act takes",
    "registry.following.follow": "a step of an act that holds the lock",
    "orders.change.decide_proposals": "a step of an act that holds the lock",
    "orders.receipts.prove": "a step of an act that holds the lock",
    "orders.change.put_in_force": "a step of an act that holds the lock",
    "orders.change.set_back": "a step of an act that holds the lock",
    "gate.standing.count_sealing": "counts, in the transaction of a sealing, which has the barrier of records",
    "gate.uses.note_use": "a day on which an account was used",
}  # fmt: skip
# Of the operator or the server itself; each takes the lock in its own body.
OF_NOBODY = {
    "registry.commands.found_city",
    "registry.lifecycle.review_accounts",
    "orders.change.finish_unproved",
    "orders.recovery.catch_up",
    "orders.recovery.reconcile",
    # Two people accept a restored log while the log takes nothing: it asks for them and takes the lock in its own body.
    "orders.seen.accept_log",
    # What this database saw of the log: no condition, and nobody's act.
    "orders.seen.note_checkpoint",
    "registry.policy_versions.take_rules",
}


def calls_of(function, seen=()):
    """Return the names of what a function calls, itself or through private functions of its module."""
    tree = ast.parse(inspect.getsource(function))
    names = {
        getattr(node.func, "id", getattr(node.func, "attr", ""))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    own = vars(inspect.getmodule(function))
    private = {name for name in names if name.startswith("_") and inspect.isfunction(own.get(name))} - set(
        seen
    )
    return names.union(*(calls_of(own[name], (*seen, *private)) for name in private))


def test_every_function_that_writes_is_declared_an_act_or_says_why_it_is_none():
    writers = {name for name, function in FUNCTIONS.items() if calls_of(function) & WRITES}
    assert writers <= DECLARED | set(NO_ACTS) | OF_NOBODY
    assert set(NO_ACTS) <= set(FUNCTIONS)
    assert not DECLARED & set(NO_ACTS)


def keys(action, first="third", second="fourth"):
    return {
        "grant": grant(first, action, ADMINISTRATION),
        "approval": grant(second, action, ADMINISTRATION) if second else None,
    }


def registry(second="fourth"):
    return keys(Action.REGISTRY_CHANGE, second=second)


def alone(action, who="third", purpose=ADMINISTRATION):
    return {"grant": grant(who, action, purpose)}


@pytest.fixture(scope="module", autouse=True)
def third():
    """A third administrator, an agency of their own to change, and an agreement."""
    novak, adler = (grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION) for who in ("novak", "adler"))
    until = clock.today() + timedelta(days=200)
    places = [
        NewAgency(path, "Place", "federal") for path in ("us.turn", "us.turn.part", "us.other", "us.aside")
    ]
    people = [
        NewOfficer(
            "third", "Third Keeper", "", ("access-administrator",), (("il.chicago.pd", "employer"),), until
        ),
        NewOfficer("fourth", "Fourth Keeper", "", ("approver",), (("il.chicago.pd", "employer"),), until),
        NewOfficer("turner", "Ann Turner", "", ("officer",), (("us.turn.part", "employer"),), until),
        NewOfficer("resting", "Ann Resting", "", ("officer",), (("us.turn.part", "employer"),), until),
    ]
    registered(places, people)
    for agency, number in (("us.turn", "AGR-TURN"), ("us.other", "AGR-OTHER")):
        if Agreement.objects.filter(number=number).exists():
            continue
        sign(agency, number, until)
    lifecycle.disable(novak, handle="resting", reason="on leave", approval=adler)
    yield
    Officer.objects.filter(handle__in=["third", "fourth", "turner", "resting"]).update(is_active=False)
    moves.rename_agency(grant("novak", Action.REGISTRY_CHANGE, ADMINISTRATION), agency="us.turn", name="Over")


@pytest.fixture
def standing_order():
    """An order in force on a place that no other test uses."""
    receipt = cut_off("us.aside")
    yield receipt.order
    if any(order.id == receipt.order for order in read_standing().orders):
        lift(receipt.order)


def draft(agency="us.turn.part"):
    return orders.new_order(agency=agency, legal_basis=GROUND)


UNTIL = clock.today() + timedelta(days=90)
NEW = NewOfficer("never", "Never Made", "", ("officer",), (("us.turn", "employer"),), UNTIL)
CUT, LIFT, TOKEN = Action.ORDER_CUT_OFF, Action.ORDER_LIFT, Action.TOKEN_CREATE
OWN = Purpose.OWN_ACCOUNT
# For every act: how the third administrator begins it. `order`: one in force; `number`: a proposal of novak's.
BEGUN = {
    "accounts.sign_in.release_account": lambda **_: (alone(Action.ACCOUNT_RELEASE), {"handle": "turner"}),
    "approvals.engine.approve": lambda number, **_: (alone(CUT), {"number": number}),
    "registry.ties.affiliate": lambda **_: (registry(), {"handle": "turner", "agency": "us.other", "kind": "detail"}),
    "registry.ties.end_affiliation": lambda **_: (registry(), {"handle": "turner", "agency": "us.turn.part"}),
    "registry.agreements.end_agreement": lambda **_: (registry(), {"number": "AGR-TURN", "reason": "x"}),
    "registry.commands.register_agencies": lambda **_: (
        alone(Action.REGISTRY_CHANGE), {"agencies": [NewAgency("us.turn.never", "Never", "federal")]}),
    "registry.commands.register_officers": lambda **_: (registry(), {"officers": [NEW]}),
    "registry.agreements.sign_agreement": lambda **_: (
        registry(), {"agreement": agreement("us.turn", "AGR-NEVER", UNTIL)}),
    "registry.agreements.renew_agreement": lambda **_: (
        registry(), {"renewal": renewal("AGR-TURN", clock.today() + timedelta(days=900))}),
    "registry.duty.set_patrol": lambda **_: (registry(), {"handle": "turner", "on_patrol": True}),
    "registry.lifecycle.certify": lambda **_: (registry(), {"handles": ["turner"], "until": UNTIL}),
    "registry.lifecycle.disable": lambda **_: (registry(), {"handle": "turner", "reason": "x"}),
    "registry.lifecycle.reinstate": lambda **_: (registry(), {"handle": "resting"}),
    "registry.moves.merge_agency": lambda **_: (registry(), {"agency": "us.turn.part", "into": "us.doj"}),
    "registry.moves.move_agency": lambda **_: (registry(), {"agency": "us.turn.part", "to": "us.never"}),
    "registry.moves.rename_agency": lambda **_: (registry(), {"agency": "us.turn", "name": "Never"}),
    "registry.moves.split_agency": lambda **_: (
        registry(), {"agency": "us.turn", "new": NewAgency("us.never2", "N", "federal"), "people": []}),
    "orders.notices.announce": lambda **_: (alone(CUT), {"order": draft(), "text": "Never told."}),
    "orders.commands.cut_off": lambda **_: (keys(CUT), {"order": draft()}),
    "orders.commands.cut_off_provisionally": lambda **_: (alone(CUT), {"order": draft()}),
    "orders.commands.confirm": lambda order, **_: (alone(CUT), {"name": order}),
    "orders.commands.lift": lambda order, **_: (keys(LIFT), {"name": order, "legal_basis": "x"}),
    "orders.commands.narrow": lambda order, **_: (
        keys(LIFT), {"name": order, "to": orders.new_order(agency="us.aside", legal_basis="x", scope=["people"])}),
    "orders.commands.resume": lambda order, **_: (keys(CUT), {"name": order, "document": "19-cv-1", "legal_basis": "x"}),
    "orders.commands.suspend": lambda order, **_: (keys(LIFT), {"name": order, "document": "19-cv-1", "legal_basis": "x"}),
    "approvals.engine.propose: a change of the registry": lambda **_: (
        alone(Action.REGISTRY_CHANGE),
        {"draft": registry_acts.change_draft("disable", agency="us.turn.part", reason="x", facts={"handle": "turner"})}),
    "approvals.engine.propose: a change of an order": lambda order, **_: (
        alone(LIFT), {"draft": order_acts.change_draft("lift", order=order, reason="x")}),
    "approvals.engine.propose: a cut-off": lambda **_: (alone(CUT), {"draft": order_acts.cut_off_draft(draft())}),
    "approvals.engine.propose: an account": lambda **_: (
        alone(Action.REGISTRY_CHANGE), {"draft": registry_acts.account_draft(NEW)}),
    "approvals.engine.withdraw": lambda number, **_: (alone(CUT), {"number": number}),
    "accounts.tokens.create_own_token": lambda **_: (
        alone(Action.TOKEN_OWN, "turner", OWN), {"name": "never"}),
    "accounts.tokens.create_token": lambda **_: (keys(TOKEN), {"handle": "turner"}),
    "accounts.tokens.end_own_token": lambda **_: (
        alone(Action.TOKEN_OWN, "turner", OWN), {"token": Token.objects.get(name="kept").pk}),
    "accounts.tokens.revoke_tokens": lambda **_: (alone(TOKEN), {"handle": "turner"}),
}  # fmt: skip


def act_of(name):
    """Return the act of a story: behind a colon stands which use of it is meant."""
    return name.partition(":")[0]


def test_every_declared_act_has_its_story_here():
    assert {act_of(name) for name in BEGUN} == DECLARED


def while_it_waits(monkeypatch, act, between):
    """Let `act` begin, do `between` while it waits for the lock, and return what it raised, or None."""
    waits, raised = threading.Event(), []
    exclusive = barrier.exclusive

    def noticed(what, **named):
        if what == acts.REGISTRY:
            waits.set()
        return exclusive(what, **named)

    def run():
        try:
            with gate.handing_over():
                act()
        except Exception as error:  # noqa: BLE001 - whatever it was, the test looks at it
            raised.append(error)
        finally:
            log.hang_up()
            connections.close_all()

    thread = threading.Thread(target=run)
    with acts.registry_held():
        with monkeypatch.context() as watched:
            watched.setattr(barrier, "exclusive", noticed)
            thread.start()
            assert waits.wait(10), "the act never asked for the lock"
        between()
    thread.join(30)
    assert not thread.is_alive()
    return raised[0] if raised else None


def facts_of_the_city():
    return (
        [(order.id, order.state) for order in read_standing().orders],
        list(Agency.objects.values_list("path", "name")),
        list(Officer.objects.values_list("handle", "is_active", "certified_until")),
        list(Affiliation.objects.values_list("officer__handle", "agency__path", "until")),
        list(AgreementTerm.objects.values_list("agreement__number", "ends_on", "ended")),
        list(Token.objects.values_list("pk", flat=True)),
        [(row.pk, row.state) for row in Proposal.objects.all()],
    )


def sides_of(name):
    takes_two = "approval" in inspect.signature(FUNCTIONS[act_of(name)]).parameters
    return ["grant", "approval"] if takes_two else ["grant"]


@pytest.mark.anywhere
@pytest.mark.parametrize(
    ("name", "side"), [(name, side) for name in sorted(BEGUN) for side in sides_of(name)]
)
def test_whoever_lost_the_right_while_the_act_waited_does_nothing(name, side, monkeypatch, request):
    """Of every act alike: those who do it may do it when it is done, not only when it was begun."""
    Token.objects.get_or_create(
        name="kept", officer=Officer.objects.get(handle="turner"),
        defaults={"digest": "k" * 64, "created": clock.now(), "expires": clock.now() + timedelta(days=1)},
    )  # fmt: skip
    number = engine.propose(
        grant("novak", CUT, ADMINISTRATION), draft=order_acts.cut_off_draft(draft("us.turn"))
    )
    needed = inspect.signature(BEGUN[name]).parameters
    order = request.getfixturevalue("standing_order") if "order" in needed else ""
    given, named = BEGUN[name](order=order, number=number)
    who = given[side].officer
    seen = []

    def end_the_right():
        lifecycle.disable(
            grant("novak", Action.REGISTRY_CHANGE, ADMINISTRATION), handle=who, reason="in between",
            approval=grant("adler", Action.REGISTRY_CHANGE, ADMINISTRATION),
        )  # fmt: skip
        seen.append(facts_of_the_city())

    try:
        raised = while_it_waits(
            monkeypatch, lambda: FUNCTIONS[act_of(name)](**_called(given, named)), end_the_right
        )
        assert isinstance(raised, Refused), raised
        assert facts_of_the_city() == seen[0]
    finally:
        Officer.objects.filter(handle=who).update(is_active=True, disabled_for="")
        engine.withdraw(grant("novak", CUT, ADMINISTRATION), number=number)
        # An act that raises the epoch, so that the right that was given back is seen.
        novak = grant("novak", Action.REGISTRY_CHANGE, ADMINISTRATION)
        moves.rename_agency(novak, agency="us.turn", name="Place")


def _called(given, named):
    return {name: key for name, key in given.items() if key is not None} | named


def novak_and_adler(action=Action.REGISTRY_CHANGE):
    return keys(action, "novak", "adler")


def order_on(agency):
    return lambda: cut_off(agency)


# What one keeper alone may do while no order touches it, and what may not be done any more once an order has come.
TOUCHED = {
    "tie": lambda: ties.affiliate(
        **alone(Action.REGISTRY_CHANGE), handle="turner", agency="us.other", kind="detail"),
    "end of a tie": lambda: ties.end_affiliation(
        **alone(Action.REGISTRY_CHANGE), handle="turner", agency="us.other.detail"),
    "move in": lambda: moves.move_agency(**alone(Action.REGISTRY_CHANGE), agency="us.turn.part", to="us.other.part"),
    "move out": lambda: moves.move_agency(**alone(Action.REGISTRY_CHANGE), agency="us.other.detail", to="us.gone"),
    "merger": lambda: moves.merge_agency(**alone(Action.REGISTRY_CHANGE), agency="us.turn.part", into="us.other"),
    "split": lambda: moves.split_agency(
        **alone(Action.REGISTRY_CHANGE), agency="us.other", new=NewAgency("us.split", "S", "federal"), people=[]),
    "agreement": lambda: agreements.sign_agreement(
        **alone(Action.REGISTRY_CHANGE), agreement=agreement("us.other", "AGR-X", UNTIL)),
    "renewal": lambda: agreements.renew_agreement(
        **alone(Action.REGISTRY_CHANGE), renewal=renewal("AGR-OTHER", clock.today() + timedelta(days=900))),
    "end of an agreement": lambda: agreements.end_agreement(
        **alone(Action.REGISTRY_CHANGE), number="AGR-OTHER", reason="x"),
    "certification": lambda: lifecycle.certify(**alone(Action.REGISTRY_CHANGE), handles=["turner"], until=UNTIL),
}  # fmt: skip


@pytest.fixture(scope="module")
def detailed():
    """Turner has a second tie, below the agency that the orders of these stories name."""
    novak = grant("novak", Action.REGISTRY_CHANGE, ADMINISTRATION)
    registered([NewAgency("us.other.detail", "Detail", "federal")])
    if not Affiliation.objects.filter(
        officer__handle="turner", agency__path="us.other.detail", until=None
    ).exists():
        ties.affiliate(novak, handle="turner", agency="us.other.detail", kind="detail")


@pytest.mark.usefixtures("detailed")
@pytest.mark.parametrize("what", sorted(TOUCHED))
def test_an_order_that_comes_while_a_change_waits_makes_it_take_two(what, monkeypatch):
    before = facts_of_the_city()[1:]
    try:
        raised = while_it_waits(monkeypatch, TOUCHED[what], order_on("us.other"))
        assert isinstance(raised, Refused), raised
        assert raised.verdict.rule_ids == ("second-person-under-order",)
        assert facts_of_the_city()[1:] == before
    finally:
        lift("us.other")


@pytest.mark.usefixtures("detailed")
@pytest.mark.parametrize("what", sorted(TOUCHED))
def test_what_is_proposed_or_suspended_is_nobodys_to_change_alone(what):
    number = engine.propose(
        grant("novak", CUT, ADMINISTRATION), draft=order_acts.cut_off_draft(draft("us.other"))
    )
    with pytest.raises(Refused, match="takes a second person"):
        TOUCHED[what]()
    [receipt] = engine.approve(grant("adler", CUT, ADMINISTRATION), number=number)
    try:
        paper = {"name": receipt.order, "document": "19-cv-1", "legal_basis": "stay"}
        orders.suspend(**novak_and_adler(LIFT), **paper)
        with pytest.raises(Refused, match="takes a second person"):
            TOUCHED[what]()
    finally:
        lift(receipt.order)


AFTER_A_LIFTING = {
    "suspend": lambda name: orders.suspend(**keys(LIFT), name=name, document="19-cv-1", legal_basis="x"),
    "narrow": lambda name: orders.narrow(
        **keys(LIFT), name=name, to=orders.new_order(agency="us.other", legal_basis="x", scope=["people"])),
    "lift": lambda name: orders.lift(**keys(LIFT), name=name, legal_basis="x"),
    "propose": lambda name: engine.propose(
        **alone(LIFT), draft=order_acts.change_draft("lift", order=name, reason="x")),
    "confirm": lambda name: orders.confirm(**alone(CUT), name=name),
    "resume": lambda name: orders.resume(**keys(CUT), name=name, document="19-cv-1", legal_basis="x"),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(AFTER_A_LIFTING))
def test_an_order_that_was_lifted_in_between_is_not_changed_any_more(what, monkeypatch):
    if what == "confirm":
        given = orders.cut_off_provisionally(**alone(CUT, "novak"), order=draft("us.other"))
    else:
        given = cut_off("us.other")
    if what == "resume":
        orders.suspend(**novak_and_adler(LIFT), name=given.order, document="19-cv-1", legal_basis="stay")
    act = AFTER_A_LIFTING[what]
    raised = while_it_waits(monkeypatch, lambda: act(given.order), lambda: lift(given.order))
    assert isinstance(raised, NotPossible), raised
    assert order_rows.newest_state(given.order).state == "lifted"


def test_an_agency_that_moved_while_its_order_waited_is_not_cut_off_at_its_old_place(monkeypatch):
    novak = grant("novak", Action.REGISTRY_CHANGE, ADMINISTRATION)
    commands.register_agencies(novak, agencies=[NewAgency("us.turn.mover", "M", "federal")])
    order = draft("us.turn.mover")
    raised = while_it_waits(
        monkeypatch, lambda: orders.cut_off(**keys(CUT), order=order),
        lambda: moves.move_agency(novak, agency="us.turn.mover", to="us.turn.moved"),
    )  # fmt: skip
    assert "was moved in the meantime" in str(raised)
    assert not read_standing().orders


@pytest.mark.usefixtures("detailed")
def test_somebody_untied_before_the_order_is_in_no_receipt_and_goes_on_being_answered(monkeypatch):
    """The plan is taken within the lock: what the receipt counts is what it named."""
    novak = grant("novak", Action.REGISTRY_CHANGE, ADMINISTRATION)
    told = []
    raised = while_it_waits(
        monkeypatch, lambda: told.append(orders.cut_off(**keys(CUT), order=draft("us.other"))),
        lambda: ties.end_affiliation(novak, handle="turner", agency="us.other.detail"),
    )  # fmt: skip
    try:
        assert raised is None
        assert all(
            (item.before, item.after, item.state) == (0, 0, "verified")
            for item in told[0].receipts
            if item.target != "publication"
        )
        gate.open_for("turner", Action.DESK_OPEN, purpose=Purpose.CRIMINAL_INVESTIGATION)
    finally:
        lift("us.other")
        ties.affiliate(novak, handle="turner", agency="us.other.detail", kind="detail")


def test_a_proposal_that_means_something_else_by_now_is_not_approved_unseen(monkeypatch):
    number = engine.propose(
        grant("novak", CUT, ADMINISTRATION), draft=order_acts.cut_off_draft(draft("us.turn"))
    )
    two = novak_and_adler()
    raised = while_it_waits(
        monkeypatch, lambda: engine.approve(grant("adler", CUT, ADMINISTRATION), number=number),
        lambda: ties.affiliate(**two, handle="marsh", agency="us.turn", kind="detail"),
    )  # fmt: skip
    adler = grant("adler", CUT, ADMINISTRATION)
    row = queries.proposal(adler, number=number)
    try:
        assert isinstance(raised, MeansSomethingElse)
        assert not read_standing().orders
        means = queries.means_now(adler, row=row)
        assert ("people", ["marsh"], []) in means.differs_from(row.plan)
        [receipt] = engine.approve(adler, number=number, seen=means.meaning)
        with pytest.raises(Refused):
            gate.open_for("marsh", Action.DESK_OPEN, purpose=Purpose.CRIMINAL_INVESTIGATION)
        lift(receipt.order)
    finally:
        ties.end_affiliation(**novak_and_adler(), handle="marsh", agency="us.turn")


def test_the_second_of_two_proposals_ends_with_the_first():
    novak, adler = (grant(who, CUT, ADMINISTRATION) for who in ("novak", "adler"))
    first, second = (
        engine.propose(novak, draft=order_acts.cut_off_draft(draft("us.turn"))) for _ in range(2)
    )
    [receipt] = engine.approve(adler, number=first)
    assert queries.proposal(adler, number=second).state == "overtaken"
    with pytest.raises(NotPossible, match="no longer open"):
        engine.approve(adler, number=second)
    both = [
        engine.propose(
            grant("novak", LIFT, ADMINISTRATION),
            draft=order_acts.change_draft(kind, order=receipt.order, reason="x", document="19-cv-1"),
        )
        for kind in ("suspend", "lift")
    ]
    engine.approve(grant("adler", LIFT, ADMINISTRATION), number=both[1])
    assert queries.proposal(adler, number=both[0]).state == "overtaken"
    assert order_rows.newest_state(receipt.order).state == "lifted"
