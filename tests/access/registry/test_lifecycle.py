"""Accounts are made, certified and ended by two people; those of oversight by oversight."""

from datetime import timedelta

import pytest

from openclear.access.approvals import engine
from openclear.access.errors import Refused
from openclear.access.models import Officer
from openclear.access.registry import commands, lifecycle
from openclear.access.registry.commands import NewOfficer
from openclear.access.registry.proposed import account_draft
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.purposes import Purpose
from tests.access.registry.test_registry import acting, registry
from tests.cast import ADMINISTRATION, grant

CHANGE, CUT, LIFT = Action.REGISTRY_CHANGE, Action.ORDER_CUT_OFF, Action.ORDER_LIFT


def new_overseer(handle):
    return NewOfficer(
        handle, "Second Overseer", "", ("inspector-general",), (("il.chicago.oig", "employer"),),
        clock.today() + timedelta(days=9),
    )  # fmt: skip


def key(who="novak", action=CHANGE):
    return grant(who, action, ADMINISTRATION)


def test_keepers_neither_make_nor_end_accounts_of_oversight():
    with pytest.raises(Refused, match="only by oversight"):
        commands.register_officers(registry(), approval=registry("adler"), officers=[new_overseer("planted")])
    with pytest.raises(Refused, match="only by oversight"):
        lifecycle.disable(registry(), handle="okafor", reason="inconvenient", approval=registry("adler"))
    number = engine.propose(registry(), draft=account_draft(new_overseer("deputy")))
    with pytest.raises(Refused, match="only by oversight"):
        engine.approve(registry("adler"), number=number)
    oversight = grant("okafor", Action.OVERSIGHT_ACCOUNT, Purpose.OVERSIGHT_REVIEW)
    engine.approve(oversight, number=number)
    assert Officer.objects.get(handle="deputy").approved_by == "okafor"
    lifecycle.disable(oversight, handle="deputy", reason="end of the test", approval=registry("adler"))
    with pytest.raises(Refused, match="only by oversight"):
        lifecycle.disable(oversight, handle="frost", reason="not an overseer", approval=registry("adler"))


def test_a_person_behind_an_integration_is_not_idle():
    from openclear.access.gate import uses

    uses._noted.clear()
    Officer.objects.filter(handle="lund").update(last_used=clock.today() - timedelta(days=50))
    assert acting("lund").status_code == 200
    assert Officer.objects.get(handle="lund").last_used == clock.today()


def test_nobody_ends_a_certification_alone():
    before = Officer.objects.get(handle="adler").certified_until
    with pytest.raises(NotPossible, match="disable the account"):
        lifecycle.certify(key(), handles=["adler"], until=clock.today() - timedelta(days=1))
    assert Officer.objects.get(handle="adler").certified_until == before
