"""Finding records. Each search takes a grant and finds only what its clearance shows, reasons and counts too."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet

from openclear.records.cases import cases_of
from openclear.records.matching import (
    END_OF_PREFIX,
    SHORTEST_WORD,
    arrests_matching,
    incidents_matching,
    people_called,
    vehicles_matching,
)
from openclear.records.models import NameWord, Person
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
    EXTERNAL,
    LONGEST_NEAR,
    SHORTEST_NEAR,
    block_of,
    cb_number_of,
    name_reasons,
    number_reason,
    plate_of,
    split_query,
)
from openclear.records.shown import (
    incident_rows,
    names_of,
    person_row,
    vehicle_row,
    visible_keepers,
)
from openclear.records.told import case_rows
from openclear.vocabulary.actions import Action, Dataset
from openclear.vocabulary.grants import Clearance, Grant

MOST_ROWS = 50
DEEPEST = 1000


def find_people(
    grant: Grant, *, text: str, narrow: PeopleFilter | None = None, limit: int = MOST_ROWS, offset: int = 0
) -> FoundRows[PersonRow]:
    """Return people by name: each word may begin a name, or sound like one; a year narrows by birth.

    `smyth jon 1985` finds John Smith born in 1985. Names spelled as asked come first. Where nobody is found, words
    one letter away count too. Each row has its reasons.
    """
    grant.require(Action.PERSON_SEARCH)
    grant.require_asked(narrow)
    clearance = grant.over(Dataset.PEOPLE)
    words, years = split_query(text)
    words = [word for word in words if len(word) >= SHORTEST_WORD]
    if not words:
        return FoundRows((), 0)
    people = people_called(clearance, words, years, narrow or PeopleFilter(), near=False)
    count = people.count()
    if not count and any(SHORTEST_NEAR <= len(word) <= LONGEST_NEAR for word in words):
        people = people_called(clearance, words, years, narrow or PeopleFilter(), near=True)
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
    grant.require_asked(narrow)
    block = block_of(text)
    if not block:
        return FoundRows((), 0)
    found = incidents_matching(grant, text, narrow or IncidentFilter())
    page = list(found.order_by("-occurred", "id")[offset : offset + limit])
    rows = incident_rows(grant, page)
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
    found = arrests_matching(grant, text)
    page = found.order_by("-made", "id")[offset : offset + limit]
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
    grant.require_asked(narrow)
    plate = plate_of(text)
    if not plate:
        return FoundRows((), 0)
    found = vehicles_matching(grant, text, narrow or VehicleFilter())
    page = list(found.order_by("plate", "plate_state", "id")[offset : offset + limit])
    keepers = visible_keepers(grant, page)
    rows = [vehicle_row(vehicle, keepers) for vehicle in page]
    return FoundRows(rows, found.count(), {row.id: number_reason(plate, row.plate, "plate") for row in rows})


def open_cases(grant: Grant, *, text: str = "", limit: int = MOST_ROWS, offset: int = 0) -> list[CaseRow]:
    """Return open cases that are the asker's or were shared with them, newest first: what a search can name as its ground.

    `text` begins their number.
    """
    grant.require(
        Action.CASE_LIST,
        Action.DESK_OPEN,
        Action.PERSON_SEARCH,
        Action.INCIDENT_SEARCH,
        Action.ARREST_SEARCH,
        Action.VEHICLE_SEARCH,
    )
    within = cases_of(grant).filter(closed=None).exclude(kind=EXTERNAL, confirmed=None)
    number = block_of(text)
    if number:
        within = within.filter(number__gte=number, number__lt=number + END_OF_PREFIX)
    newest = within.order_by("-opened", "number")[offset : offset + limit]
    return case_rows(grant, list(newest))


def _exact_first(people: QuerySet[Person], clearance: Clearance, words: Sequence[str]) -> QuerySet[Person]:
    spelled = NameWord.objects.within(clearance).filter(person=OuterRef("pk"))
    exact = [Exists(spelled.filter(word=word)) for word in words]
    ranked = people.annotate(**{f"exact_{place}": hit for place, hit in enumerate(exact)})
    order = [f"-exact_{place}" for place in range(len(exact))]
    return ranked.order_by(*order, "family", "given", "birth_date", "id")
