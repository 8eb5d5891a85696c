"""Finding and opening records. Each query takes a grant and shows only what its clearance shows."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from openclear.records.models import (
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
from openclear.records.rows import (
    ArrestRow,
    CaseRow,
    FoundRows,
    IncidentDetail,
    IncidentRow,
    InvolvementRow,
    PersonDetail,
    PersonRow,
    VehicleRow,
)
from openclear.records.rules import block_of, plate_of, sound_of, split_query
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.grants import Clearance, Grant

MOST_ROWS = 50
MOST_HISTORY = 200
SHORTEST_WORD = 2
END_OF_PREFIX = "\U0010ffff"


def find_people(grant: Grant, *, text: str, limit: int = MOST_ROWS) -> FoundRows[PersonRow]:
    """Return people by name: each word may begin a name, or sound like one; a year narrows by birth.

    `smyth jon 1985` finds John Smith born in 1985. Names spelled as asked come first.
    """
    grant.require(Action.PERSON_SEARCH)
    clearance = grant.over(Dataset.PEOPLE)
    words, years = split_query(text)
    words = [word for word in words if len(word) >= SHORTEST_WORD]
    if not words:
        return FoundRows((), 0)
    people: QuerySet[Person] = Person.objects.within(clearance)
    for word in words:
        people = people.filter(pk__in=_people_called(clearance, word))
    if years:
        people = people.filter(birth_date__year__in=years)
    page = list(_exact_first(people, clearance, words)[:limit])
    names = _names_of(page, clearance)
    rows = [_person_row(person, names[person.id], clearance) for person in page]
    return FoundRows(rows, people.count())


def person(grant: Grant, *, person_id: UUID) -> PersonDetail | None:
    """Return one person with history, arrests and vehicles; None where there is none for the asker."""
    grant.require(Action.PERSON_VIEW)
    clearance = grant.over(Dataset.PEOPLE)
    found = Person.objects.within(clearance).filter(pk=person_id).first()
    if found is None:
        return None
    identifiers = Identifier.objects.within(clearance).filter(person=found).order_by("kind", "value")
    return PersonDetail(
        person=_person_row(found, _names_of([found], clearance)[found.id], clearance),
        marks=found.marks,
        identifiers=tuple(identifiers.values_list("kind", "value")),
        involvements=_involvements(grant, found),
        arrests=_arrests(grant, found),
        vehicles=tuple(
            _vehicle_row(vehicle, {found.id})
            for vehicle in Vehicle.objects.within(grant.over(Dataset.VEHICLES))
            .filter(keeper=found)
            .order_by("id")
        ),
    )


def find_incidents(grant: Grant, *, text: str, limit: int = MOST_ROWS) -> FoundRows[IncidentRow]:
    """Return incidents whose RD number is `text` or whose block begins with it, newest first."""
    grant.require(Action.INCIDENT_SEARCH)
    block = block_of(text)
    if not block:
        return FoundRows((), 0)
    within: QuerySet[Incident] = Incident.objects.within(grant.over(Dataset.INCIDENTS))
    found = within.filter(Q(rd_number=block) | Q(block__gte=block, block__lt=block + END_OF_PREFIX))
    page = list(found.order_by("-occurred", "id")[:limit])
    offenses = _main_offenses(page, grant.over(Dataset.INCIDENTS))
    return FoundRows([_incident_row(incident, offenses) for incident in page], found.count())


def incident(grant: Grant, *, incident_id: UUID) -> IncidentDetail | None:
    """Return one incident with its offenses, narrative and people; None where there is none for the asker."""
    grant.require(Action.INCIDENT_VIEW)
    clearance = grant.over(Dataset.INCIDENTS)
    found = Incident.objects.within(clearance).filter(pk=incident_id).first()
    if found is None:
        return None
    offenses = Offense.objects.within(clearance).filter(incident=found).order_by("id")
    return IncidentDetail(
        incident=_incident_row(found, _main_offenses([found], clearance)),
        offenses=tuple((row.iucr, row.nibrs, f"{row.primary_type}: {row.description}") for row in offenses),
        narrative=None if "narrative" in clearance.hidden_fields else found.narrative,
        people=() if "people" in clearance.hidden_fields else _people_in(grant, found),
    )


def find_vehicles(grant: Grant, *, text: str, limit: int = MOST_ROWS) -> FoundRows[VehicleRow]:
    """Return vehicles whose plate begins with `text`."""
    grant.require(Action.VEHICLE_SEARCH)
    plate = plate_of(text)
    if not plate:
        return FoundRows((), 0)
    within: QuerySet[Vehicle] = Vehicle.objects.within(grant.over(Dataset.VEHICLES))
    found = within.filter(plate__gte=plate, plate__lt=plate + END_OF_PREFIX)
    page = list(found.order_by("plate", "plate_state", "id")[:limit])
    keepers = _visible_keepers(grant, page)
    return FoundRows([_vehicle_row(vehicle, keepers) for vehicle in page], found.count())


def vehicle(grant: Grant, *, vehicle_id: UUID) -> VehicleRow | None:
    """Return one vehicle; None where there is none for the asker."""
    grant.require(Action.VEHICLE_VIEW)
    found = Vehicle.objects.within(grant.over(Dataset.VEHICLES)).filter(pk=vehicle_id).first()
    return _vehicle_row(found, _visible_keepers(grant, [found])) if found else None


def open_cases(grant: Grant, *, limit: int = MOST_ROWS) -> list[CaseRow]:
    """Return open cases, newest first: what a search can name as its ground."""
    grant.require(
        Action.CASE_LIST,
        Action.DESK_OPEN,
        Action.PERSON_SEARCH,
        Action.INCIDENT_SEARCH,
        Action.VEHICLE_SEARCH,
    )
    within: QuerySet[Case] = Case.objects.within(grant.over(Dataset.CASES))
    newest = within.filter(closed=None).order_by("-opened", "number")[:limit]
    return [CaseRow(case.number, case.kind, case.title, case.opened) for case in newest]


def _people_called(clearance: Clearance, word: str) -> "QuerySet[NameWord, Any]":
    spelled = NameWord.objects.within(clearance).filter(word__gte=word, word__lt=word + END_OF_PREFIX)
    sounding = NameWord.objects.within(clearance).filter(sound=sound_of(word))
    people: QuerySet[NameWord, Any] = spelled.values("person_id").union(sounding.values("person_id"))
    return people


def _exact_first(people: QuerySet[Person], clearance: Clearance, words: list[str]) -> QuerySet[Person]:
    spelled = NameWord.objects.within(clearance).filter(person=OuterRef("pk"))
    exact = [Exists(spelled.filter(word=word)) for word in words]
    ranked = people.annotate(**{f"exact_{place}": hit for place, hit in enumerate(exact)})
    order = [f"-exact_{place}" for place in range(len(exact))]
    return ranked.order_by(*order, "family", "given", "birth_date", "id")


def _names_of(people: list[Person], clearance: Clearance) -> dict[UUID, tuple[str, ...]]:
    names: dict[UUID, list[str]] = {person.id: [] for person in people}
    rows = PersonName.objects.within(clearance).filter(person__in=people).exclude(kind="main")
    for row in rows.order_by("kind", "family", "given", "id"):
        names[row.person_id].append(f"{row.given} {row.family}".strip())
    return {person: tuple(listed) for person, listed in names.items()}


def _person_row(person: Person, names: tuple[str, ...], clearance: Clearance) -> PersonRow:
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


def _involvements(grant: Grant, person: Person) -> tuple[InvolvementRow, ...]:
    incidents = grant.over(Dataset.INCIDENTS)
    rows = (
        Involvement.objects.within(grant.over(Dataset.PEOPLE))
        .filter(person=person, incident__in=Incident.objects.within(incidents))
        .select_related("incident")
        .order_by("-incident__occurred", "id")[:MOST_HISTORY]
    )
    offenses = _main_offenses([row.incident for row in rows], incidents)
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


def _main_offenses(incidents: list[Incident], clearance: Clearance) -> dict[UUID, tuple[str, str]]:
    rows = Offense.objects.within(clearance).filter(incident__in=incidents).order_by("-id")
    return {row.incident_id: (row.iucr, f"{row.primary_type}: {row.description}") for row in rows}


def _incident_row(incident: Incident, offenses: dict[UUID, tuple[str, str]]) -> IncidentRow:
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
        arrest_made=incident.arrest_made,
        domestic=incident.domestic,
    )


def _people_in(grant: Grant, incident: Incident) -> tuple[tuple[UUID, str, str], ...]:
    clearance = grant.over(Dataset.PEOPLE)
    rows = (
        Involvement.objects.within(clearance)
        .filter(incident=incident, person__in=Person.objects.within(clearance))
        .select_related("person")
        .order_by("role", "id")
    )
    return tuple((row.person_id, row.role, f"{row.person.given} {row.person.family}") for row in rows)


def _visible_keepers(grant: Grant, vehicles: list[Vehicle]) -> set[UUID]:
    keepers = [vehicle.keeper_id for vehicle in vehicles if vehicle.keeper_id]
    visible = Person.objects.within(grant.over(Dataset.PEOPLE)).filter(pk__in=keepers)
    return set(visible.values_list("pk", flat=True))


def _vehicle_row(vehicle: Vehicle, keepers: set[UUID]) -> VehicleRow:
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
