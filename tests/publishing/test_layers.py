"""Editions: what fails when one protection is taken out that no other test stands for."""

from datetime import datetime

import pytest

from openclear.publishing import editions
from openclear.publishing.rows import Incident as Told
from openclear.publishing.rows import published
from openclear.records.changes import note_changes
from openclear.records.incidents.models import Incident
from openclear.release.rows import PublicIncident
from openclear.vocabulary import clock
from tests.publishing.test_editions import publisher

pytestmark = pytest.mark.anywhere


def told(block, **more):
    facts = {"occurred": datetime(2026, 5, 1, 13, 37), "area": 8, "primary_type": "BATTERY", "description": "SIMPLE",  # noqa: DTZ001 - Chicago's clock
             "block": block, "latitude": 41.9, "longitude": -87.6, "arrest": False, "is_sensitive": False}  # fmt: skip
    return Told(**(facts | more))


def test_a_sensitive_incident_tells_its_area_and_type_alone():
    hidden = [told("002XX N STATE ST", is_sensitive=True, arrest=number == 1) for number in range(3)]
    rows = published([*(told("001XX N STATE ST") for _ in range(4)), *hidden]).rows
    sensitive = [row for row in rows if not row.block]
    assert sensitive == [PublicIncident(8, "BATTERY", "", "", None, None, None, None)] * 3


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
    note_changes([row.occurred, old.occurred])
    try:
        made = editions.refresh_editions(publisher())
        assert [name[:7] for name in made] == [f"{old.occurred:%Y-%m}"]
    finally:
        row.delete()
