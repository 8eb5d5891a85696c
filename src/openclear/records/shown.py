"""From tables to rows: what a person, an incident, a vehicle look like once the hidden fields are out of them."""

from uuid import UUID

from openclear.records.models import Incident, Offense, Person, PersonName, Vehicle
from openclear.records.rows import IncidentRow, PersonRow, VehicleRow
from openclear.records.told import incidents_with_arrest
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.grants import Clearance, Grant


def names_of(people: list[Person], clearance: Clearance) -> dict[UUID, tuple[str, ...]]:
    """Return the names besides the main one that the clearance shows, for each person."""
    names: dict[UUID, list[str]] = {person.id: [] for person in people}
    rows = PersonName.objects.within(clearance).filter(person__in=people).exclude(kind="main")
    for row in rows.order_by("kind", "family", "given", "id"):
        names[row.person_id].append(f"{row.given} {row.family}".strip())
    return {person: tuple(listed) for person, listed in names.items()}


def person_row(person: Person, names: tuple[str, ...], clearance: Clearance) -> PersonRow:
    """Return a person as lists show one."""
    return PersonRow(
        id=person.id,
        name=f"{person.given} {person.family}".strip(),
        birth_date=person.birth_date,
        sex=person.sex,
        height_inches=person.height_inches,
        weight_pounds=person.weight_pounds,
        hair=person.hair,
        eyes=person.eyes,
        other_names=names,
        home_address=None if "home_address" in clearance.hidden_fields else person.home_address,
    )


def main_offenses(incidents: list[Incident], clearance: Clearance) -> dict[UUID, tuple[str, str]]:
    """Return the IUCR code and the words of the first offense of each incident."""
    rows = Offense.objects.within(clearance).filter(incident__in=incidents).order_by("-id")
    return {row.incident_id: (row.iucr, f"{row.primary_type}: {row.description}") for row in rows}


def incident_rows(grant: Grant, incidents: list[Incident]) -> list[IncidentRow]:
    """Return incidents as lists show them."""
    offenses = main_offenses(incidents, grant.over(Dataset.INCIDENTS))
    arrests = incidents_with_arrest(grant, [row.id for row in incidents if row.arrest_made])
    return [_incident_row(row, offenses, told=row.id in arrests) for row in incidents]


def _incident_row(incident: Incident, offenses: dict[UUID, tuple[str, str]], *, told: bool) -> IncidentRow:
    iucr, offense = offenses.get(incident.id, ("", ""))
    return IncidentRow(
        id=incident.id,
        rd_number=incident.rd_number,
        occurred=incident.occurred,
        block=incident.block,
        location=incident.location,
        beat=incident.beat,
        district=incident.district,
        community_area=incident.community_area,
        iucr=iucr,
        offense=offense,
        arrest_made=told,
        domestic=incident.domestic,
    )


def visible_keepers(grant: Grant, vehicles: list[Vehicle]) -> set[UUID]:
    """Return the keepers of these vehicles that the grant may know of."""
    keepers = [vehicle.keeper_id for vehicle in vehicles if vehicle.keeper_id]
    visible = Person.objects.within(grant.over(Dataset.PEOPLE)).filter(pk__in=keepers)
    return set(visible.values_list("pk", flat=True))


def vehicle_row(vehicle: Vehicle, keepers: set[UUID]) -> VehicleRow:
    """Return a vehicle; its keeper only where the asker may know of them."""
    return VehicleRow(
        id=vehicle.id,
        plate=vehicle.plate,
        plate_state=vehicle.plate_state,
        year=vehicle.year,
        make=vehicle.make,
        model=vehicle.model,
        color=vehicle.color,
        stolen=vehicle.stolen,
        keeper=vehicle.keeper_id if vehicle.keeper_id in keepers else None,
    )
