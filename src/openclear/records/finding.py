"""Finding records. Each search takes a grant and finds only what its clearance shows, reasons and counts too."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from openclear.records.models import Arrest, Case, Incident, NameWord, Offense, Person, Vehicle
from openclear.records.rows import (
    ArrestFound,
    CaseRow,
    FoundRows,
    IncidentFilter,
    IncidentRow,
    PeopleFilter,
    PersonRow,
    VehicleFilter,
    VehicleRow,
)
from openclear.records.rules import (
    LONGEST_NEAR,
    SHORTEST_NEAR,
    block_of,
    cb_number_of,
    name_reasons,
    near_spellings,
    number_reason,
    plate_of,
    sound_of,
    split_query,
)
from openclear.records.shown import (
    incident_row,
    main_offenses,
    names_of,
    person_row,
    vehicle_row,
    visible_keepers,
)
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.grants import Clearance, Grant

MOST_ROWS = 50
DEEPEST = 1000
SHORTEST_WORD = 2
END_OF_PREFIX = "\U0010ffff"


def find_people(
    grant: Grant, *, text: str, narrow: PeopleFilter | None = None, limit: int = MOST_ROWS, offset: int = 0
) -> FoundRows[PersonRow]:
    """Return people by name: each word may begin a name, or sound like one; a year narrows by birth.

    `smyth jon 1985` finds John Smith born in 1985. Names spelled as asked come first. Where nobody is found, words
    one letter away count too. Each row has its reasons.
    """
    grant.require(Action.PERSON_SEARCH)
    clearance = grant.over(Dataset.PEOPLE)
    words, years = split_query(text)
    words = [word for word in words if len(word) >= SHORTEST_WORD]
    if not words:
        return FoundRows((), 0)
    people = _people(clearance, words, years, narrow or PeopleFilter(), near=False)
    count = people.count()
    if not count and any(SHORTEST_NEAR <= len(word) <= LONGEST_NEAR for word in words):
        people = _people(clearance, words, years, narrow or PeopleFilter(), near=True)
        count = people.count()
    page = list(_exact_first(people, clearance, words)[offset : offset + limit]) if count else []
    names = names_of(page, clearance)
    rows = [person_row(person, names[person.id], clearance) for person in page]
    return FoundRows(rows, count, {row.id: name_reasons(words, years, row) for row in rows})


def find_incidents(
    grant: Grant, *, text: str, narrow: IncidentFilter | None = None, limit: int = MOST_ROWS, offset: int = 0
) -> FoundRows[IncidentRow]:
    """Return incidents whose RD number is `text` or whose block begins with it, newest first."""
    grant.require(Action.INCIDENT_SEARCH)
    block = block_of(text)
    if not block:
        return FoundRows((), 0)
    within: QuerySet[Incident] = Incident.objects.within(grant.over(Dataset.INCIDENTS))
    found = within.filter(Q(rd_number=block) | Q(block__gte=block, block__lt=block + END_OF_PREFIX))
    asked = narrow or IncidentFilter()
    found = found.filter(**asked.lookups())
    if asked.iucr:
        # Only offenses that are there for the asker narrow: a hidden one must not tell of itself.
        matching = Offense.objects.within(grant.over(Dataset.INCIDENTS)).filter(
            iucr=asked.iucr.upper().zfill(4)
        )
        found = found.filter(Exists(matching.filter(incident=OuterRef("pk"))))
    page = list(found.order_by("-occurred", "id")[offset : offset + limit])
    offenses = main_offenses(page, grant.over(Dataset.INCIDENTS))
    rows = [incident_row(incident, offenses) for incident in page]
    reasons = {row.id: number_reason(block, row.rd_number, "rd-number", row.block, "block") for row in rows}
    return FoundRows(rows, found.count(), reasons)


def find_arrests(
    grant: Grant, *, text: str, limit: int = MOST_ROWS, offset: int = 0
) -> FoundRows[ArrestFound]:
    """Return arrests whose CB (central booking) number begins with `text`, newest first."""
    grant.require(Action.ARREST_SEARCH)
    number = cb_number_of(text)
    if not number or not number.startswith("CB"):
        return FoundRows((), 0)
    found = (
        Arrest.objects.within(grant.over(Dataset.ARRESTS))
        .filter(cb_number__gte=number, cb_number__lt=number + END_OF_PREFIX)
        .filter(person__in=Person.objects.within(grant.over(Dataset.PEOPLE)))
        .filter(incident__in=Incident.objects.within(grant.over(Dataset.INCIDENTS)))
    )
    page = found.order_by("-made", "id").select_related("person")[offset : offset + limit]
    rows = [
        ArrestFound(row.id, row.cb_number, row.made, f"{row.person.given} {row.person.family}".strip())
        for row in page
    ]
    reasons = {row.id: number_reason(number, row.cb_number, "cb-number") for row in rows}
    return FoundRows(rows, found.count(), reasons)


def find_vehicles(
    grant: Grant, *, text: str, narrow: VehicleFilter | None = None, limit: int = MOST_ROWS, offset: int = 0
) -> FoundRows[VehicleRow]:
    """Return vehicles whose plate begins with `text`."""
    grant.require(Action.VEHICLE_SEARCH)
    plate = plate_of(text)
    if not plate:
        return FoundRows((), 0)
    within: QuerySet[Vehicle] = Vehicle.objects.within(grant.over(Dataset.VEHICLES))
    found = within.filter(plate__gte=plate, plate__lt=plate + END_OF_PREFIX)
    found = found.filter(**(narrow or VehicleFilter()).lookups())
    page = list(found.order_by("plate", "plate_state", "id")[offset : offset + limit])
    keepers = visible_keepers(grant, page)
    rows = [vehicle_row(vehicle, keepers) for vehicle in page]
    return FoundRows(rows, found.count(), {row.id: number_reason(plate, row.plate, "plate") for row in rows})


def open_cases(grant: Grant, *, text: str = "", limit: int = MOST_ROWS, offset: int = 0) -> list[CaseRow]:
    """Return open cases, newest first: what a search can name as its ground. `text` begins their number."""
    grant.require(
        Action.CASE_LIST,
        Action.DESK_OPEN,
        Action.PERSON_SEARCH,
        Action.INCIDENT_SEARCH,
        Action.ARREST_SEARCH,
        Action.VEHICLE_SEARCH,
    )
    within: QuerySet[Case] = Case.objects.within(grant.over(Dataset.CASES)).filter(closed=None)
    number = block_of(text)
    if number:
        within = within.filter(number__gte=number, number__lt=number + END_OF_PREFIX)
    newest = within.order_by("-opened", "number")[offset : offset + limit]
    return [CaseRow(case.id, case.number, case.kind, case.title, case.opened) for case in newest]


def _people(
    clearance: Clearance, words: Sequence[str], years: Sequence[int], narrow: PeopleFilter, *, near: bool
) -> "QuerySet[Person]":
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


def _exact_first(people: QuerySet[Person], clearance: Clearance, words: Sequence[str]) -> QuerySet[Person]:
    spelled = NameWord.objects.within(clearance).filter(person=OuterRef("pk"))
    exact = [Exists(spelled.filter(word=word)) for word in words]
    ranked = people.annotate(**{f"exact_{place}": hit for place, hit in enumerate(exact)})
    order = [f"-exact_{place}" for place in range(len(exact))]
    return ranked.order_by(*order, "family", "given", "birth_date", "id")
