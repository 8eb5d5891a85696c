"""Which rows a search means, as far as a clearance shows them. For this room alone: what leaves it are rows."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from openclear.records.models import Arrest, Incident, NameWord, Offense, Person, Vehicle
from openclear.records.rows import IncidentFilter, PeopleFilter, VehicleFilter
from openclear.records.rules import (
    LONGEST_NEAR,
    SHORTEST_NEAR,
    block_of,
    cb_number_of,
    near_spellings,
    plate_of,
    sound_of,
    split_query,
)
from openclear.records.told import tells_of_arrest
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.grants import Clearance, Grant

SHORTEST_WORD = 2
END_OF_PREFIX = "\U0010ffff"


def people_matching(grant: Grant, text: str, narrow: PeopleFilter) -> "QuerySet[Person]":
    """Return the people that a search by name finds, for this room alone; nobody without a word of two letters."""
    words, years = split_query(text)
    words = [word for word in words if len(word) >= SHORTEST_WORD]
    clearance = grant.over(Dataset.PEOPLE)
    return people_called(clearance, words, years, narrow, near=False) if words else Person.objects.none()


def incidents_matching(grant: Grant, text: str, narrow: IncidentFilter) -> "QuerySet[Incident]":
    """Return the incidents of a block or an RD number, or without a text all that `narrow` names; for this room alone."""
    block = block_of(text)
    found: QuerySet[Incident] = Incident.objects.within(grant.over(Dataset.INCIDENTS))
    if block:
        found = found.filter(Q(rd_number=block) | Q(block__gte=block, block__lt=block + END_OF_PREFIX))
    found = found.filter(**narrow.lookups())
    if narrow.iucr:
        # Only offenses that are there for the asker narrow: a hidden one must not tell of itself.
        matching = Offense.objects.within(grant.over(Dataset.INCIDENTS)).filter(
            iucr=narrow.iucr.upper().zfill(4)
        )
        found = found.filter(Exists(matching.filter(incident=OuterRef("pk"))))
    if narrow.arrest_made is not None:
        found = found.filter(tells_of_arrest(grant) if narrow.arrest_made else ~tells_of_arrest(grant))
    return found


def arrests_matching(grant: Grant, text: str) -> "QuerySet[Arrest]":
    """Return the arrests whose CB number begins with `text`, none without one; for this room alone."""
    number = cb_number_of(text) or "?"
    return arrests_within(grant).filter(cb_number__gte=number, cb_number__lt=number + END_OF_PREFIX)


def arrests_within(grant: Grant) -> "QuerySet[Arrest]":
    """Return the arrests that are there for the holder, with their people and incidents; for this room alone."""
    within: QuerySet[Arrest] = Arrest.objects.within(grant.over(Dataset.ARRESTS))
    return (
        within.filter(person__in=Person.objects.within(grant.over(Dataset.PEOPLE)))
        .filter(incident__in=Incident.objects.within(grant.over(Dataset.INCIDENTS)))
        .select_related("person")
    )


def vehicles_matching(grant: Grant, text: str, narrow: VehicleFilter) -> "QuerySet[Vehicle]":
    """Return the vehicles whose plate begins with `text`, or without one all that `narrow` names; for this room alone."""
    plate = plate_of(text)
    found: QuerySet[Vehicle] = Vehicle.objects.within(grant.over(Dataset.VEHICLES))
    if plate:
        found = found.filter(plate__gte=plate, plate__lt=plate + END_OF_PREFIX)
    return found.filter(**narrow.lookups())


def people_called(
    clearance: Clearance, words: Sequence[str], years: Sequence[int], narrow: PeopleFilter, *, near: bool
) -> "QuerySet[Person]":
    """Return the people whose names have all these words, or sound like them, or with `near` are one letter away."""
    people: QuerySet[Person] = Person.objects.within(clearance)
    for word in words:
        people = people.filter(pk__in=_people_called(clearance, word, near=near))
    if years:
        people = people.filter(birth_date__year__in=years)
    return people.filter(**narrow.lookups())


def _people_called(clearance: Clearance, word: str, *, near: bool) -> "QuerySet[NameWord, Any]":
    spelled = NameWord.objects.within(clearance).filter(word__gte=word, word__lt=word + END_OF_PREFIX)
    sounding = NameWord.objects.within(clearance).filter(sound=sound_of(word))
    ways = [sounding.values("person_id")]
    if near and SHORTEST_NEAR <= len(word) <= LONGEST_NEAR:
        # Every word one letter away, looked up one by one in the index: no scan, and no list of words that leaks.
        alike = NameWord.objects.within(clearance).filter(word__in=near_spellings(word))
        ways.append(alike.values("person_id"))
    people: QuerySet[NameWord, Any] = spelled.values("person_id").union(*ways)
    return people
