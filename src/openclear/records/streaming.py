"""All rows that a search finds, chunk by chunk, for exports and alerts: the same filters as the search itself."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from openclear.records.matching import (
    arrests_matching,
    arrests_within,
    incidents_matching,
    people_matching,
    vehicles_matching,
)
from openclear.records.models import Incident, Person, Vehicle
from openclear.records.rows import ArrestFound, IncidentFilter, PeopleFilter, VehicleFilter
from openclear.records.shown import (
    incident_rows,
    names_of,
    person_row,
    vehicle_row,
    visible_keepers,
)
from openclear.records.told import do_all_tell_of_arrest
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.grants import Grant

Id = TypeVar("Id")
CHUNK, READ, ASKED = 500, 10_000, 1000
_SEARCHES = (Action.PERSON_SEARCH, Action.INCIDENT_SEARCH, Action.ARREST_SEARCH, Action.VEHICLE_SEARCH)


def every_row(grant: Grant, *, kind: str, text: str, narrow: Mapping[str, Any]) -> Iterator[list[Any]]:
    """Yield every row that a search of this kind finds, in chunks of at most 500, in the order of their ids.

    Each chunk is read by a statement of its own, under the clearance, so the caller can ask the gate between any two,
    and a row that was sealed in the meantime is not in it.
    """
    grant.require(*_SEARCHES)
    grant.require_asked(narrow)
    found = _MATCHING[kind](grant, text, narrow).order_by().values_list("pk", flat=True)
    # Only the ids are remembered, 16 bytes each: a search is done once, and its rows are read anew, chunk by chunk.
    ids = sorted(row.bytes for row in found.iterator(chunk_size=READ))
    for start in range(0, len(ids), CHUNK):
        keys = [UUID(bytes=data) for data in ids[start : start + CHUNK]]
        yield _ROWS[kind](grant, list(_WITHIN[kind](grant).filter(pk__in=keys).order_by("pk")))


def all_there(grant: Grant, *, kind: str, ids: Sequence[UUID | str]) -> bool:
    """Say whether every one of these rows is there for the holder now: none was sealed, expunged or removed since."""
    grant.require(*_SEARCHES)
    return all(_WITHIN[kind](grant).filter(pk__among=part).count() == len(part) for part in _parts(ids))


def count_there(grant: Grant, *, kind: str, ids: Sequence[UUID]) -> int:
    """Return how many of these rows are there for the holder now: what was told of them once must not count them after a sealing."""
    grant.require(Action.ALERT_KEEP, *_SEARCHES)
    return sum(_WITHIN[kind](grant).filter(pk__among=part).count() for part in _parts(ids))


def still_told(grant: Grant, *, kind: str, told: Iterable[UUID | str]) -> bool:
    """Say whether what rows told of others may be told now: of vehicles their keepers, of incidents (by id) their arrests."""
    grant.require(*_SEARCHES)
    wanted = list(set(told))
    if kind == "vehicles":
        keepers = Person.objects.within(grant.over(Dataset.PEOPLE))
        return all(keepers.filter(pk__among=part).count() == len(part) for part in _parts(wanted))
    return kind != "incidents" or all(do_all_tell_of_arrest(grant, part) for part in _parts(wanted))


def _parts(ids: Sequence[Id]) -> Iterator[Sequence[Id]]:
    # A thousand at once: with ten thousand PostgreSQL reads the whole table (measured: 30 ms in all became 400).
    return (ids[start : start + ASKED] for start in range(0, len(ids), ASKED))


def ids_found(
    grant: Grant, *, kind: str, text: str, most: int, narrow: Mapping[str, Any] | None = None
) -> list[UUID]:
    """Return the ids of at most so many rows that a search finds, for an alert to compare with those that it knows."""
    grant.require(*_SEARCHES)
    grant.require_asked(narrow)
    return list(_MATCHING[kind](grant, text, narrow or {}).order_by("pk").values_list("pk", flat=True)[:most])


def _people(grant: Grant, page: list[Any]) -> list[Any]:
    clearance = grant.over(Dataset.PEOPLE)
    names = names_of(page, clearance)
    return [person_row(person, names[person.id], clearance) for person in page]


def _incidents(grant: Grant, page: list[Any]) -> list[Any]:
    return incident_rows(grant, page)


def _arrests(_grant: Grant, page: list[Any]) -> list[Any]:
    return [
        ArrestFound(row.id, row.cb_number, row.made, f"{row.person.given} {row.person.family}".strip())
        for row in page
    ]


def _vehicles(grant: Grant, page: list[Any]) -> list[Any]:
    keepers = visible_keepers(grant, page)
    return [vehicle_row(vehicle, keepers) for vehicle in page]


_ROWS = {"people": _people, "incidents": _incidents, "arrests": _arrests, "vehicles": _vehicles}
_WITHIN: Mapping[str, Any] = {
    "people": lambda grant: Person.objects.within(grant.over(Dataset.PEOPLE)),
    "incidents": lambda grant: Incident.objects.within(grant.over(Dataset.INCIDENTS)),
    "arrests": arrests_within,
    "vehicles": lambda grant: Vehicle.objects.within(grant.over(Dataset.VEHICLES)),
}
_MATCHING: Mapping[str, Any] = {
    "people": lambda grant, text, narrow: people_matching(grant, text, PeopleFilter(**narrow)),
    "incidents": lambda grant, text, narrow: incidents_matching(grant, text, IncidentFilter(**narrow)),
    "arrests": lambda grant, text, _narrow: arrests_matching(grant, text),
    "vehicles": lambda grant, text, narrow: vehicles_matching(grant, text, VehicleFilter(**narrow)),
}
