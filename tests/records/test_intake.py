"""What the warehouse takes in, and under which id."""

from datetime import date
from uuid import UUID

import pytest

from openclear.records.errors import NotARecord
from openclear.records.intake import insert_records
from openclear.records.people.models import Person
from openclear.records.people.rules import birth_fault
from openclear.records.rules import record_id
from openclear.vocabulary.actions import Action
from openclear.vocabulary.purposes import Purpose
from tests.cast import grant

MAINTENANCE = Purpose.RECORDS_MAINTENANCE


@pytest.mark.parametrize(
    ("birth", "fault"),
    [(date(1900, 12, 31), True), (date(1901, 1, 1), False), (date(2019, 7, 10), True), (None, False)],
)
def test_births_that_cannot_be(birth, fault):
    assert bool(birth_fault(birth, date(2019, 7, 10))) == fault


def test_a_record_with_an_impossible_birth_is_not_taken():
    key = grant("importer", Action.RECORDS_IMPORT, MAINTENANCE)
    row = {"source_id": "old", "family": "Old", "given": "Very", "birth_date": date(1890, 1, 1)}
    with pytest.raises(NotARecord, match="before 1901"):
        insert_records(key, source="story", table="person", rows=[row])
    assert not Person.objects.filter(source="story", source_id="old").exists()


def test_ids_are_the_same_for_the_same_source_row():
    assert record_id("a", "person", "1") == record_id("a", "person", "1") != record_id("a", "name", "1")
    assert isinstance(record_id("a", "person", "1"), UUID)
