"""The compiled clearance and Cedar asked row by row are one rule: on SQL of every engine, over worlds that nobody chose."""

import random

import duckdb
import pytest
from django.db import connection

from bench.decisions import a_world, compare
from openclear.access.gate.decide import policies
from openclear.records.vehicles.models import Vehicle
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.grants import Clearance
from openclear.vocabulary.labels import Label
from tests.options import DECISIONS


@pytest.mark.anywhere
def test_compiled_and_row_by_row_never_disagree():
    """OPENCLEAR_TEST_DECISIONS sets how many; `./run bench decisions` compares 100,000."""
    compared = compare(DECISIONS)
    assert compared.disagreements == []
    assert 0.2 < compared.hidden / compared.decisions < 0.95


@pytest.mark.anywhere
def test_an_order_changes_nothing_for_whoever_it_does_not_hold_over():
    """Why decisions are kept without the orders on others: Cedar under all orders says the same."""
    draw, spared = random.Random(11), 0
    for _ in range(50):
        orders, subject, ask = a_world(draw)
        over = tuple(
            order for order in orders if any(order.covers_agency(agency) for agency in subject.agencies)
        )
        spared += len(orders) - len(over)
        every, few = policies().under(orders), policies().under(over)
        assert every.decide(subject, ask).rule_ids == few.decide(subject, ask).rule_ids
        assert every.clearances(subject, ask) == few.clearances(subject, ask)
    assert spared > 12


def test_an_order_on_people_hides_people_without_any_label_too():
    """An ICE agent under an order on people opens an incident: nobody is in it."""
    from openclear.records.incidents.models import Incident, Involvement
    from tests.cast import CRIME, ask, cut_off, lift, open_case

    part = Involvement.objects.filter(labels=0, person__labels=0, incident__labels=0).first()
    path, reason = f"incidents/{part.incident_id}", {"purpose": CRIME, "case": open_case()}
    assert Incident.objects.filter(pk=part.incident_id).exists()
    assert ask("ives", path, **reason).json()["result"]["people"]
    receipt = cut_off("us.dhs.ice", scope=["people"])
    try:
        assert ask("ives", path, **reason).json()["result"]["people"] == []
        assert ask("frost", path, **reason).json()["result"]["people"]
    finally:
        lift(receipt.order)


@pytest.fixture
def labelled():
    """One vehicle for each of the 1,024 sets of labels."""
    rows = [
        Vehicle(source="labelled", source_id=str(labels), plate=f"L{labels}", plate_state="IL", make="", model="", color="", labels=labels)
        for labels in range(1024)
    ]  # fmt: skip
    Vehicle.objects.bulk_create(rows)
    yield
    Vehicle.objects.filter(source="labelled").delete()


@pytest.mark.usefixtures("labelled")
def test_the_same_clearance_shows_the_same_rows_in_every_engine():
    """ORM (on the database of this run), DuckDB, and plain Python."""
    draw = random.Random(7)
    table = duckdb.sql("SELECT range AS labels FROM range(1024)")
    for _ in range(60):
        mask = Label(draw.randrange(1024))
        clearance = Clearance(Dataset.VEHICLES, mask, frozenset())
        assert (
            Vehicle.objects.within(Clearance(Dataset.VEHICLES, mask, frozenset(), nothing=True)).count() == 0
        )
        plain = {labels for labels in range(1024) if clearance.shows(labels)}
        within = Vehicle.objects.within(clearance).filter(source="labelled")
        assert {int(row) for row in within.values_list("source_id", flat=True)} == plain, connection.vendor
        assert within.count() == len(plain)
        assert {row[0] for row in table.filter(clearance.sql()).fetchall()} == plain
