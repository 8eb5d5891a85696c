"""Everything that names an agency follows it when it moves; every row that holds a path is found by walking the tables."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import models, router

from openclear.access import orders
from openclear.access.approvals import engine, queries
from openclear.access.errors import MeansSomethingElse
from openclear.access.models import Agreement, Notice, Officer
from openclear.access.orders import notices
from openclear.access.orders.proposed import cut_off_draft
from openclear.access.registry import commands, moves
from openclear.access.registry.commands import NewAgency, NewOfficer
from openclear.access.registry.proposed import account_draft
from openclear.records.cases.models import Case
from openclear.records.incidents.models import Incident
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from tests.cast import ADMINISTRATION, GROUND, grant, lift, sign, signed_in

OLD, NEW = "us.doj.walker", "us.walked"
# These keep the path of their day: history, and what was published or logged then.
HISTORY = {
    "access.AgencyMove": "the move itself",
    "access.OrderState": "what was ordered; an order's places follow by their own rule",
    "access.OrderPlace": "an order never leaves a place",
    "access.OrderProof": "what was planned and proved then",
    "audit.Body": "the log",
    "audit.Entry": "the log",
    "sessions.Session": "encoded; holds the handle of a person",
}
# What a proposal meant when it was proposed: the second person is shown how it differs from now.
SNAPSHOTS = {("access.Proposal", "plan")}
TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField)


def registry(who="novak"):
    return grant(who, Action.REGISTRY_CHANGE, ADMINISTRATION)


def rows_that_hold(path):
    """Return the tables that hold a path, or one below it, anywhere in the text of a row."""
    found = set()
    for table in apps.get_models():
        columns = [
            field.attname
            for field in table._meta.concrete_fields
            if isinstance(field, TEXT) and (table._meta.label, field.attname) not in SNAPSHOTS
        ]
        for row in (
            table._base_manager.using(router.db_for_read(table)).values_list(*columns).iterator()
            if columns
            else ()
        ):
            if any(path in text(value) for value in row):
                found.add(table._meta.label)
    return found


def text(value):
    return bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)


def approve_as_seen(number, action):
    adler = grant("adler", action, ADMINISTRATION)
    with pytest.raises(MeansSomethingElse):
        engine.approve(adler, number=number)
    means = queries.means_now(adler, row=queries.proposal(adler, number=number))
    return engine.approve(adler, number=number, seen=means.meaning)


@pytest.fixture
def walker():
    """An agency that everything names: people, agreement, notices, proposals, cases, records."""
    paths = (OLD, f"{OLD}.unit", "us.doj.beside")
    commands.register_agencies(registry(), agencies=[NewAgency(path, "W", "federal") for path in paths])
    until = clock.today() + timedelta(days=90)
    account = NewOfficer("walker1", "W", "", ("officer",), ((f"{OLD}.unit", "employer"),), until)
    commands.register_officers(registry(), approval=registry("adler"), officers=[account])
    sign(OLD, "AGR-WALK", until)
    notices.announce(
        grant("novak", Action.ORDER_CUT_OFF, ADMINISTRATION), order=orders.new_order(agency=OLD, legal_basis=GROUND),
        text="Walker loses access.",
    )  # fmt: skip
    notices.announce(
        grant("novak", Action.ORDER_CUT_OFF, ADMINISTRATION),
        order=orders.new_order(agency="us.doj.beside", legal_basis=GROUND), text="Beside loses access.",
    )  # fmt: skip
    waiting = NewOfficer("walker2", "W", "", ("officer",), ((f"{OLD}.unit", "employer"),), until)
    numbers = [engine.propose(registry(), draft=account_draft(waiting))]
    facts = {
        "kind": "case",
        "title": "T",
        "opened": "2026-01-01",
        "source": "test",
        "owner_agency": f"{OLD}.unit",
    }
    case = Case.objects.create(source_id="walk", number="WK-1", **facts)
    incident = Incident.objects.filter(labels=0).first()
    Incident.objects.filter(pk=incident.pk).update(owner_agency=f"{OLD}.unit")
    yield numbers
    case.delete()
    Incident.objects.filter(pk=incident.pk).update(owner_agency="il.chicago.pd")
    Notice.objects.all().delete()
    Officer.objects.filter(handle__in=["walker1", "walker2"]).update(is_active=False)


def test_no_row_but_history_names_an_agency_by_the_path_that_it_left(walker):
    [account] = walker
    order = engine.propose(
        grant("novak", Action.ORDER_CUT_OFF, ADMINISTRATION),
        draft=cut_off_draft(orders.new_order(agency=OLD, legal_basis=GROUND)),
    )
    assert rows_that_hold(OLD) - set(HISTORY) >= {
        "access.Agency", "access.Notice", "access.Proposal", "records.Case", "records.Incident",
    }  # fmt: skip
    moves.move_agency(registry(), agency=OLD, to=NEW, approval=registry("adler"))
    assert rows_that_hold(OLD) <= set(HISTORY)
    # They do what they say for the new place.
    assert queries.proposal(registry(), number=order).agency == NEW
    approve_as_seen(account, Action.REGISTRY_CHANGE)
    assert Officer.objects.get(handle="walker2").affiliations.get().agency.path == f"{NEW}.unit"
    assert Agreement.objects.get(number="AGR-WALK").agency.path == NEW
    [receipt] = approve_as_seen(order, Action.ORDER_CUT_OFF)
    lift(receipt.order)
    # The notice about it is still not told to it, and the one about its neighbor still is.
    page = signed_in("walker1").get("/").content.decode()
    assert "Walker loses access." not in page
    assert "Beside loses access." in page


def test_cases_and_sharings_go_with_an_agency_that_moves():
    new = NewAgency("us.doj.mover", "Mover", "federal")
    commands.register_agencies(registry(), agencies=[new])
    facts = {
        "kind": "case",
        "title": "T",
        "opened": "2026-01-01",
        "source": "test",
        "owner_agency": "us.doj.mover",
    }
    case = Case.objects.create(source_id="mover", number="MV-1", **facts)
    moves.move_agency(registry(), agency="us.doj.mover", to="us.doj.moved")
    assert Case.objects.get(pk=case.pk).owner_agency == "us.doj.moved"
    case.delete()
