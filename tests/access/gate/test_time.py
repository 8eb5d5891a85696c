"""Crashes and times: older rules, a log that is away, two who act at once, a move during an order."""

import threading

import pytest
from django.db import connections

from openclear.access import gate
from openclear.access.errors import OlderRules, Refused
from openclear.access.gate.standing import read_standing
from openclear.access.models import Agency, Epoch, OrderState, PolicyVersion
from openclear.access.registry import commands, moves, policy_versions, ties
from openclear.access.registry.commands import NewAgency
from openclear.audit import log
from openclear.audit.errors import LogUnavailable
from openclear.audit.proof.headers import BLOCKING_STATES
from openclear.audit.queries import verify
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from tests.cast import ADMINISTRATION, CRIME, ask, cut_off, grant, lift, open_case, search, token


def test_new_rules_raise_the_epoch_and_older_ones_do_not_come_back():
    assert search("rivera", "garcia").status_code == 200
    case, epoch = open_case(), read_standing().epoch
    newer = PolicyVersion.objects.create(digest="f" * 64, epoch=epoch, moment=clock.now())
    try:
        with pytest.raises(OlderRules, match="replaced by newer ones"):
            policy_versions.take_rules()
        refused = ask("rivera", "people", q="garcia", purpose=CRIME, case=case)
        assert refused.json()["rule_ids"] == ["rules-of-another-version"]
    finally:
        newer.delete()
    assert policy_versions.take_rules() is None
    assert search("rivera", "garcia").status_code == 200
    mine = PolicyVersion.objects.get()
    PolicyVersion.objects.filter(pk=mine.pk).update(digest="e" * 64)
    try:
        assert "are now the rules of the city" in policy_versions.take_rules()
        assert read_standing().epoch > epoch
    finally:
        PolicyVersion.objects.filter(digest="e" * 64).delete()
    assert search("rivera", "garcia").status_code == 200


def test_without_the_log_no_order_and_no_answer_and_then_all_as_before(monkeypatch):
    before, case = (read_standing(), OrderState.objects.count()), open_case()
    token("frost")

    def away(*_):
        raise LogUnavailable("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(log, "append", away)
        broken.setattr(log, "append_all", away)
        with pytest.raises(LogUnavailable):
            cut_off("us.dhs.ice")
        assert ask("frost", "people", q="garcia", purpose=CRIME, case=case).status_code == 503
    assert (read_standing(), OrderState.objects.count()) == before
    assert search("ives", "garcia").status_code == 200
    assert search("frost", "garcia").status_code == 200


def in_threads(*acts):
    """Run acts at once, each with database connections of its own; return what each raised or None."""
    start, raised = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        start.wait()
        try:
            with gate.handing_over():
                act()
        except Exception as error:  # noqa: BLE001 - whatever it was, the test looks at it
            raised[place] = error
        finally:
            log.hang_up()
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


def test_two_who_order_and_lift_at_once_leave_one_clear_state():
    for _ in range(4):
        raised = in_threads(
            lambda: cut_off("us.dhs.ice"), lambda: cut_off("us.dhs.ice", by="adler", approved_by="novak"),
            lambda: lift("us.dhs.ice"), lambda: lift("us.dhs.ice", by="adler", approved_by="novak"),
        )  # fmt: skip
        assert not [error for error in raised if error and not isinstance(error, NotPossible)], raised
        standing = {order.id for order in read_standing().orders}
        in_log = {name for name, order in log.state().orders.items() if order["state"] in BLOCKING_STATES}
        assert standing == in_log
        assert search("ives", "garcia").status_code == (403 if standing else 200)
        assert search("frost", "garcia").status_code == 200
        if standing:
            lift("us.dhs.ice")
    assert verify().ok


def test_an_agency_that_moves_while_it_is_cut_off_is_cut_off_or_the_order_says_that_it_moved():
    place = "us.doj.runner"
    commands.register_agencies(
        grant("novak", Action.REGISTRY_CHANGE, ADMINISTRATION), agencies=[NewAgency(place, "R", "federal")]
    )
    ties.affiliate(
        grant("novak", Action.REGISTRY_CHANGE, ADMINISTRATION),
        handle="marsh",
        agency=place,
        kind="task-force",
    )
    for number in range(5):
        to = f"us.doj.runner{number}"
        raised = in_threads(
            lambda place=place: cut_off(place),
            lambda place=place, to=to: moves.move_agency(
                grant("novak", Action.REGISTRY_CHANGE, ADMINISTRATION),
                agency=place,
                to=to,
                approval=grant("adler", Action.REGISTRY_CHANGE, ADMINISTRATION),
            ),
        )
        here = (
            Agency.objects.filter(path__startswith="us.doj.runner")
            .exclude(closed_on__isnull=False)
            .get()
            .path
        )
        assert not raised[1], raised
        if raised[0] is None:
            with pytest.raises(Refused):
                gate.open_for("marsh", Action.DESK_OPEN, purpose=CRIME)
            lift(read_standing().orders[0].id)
        else:
            assert isinstance(raised[0], NotPossible), raised
            assert not read_standing().orders
        place = here
    ties.end_affiliation(grant("novak", Action.REGISTRY_CHANGE, ADMINISTRATION), handle="marsh", agency=place)
    assert verify().ok


def test_an_edit_elsewhere_makes_nobody_ask_cedar_again():
    from openclear.access.gate import decide

    assert search("frost", "garcia").status_code == 200
    before = decide._compiled.cache_info().misses
    key = grant("novak", Action.REGISTRY_CHANGE, ADMINISTRATION)
    asked = decide._compiled.cache_info().misses - before
    for _ in range(5):
        ties.affiliate(key, handle="marsh", agency="us.doj.usms", kind="detail")
        assert search("frost", "garcia").status_code == 200
        ties.end_affiliation(key, handle="marsh", agency="us.doj.usms")
    extra = decide._compiled.cache_info().misses - before - asked
    assert extra <= 4  # the keepers' own checks; nothing for Frost
    assert Epoch.objects.get().value == read_standing().epoch
