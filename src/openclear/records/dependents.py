"""What says the same as a record that a court seals: the rows that carry its label with it, and what is derived from them.

A kind of record that is not declared here cannot be sealed; tests/records/test_told.py seals each and looks everywhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from openclear.records.models import (
    Address,
    Arrest,
    Case,
    Charge,
    Identifier,
    Incident,
    Involvement,
    NameWord,
    Offense,
    Person,
    PersonName,
    Vehicle,
)


@dataclass(frozen=True, slots=True)
class Dependents:
    """One kind of record. `rows`: tables that get the label too, with the way from them to the record.

    `derived`: what other records tell of it; computed from the rows under the reader's clearance (`told`, `shown`, `months`),
    never stored. `moment`: the way from an incident that figures are counted from to the record, "" where there is none.
    """

    table: type[Any]
    rows: tuple[tuple[type[Any], str], ...] = ()
    derived: tuple[str, ...] = ()
    moment: str = ""


DEPENDENTS: Mapping[str, Dependents] = {
    "arrest": Dependents(
        Arrest,
        rows=((Charge, "arrest"),),
        derived=(
            "incident: arrest_made, and the filter by it",
            "incident: the part of the arrestee among the people",
            "person: the part of the arrestee in the history",
            "figures and editions: whether an arrest was made",
        ),
        moment="arrests",
    ),
    "case": Dependents(Case, derived=("search: the case as a ground",)),
    "incident": Dependents(
        Incident,
        rows=(
            (Offense, "incident"),
            (Involvement, "incident"),
            (Arrest, "incident"),
            (Charge, "arrest__incident"),
        ),
        derived=(
            "case: the subject, the title and the incident",
            "figures and editions: the incident",
        ),
        moment="pk",
    ),
    "person": Dependents(
        Person,
        rows=(
            (PersonName, "person"),
            (NameWord, "person"),
            (Identifier, "person"),
            (Address, "person"),
            (Involvement, "person"),
            (Arrest, "person"),
            (Charge, "arrest__person"),
        ),
        derived=(
            "vehicle: the keeper",
            "incident: arrest_made, and the filter by it",
            "figures and editions: whether an arrest was made",
        ),
        moment="arrests__person",
    ),
    "vehicle": Dependents(Vehicle, derived=("person: the vehicles",)),
}


_ARRESTS_OF = {"arrest": "pk", "incident": "incident", "person": "person"}


def rows_of(kind: str, record: UUID) -> Iterator[Any]:
    """Yield the record and everything that carries its label with it, table by table."""
    declared = DEPENDENTS[kind]
    yield declared.table.objects.filter(pk=record)
    for table, way in declared.rows:
        yield table.objects.filter(**{way: record})


def copied_as(kind: str, record: UUID) -> list[UUID]:
    """Return the ids under which what is kept elsewhere holds a record, or tells of it: its arrests, and their incidents."""
    arrests: list[tuple[UUID, UUID]] = []
    if kind in _ARRESTS_OF:
        found = Arrest.objects.filter(**{_ARRESTS_OF[kind]: record})
        arrests = list(found.values_list("pk", "incident"))
    return [record, *{one for pair in arrests for one in pair}]


def moments_of(kind: str, record: UUID) -> list[datetime]:
    """Return when the incidents happened whose figures a sealing changes: a sealed arrest is no arrest in figures either."""
    way = DEPENDENTS[kind].moment
    return list(Incident.objects.filter(**{way: record}).values_list("occurred", flat=True)) if way else []
