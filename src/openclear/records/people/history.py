"""What the records tell of one person: arrests, involvements, addresses, identifiers, vehicles. Only for this room."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from openclear.records.arrests.models import Arrest, Charge
from openclear.records.arrests.rows import ArrestRow
from openclear.records.incidents.models import Involvement
from openclear.records.incidents.queries import main_offenses
from openclear.records.incidents.rows import InvolvementRow
from openclear.records.people.models import Address, Identifier, Person
from openclear.records.people.rows import AddressRow
from openclear.records.told import tells_of_part
from openclear.records.vehicles.queries import vehicle_row
from openclear.records.vehicles.queries import within as vehicles_within
from openclear.records.vehicles.rows import VehicleRow
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant


@without_grant("the grant's clearance filters: `over` refuses one without it")
def arrests_of(grant: Grant, person: Person) -> "QuerySet[Arrest]":
    """Return the arrests of a person that the holder may see, newest first: only those whose incident they may see."""
    # An arrest tells of its incident: if that is hidden, so is the arrest.
    arrests: QuerySet[Arrest] = Arrest.objects.within(grant.over(Dataset.ARRESTS)).tied_to(
        "incident", grant.over(Dataset.INCIDENTS)
    )
    return arrests.filter(person=person).order_by("-made", "id")


@without_grant("shows rows that `within` let through")
def arrest_rows(grant: Grant, arrests: Iterable[Arrest]) -> tuple[ArrestRow, ...]:
    """Return arrests with the charges that the holder may see."""
    listed = list(arrests)
    charges: dict[UUID, list[str]] = {arrest.id: [] for arrest in listed}
    visible = Charge.objects.within(grant.over(Dataset.ARRESTS)).filter(arrest__in=listed).order_by("id")
    for charge in visible if listed else ():
        charges[charge.arrest_id].append(f"{charge.statute} {charge.description}")
    return tuple(ArrestRow(row.id, row.cb_number, row.made, tuple(charges[row.id])) for row in listed)


@without_grant("the grant's clearance filters: `over` refuses one without it")
def involvements_of(grant: Grant, person: Person) -> "QuerySet[Involvement]":
    """Return a person's parts in incidents that the holder may see, newest first."""
    parts: QuerySet[Involvement] = Involvement.objects.within(grant.over(Dataset.PEOPLE)).tied_to(
        "incident", grant.over(Dataset.INCIDENTS)
    )
    told = parts.filter(tells_of_part(grant), person=person)
    return told.select_related("incident").order_by("-incident__occurred", "id")


@without_grant("shows rows that `within` let through")
def involvement_rows(grant: Grant, parts: Iterable[Involvement]) -> tuple[InvolvementRow, ...]:
    """Return parts in incidents with the first offense of each that the holder may see."""
    listed = list(parts)
    offenses = main_offenses([row.incident for row in listed], grant.over(Dataset.INCIDENTS))
    return tuple(
        InvolvementRow(
            incident=row.incident_id,
            rd_number=row.incident.rd_number,
            occurred=row.incident.occurred,
            role=row.role,
            offense=offenses.get(row.incident_id, ("", ""))[1],
            block=row.incident.block,
        )
        for row in listed
    )


@without_grant("the grant's clearance filters: `over` refuses one without it")
def identifiers_of(grant: Grant, person: Person) -> tuple[tuple[str, str], ...]:
    """Return a person's numbers that the holder may see: kind and value."""
    visible = Identifier.objects.within(grant.over(Dataset.PEOPLE)).filter(person=person)
    return tuple(visible.order_by("kind", "value").values_list("kind", "value"))


@without_grant("the grant's clearance filters: `over` refuses one without it")
def addresses_of(grant: Grant, person: Person) -> tuple[AddressRow, ...]:
    """Return a person's addresses that the holder may see, newest first."""
    clearance = grant.over(Dataset.PEOPLE)
    if "home_address" in clearance.hidden_fields:
        return ()
    listed = Address.objects.within(clearance).filter(person=person).order_by("-since", "id")
    return tuple(AddressRow(row.kind, row.line, row.since, row.until) for row in listed)


@without_grant("the grant's clearance filters: `over` refuses one without it")
def vehicles_of(grant: Grant, person: Person) -> tuple[VehicleRow, ...]:
    """Return the vehicles that a person keeps and the holder may see."""
    visible = vehicles_within(grant).filter(registered_owner=person).order_by("id")
    return tuple(vehicle_row(vehicle, {person.id}) for vehicle in visible)
