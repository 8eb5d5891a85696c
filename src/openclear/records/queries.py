"""Opening one record. Each query takes a grant and shows only what its clearance shows; None is none for the asker."""

from typing import Any
from uuid import UUID

from openclear.records.cases import cases_of
from openclear.records.models import (
    Address,
    Arrest,
    Case,
    CaseShare,
    Charge,
    Identifier,
    Incident,
    Involvement,
    Offense,
    Person,
    ShareRequest,
    Vehicle,
)
from openclear.records.rows import (
    AddressRow,
    ArrestDetail,
    ArrestRow,
    CaseDetail,
    IncidentDetail,
    InvolvementRow,
    PersonDetail,
    ShareRequestRow,
    VehicleRow,
)
from openclear.records.rules import EXTERNAL
from openclear.records.shown import (
    incident_rows,
    main_offenses,
    names_of,
    person_row,
    vehicle_row,
    visible_keepers,
)
from openclear.records.told import case_rows, tells_of_part
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.agencies import chains
from openclear.vocabulary.grants import Clearance, Grant

MOST_HISTORY = 200


def person(grant: Grant, *, person_id: UUID) -> PersonDetail | None:
    """Return one person with history, arrests and vehicles; None where there is none for the asker."""
    grant.require(Action.PERSON_VIEW)
    clearance = grant.over(Dataset.PEOPLE)
    found = Person.objects.within(clearance).filter(pk=person_id).first()
    if found is None:
        return None
    identifiers = Identifier.objects.within(clearance).filter(person=found).order_by("kind", "value")
    return PersonDetail(
        person=person_row(found, names_of([found], clearance)[found.id], clearance),
        marks=found.marks,
        identifiers=tuple(identifiers.values_list("kind", "value")),
        addresses=_addresses(found, clearance),
        involvements=_involvements(grant, found),
        arrests=_arrests(grant, found),
        vehicles=tuple(
            vehicle_row(vehicle, {found.id})
            for vehicle in Vehicle.objects.within(grant.over(Dataset.VEHICLES))
            .filter(keeper=found)
            .order_by("id")
        ),
    )


def incident(grant: Grant, *, incident_id: UUID) -> IncidentDetail | None:
    """Return one incident with its offenses, narrative and people; None where there is none for the asker."""
    grant.require(Action.INCIDENT_VIEW)
    clearance = grant.over(Dataset.INCIDENTS)
    found = Incident.objects.within(clearance).filter(pk=incident_id).first()
    if found is None:
        return None
    offenses = Offense.objects.within(clearance).filter(incident=found).order_by("id")
    return IncidentDetail(
        incident=incident_rows(grant, [found])[0],
        offenses=tuple((row.iucr, row.nibrs, f"{row.primary_type}: {row.description}") for row in offenses),
        narrative=None if "narrative" in clearance.hidden_fields else found.narrative,
        people=() if "people" in clearance.hidden_fields else _people_in(grant, found),
    )


def arrest(grant: Grant, *, arrest_id: UUID) -> ArrestDetail | None:
    """Return one arrest with its charges; None where it, its person or its incident is not there for the asker."""
    grant.require(Action.ARREST_VIEW)
    clearance = grant.over(Dataset.ARRESTS)
    found = (
        Arrest.objects.within(clearance)
        .filter(pk=arrest_id, person__in=Person.objects.within(grant.over(Dataset.PEOPLE)))
        .filter(incident__in=Incident.objects.within(grant.over(Dataset.INCIDENTS)))
        .select_related("person", "incident")
        .first()
    )
    if found is None:
        return None
    charges = Charge.objects.within(clearance).filter(arrest=found).order_by("id")
    return ArrestDetail(
        id=found.id,
        cb_number=found.cb_number,
        made=found.made,
        beat=found.beat,
        charges=tuple(charges.values_list("statute", "description", "grade")),
        person=(found.person_id, f"{found.person.given} {found.person.family}".strip()),
        incident=(found.incident_id, found.incident.rd_number),
    )


def vehicle(grant: Grant, *, vehicle_id: UUID) -> VehicleRow | None:
    """Return one vehicle; None where there is none for the asker."""
    grant.require(Action.VEHICLE_VIEW)
    found = Vehicle.objects.within(grant.over(Dataset.VEHICLES)).filter(pk=vehicle_id).first()
    return vehicle_row(found, visible_keepers(grant, [found])) if found else None


def case(grant: Grant, *, case_id: UUID) -> CaseDetail | None:
    """Return one case, dispatch event or warrant; None where there is none for the asker."""
    grant.require(Action.CASE_VIEW)
    found = cases_of(grant).filter(pk=case_id).first()
    if found is None:
        return None
    incidents = Incident.objects.within(grant.over(Dataset.INCIDENTS)).filter(pk=found.incident_id)
    row = case_rows(grant, [found])[0]
    shares = CaseShare.objects.filter(case=found).order_by("agency").values_list("agency", flat=True)
    return CaseDetail(
        row, found.closed, incidents.values_list("id", "rd_number").first(), found.owner_agency, tuple(shares),
        sponsor=found.sponsor, waits=found.kind == EXTERNAL and found.confirmed is None, requests=_share_requests(grant, found),
    )  # fmt: skip


def handling_of(grant: Grant, *, record: UUID) -> tuple[Dataset, int] | None:
    """Return of which data set a record is and its handling labels, nothing of what is in it: for oversight's questions."""
    grant.require(Action.LOG_VIEW_ALL)
    tables: dict[Dataset, Any] = {
        Dataset.PEOPLE: Person, Dataset.INCIDENTS: Incident, Dataset.ARRESTS: Arrest, Dataset.VEHICLES: Vehicle,
        Dataset.CASES: Case,
    }  # fmt: skip
    for dataset, table in tables.items():
        labels = table.objects.filter(pk=record).values_list("labels", flat=True).first()
        if labels is not None:
            return dataset, labels
    return None


def _share_requests(grant: Grant, case: Case) -> tuple[ShareRequestRow, ...]:
    if case.owner_agency not in chains(grant.agencies):
        return ()
    rows = ShareRequest.objects.filter(case=case).order_by("pk")
    return tuple(
        ShareRequestRow(row.agency, row.asked_by, row.asked, row.asked_by == grant.officer) for row in rows
    )


def _addresses(person: Person, clearance: Clearance) -> tuple[AddressRow, ...]:
    if "home_address" in clearance.hidden_fields:
        return ()
    rows = Address.objects.within(clearance).filter(person=person).order_by("-since", "id")
    return tuple(AddressRow(row.kind, row.line, row.since, row.until) for row in rows)


def _involvements(grant: Grant, person: Person) -> tuple[InvolvementRow, ...]:
    incidents = grant.over(Dataset.INCIDENTS)
    rows = (
        Involvement.objects.within(grant.over(Dataset.PEOPLE))
        .filter(tells_of_part(grant), person=person, incident__in=Incident.objects.within(incidents))
        .select_related("incident")
        .order_by("-incident__occurred", "id")[:MOST_HISTORY]
    )
    offenses = main_offenses([row.incident for row in rows], incidents)
    return tuple(
        InvolvementRow(
            incident=row.incident_id,
            rd_number=row.incident.rd_number,
            occurred=row.incident.occurred,
            role=row.role,
            offense=offenses.get(row.incident_id, ("", ""))[1],
            block=row.incident.block,
        )
        for row in rows
    )


def _arrests(grant: Grant, person: Person) -> tuple[ArrestRow, ...]:
    clearance = grant.over(Dataset.ARRESTS)
    # An arrest tells of its incident: where that is hidden, so is the arrest.
    incidents = Incident.objects.within(grant.over(Dataset.INCIDENTS))
    visible = Arrest.objects.within(clearance).filter(person=person, incident__in=incidents)
    arrests = list(visible.order_by("-made", "id"))
    charges: dict[UUID, list[str]] = {arrest.id: [] for arrest in arrests}
    for charge in Charge.objects.within(clearance).filter(arrest__in=arrests).order_by("id"):
        charges[charge.arrest_id].append(f"{charge.statute} {charge.description}")
    return tuple(
        ArrestRow(arrest.id, arrest.cb_number, arrest.made, tuple(charges[arrest.id])) for arrest in arrests
    )


def _people_in(grant: Grant, incident: Incident) -> tuple[tuple[UUID, str, str], ...]:
    clearance = grant.over(Dataset.PEOPLE)
    rows = (
        Involvement.objects.within(clearance)
        .filter(tells_of_part(grant), incident=incident, person__in=Person.objects.within(clearance))
        .select_related("person")
        .order_by("role", "id")
    )
    return tuple((row.person_id, row.role, f"{row.person.given} {row.person.family}") for row in rows)
