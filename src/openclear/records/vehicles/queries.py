"""Which vehicles a search means, and how lists and pages show them. Only for this room."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet

from openclear.records.people.models import Person
from openclear.records.unrecorded import counts_without
from openclear.records.vehicles.models import Vehicle
from openclear.records.vehicles.rows import VehicleFilter, VehicleRow
from openclear.records.vehicles.rules import plate_of
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

END_OF_PREFIX = "\U0010ffff"


@without_grant("the grant's clearance filters: `over` refuses one without it")
def within(grant: Grant) -> "QuerySet[Vehicle]":
    """Return the vehicles that the holder may see; of a stop only its own."""
    vehicles: QuerySet[Vehicle] = Vehicle.objects.within(grant.over(Dataset.VEHICLES))
    only = grant.only(Dataset.VEHICLES)
    return vehicles if only is None else vehicles.filter(pk__in=only)


@without_grant("the grant's clearance filters: `over` refuses one without it")
def matching(grant: Grant, text: str, filters: VehicleFilter) -> "QuerySet[Vehicle]":
    """Return the vehicles whose plate begins with `text`, or all that match `filters` if it is ""."""
    plate, found = plate_of(text), within(grant)
    if plate:
        found = found.filter(plate__gte=plate, plate__lt=plate + END_OF_PREFIX)
    return found.filter(**filters.lookups())


@without_grant("the grant's clearance filters: `over` refuses one without it")
def unrecorded(grant: Grant, text: str, filters: VehicleFilter) -> Mapping[str, int]:
    """Return how many vehicles match otherwise, but have no state, make or color recorded that was asked for."""
    return counts_without(matching, grant, text, filters, columns=("plate_state", "make", "color"))


@without_grant("the grant's clearance filters: `over` refuses one without it")
def rows(grant: Grant, page: Sequence[Vehicle]) -> list[VehicleRow]:
    """Return vehicles as lists show them; their registered owners only if the holder may know of them."""
    owners = [vehicle.registered_owner_id for vehicle in page if vehicle.registered_owner_id]
    visible = Person.objects.within(grant.over(Dataset.PEOPLE)).filter(pk__in=owners)
    known = set(visible.values_list("pk", flat=True))
    return [vehicle_row(vehicle, known) for vehicle in page]


@without_grant("the grant's clearance filters: `over` refuses one without it")
def detail(grant: Grant, record: UUID) -> VehicleRow | None:
    """Return one vehicle; None if the holder may see none."""
    found = within(grant).filter(pk=record).first()
    return rows(grant, [found])[0] if found else None


@without_grant("the grant's clearance filters: `over` refuses one without it")
def are_owners_there(grant: Grant, owners: Sequence[UUID | str]) -> bool:
    """Say whether the holder may see each of these people."""
    people = Person.objects.within(grant.over(Dataset.PEOPLE)).filter(pk__among=owners)
    return bool(people.count() == len(owners))


@without_grant("shows a row that `within` let through")
def vehicle_row(vehicle: Vehicle, owners: set[UUID]) -> VehicleRow:
    """Return a vehicle; its registered owner only if it is one of `owners`."""
    return VehicleRow(
        id=vehicle.id,
        plate=vehicle.plate,
        plate_state=vehicle.plate_state,
        year=vehicle.year,
        make=vehicle.make,
        model=vehicle.model,
        color=vehicle.color,
        stolen=vehicle.stolen,
        registered_owner=vehicle.registered_owner_id if vehicle.registered_owner_id in owners else None,
    )
