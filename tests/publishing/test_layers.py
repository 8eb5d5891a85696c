"""Editions: what fails when one protection is taken out that no other test stands for."""

from collections import Counter
from datetime import datetime

from openclear.publishing import editions
from openclear.publishing.rows import Incident as Told
from openclear.publishing.rows import published
from openclear.publishing.suppression import K, hidden_cells
from openclear.records.changed import mark
from openclear.records.models import Incident
from openclear.vocabulary import clock
from tests.publishing.attacker import bounds, totals_of
from tests.publishing.test_editions import publisher


def test_a_small_cell_that_joins_two_circles_is_not_worked_out():
    """Two squares of hidden cells and one cell between them: what goes round in each never goes through the one."""
    counts = {(area, kind): 5 for area in (1, 2, 3, 4) for kind in "ABCD"}
    counts |= {
        (1, "A"): 1,
        (1, "B"): 2,
        (2, "A"): 2,
        (2, "B"): 1,
        (3, "C"): 1,
        (3, "D"): 2,
        (4, "C"): 2,
        (4, "D"): 2,
    }
    counts[2, "C"] = 1
    shown = {cell: count for cell, count in counts.items() if cell not in hidden_cells(counts)}
    low, high = bounds((2, "C"), [1, 2, 3, 4], list("ABCD"), shown, *totals_of(counts))
    assert high - low > 0.5


def test_what_is_hidden_of_one_line_is_three_at_least():
    counts = {(1, "THEFT"): 1, (1, "BATTERY"): 6, (1, "ARSON"): 1, ("", "THEFT"): 5, ("", "ARSON"): 2}
    hidden = hidden_cells(counts)
    for side in (0, 1):
        sums = Counter()
        for cell in hidden:
            sums[cell[side]] += counts[cell]
        assert all(count >= K for count in sums.values()), sums


def told(block, **more):
    facts = {"occurred": datetime(2026, 5, 1, 13, 37), "area": 8, "primary_type": "BATTERY", "description": "SIMPLE",  # noqa: DTZ001 - Chicago's clock
             "block": block, "latitude": 41.9, "longitude": -87.6, "arrest": False, "is_sensitive": False}  # fmt: skip
    return Told(**(facts | more))


def test_a_sensitive_incident_tells_its_area_and_type_alone():
    rows = published(
        [*(told("001XX N STATE ST") for _ in range(4)), told("002XX N STATE ST", is_sensitive=True)]
    ).rows
    (sensitive,) = [row for row in rows if not row.block]
    assert (sensitive.area, sensitive.primary_type) == (8, "BATTERY")
    assert (sensitive.description, sensitive.hour, sensitive.latitude, sensitive.longitude) == (
        "",
        None,
        None,
        None,
    )


def test_a_domestic_incident_and_a_sexual_assault_are_sensitive():
    from openclear.vocabulary.labels import Label

    facts = {"occurred": clock.now(), "community_area": 8, "primary_type": "BATTERY", "description": "SIMPLE",
             "block": "001XX N STATE ST", "latitude": 41.9, "longitude": -87.6, "arrest_made": False}  # fmt: skip
    for label, sensitive in ((0, False), (Label.DOMESTIC.value, True), (Label.SEXUAL_ASSAULT.value, True)):
        assert editions._incident(facts | {"labels": label}).is_sensitive == sensitive


def test_a_month_that_is_not_due_stays_marked_and_stops_no_other():
    row = Incident.objects.create(
        source="test", source_id="young", block="0999X W YOUNG ST", occurred=clock.now(), rd_number=""
    )
    editions.refresh_editions(publisher())  # what other stories brought in is published before
    old = Incident.objects.filter(labels=0).order_by("occurred").first()
    mark([row.occurred, old.occurred])
    try:
        made = editions.refresh_editions(publisher())
        assert [name[:7] for name in made] == [f"{old.occurred:%Y-%m}"]
    finally:
        row.delete()
