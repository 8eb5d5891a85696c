"""Which people a search means, how lists show them, and one person with their context. Only for this room."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db.models import QuerySet

from openclear.records.found import FoundRows, Reason
from openclear.records.people.called import called, exact_first, people_called, without
from openclear.records.people.history import (
    addresses_of,
    arrest_rows,
    arrests_of,
    identifiers_of,
    involvement_rows,
    involvements_of,
    vehicles_of,
)
from openclear.records.people.models import Person, PersonName
from openclear.records.people.rows import PeopleFilter, PersonRow
from openclear.records.people.rules import (
    Born,
    births_in,
    name_reasons,
    split_query,
)
from openclear.records.rows import PersonDetail
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.grants import Clearance, Grant
from openclear.vocabulary.without_grant import without_grant

SHORTEST_WORD = 2
MOST_HISTORY = 200


@without_grant("the grant's clearance filters: `over` refuses one without it")
def within(grant: Grant) -> "QuerySet[Person]":
    """Return the people whom the holder may see; of a stop only its own."""
    people: QuerySet[Person] = Person.objects.within(grant.over(Dataset.PEOPLE))
    only = grant.only(Dataset.PEOPLE)
    return people if only is None else people.filter(pk__in=only)


@without_grant("reads nothing: it makes a value of what was typed")
def words_of(text: str) -> list[str]:
    """Return the words of a search that can be in a name: two letters or more."""
    return [word for word in split_query(text)[0] if len(word) >= SHORTEST_WORD]


@without_grant("the grant's clearance filters: `over` refuses one without it")
def matching(grant: Grant, text: str, filters: PeopleFilter) -> "QuerySet[Person]":
    """Return the people that a search by name finds; none without a word of two letters."""
    words = words_of(text)
    if not words:
        return Person.objects.none()
    return people_called(grant.over(Dataset.PEOPLE), words, births_in(text), filters, near=False)


@without_grant("the grant's clearance filters: `over` refuses one without it")
def ranked(grant: Grant, text: str, filters: PeopleFilter, limit: int, offset: int) -> FoundRows[PersonRow]:
    """Return people by name: each word may begin a name, or sound like one; a birth date or year filters by birth.

    `smyth jon 1985` finds John Smith born in 1985. Names spelled as asked come first, and of these the whole names. If
    nobody is found, words one letter away count too. Each row has its reasons. Raises WrongUsage for an invalid date.
    """
    clearance, words, births = grant.over(Dataset.PEOPLE), words_of(text), births_in(text)
    near, people = called(clearance, words, births, filters)
    count = people.count()
    page = list(exact_first(people, clearance, words)[offset : offset + limit]) if count else []
    found = rows(grant, page)
    reasons = {row.id: (*name_reasons(words, births, row), *_flags(births, filters, row)) for row in found}
    return FoundRows(found, count, reasons, without(clearance, words, births, filters, near=near))


@without_grant("the grant's clearance filters: `over` refuses one without it")
def rows(grant: Grant, page: list[Person]) -> list[PersonRow]:
    """Return people as lists show them."""
    clearance = grant.over(Dataset.PEOPLE)
    names = _names_of(page, clearance)
    return [_row(person, names[person.id], clearance) for person in page]


@without_grant("the grant's clearance filters: `over` refuses one without it")
def detail(grant: Grant, record: UUID) -> PersonDetail | None:
    """Return one person with history, arrests and vehicles; None if the holder may see none."""
    found = within(grant).filter(pk=record).first()
    if found is None:
        return None
    newest = involvements_of(grant, found)[:MOST_HISTORY]
    return PersonDetail(
        person=rows(grant, [found])[0],
        marks=found.marks,
        identifiers=identifiers_of(grant, found),
        addresses=addresses_of(grant, found),
        involvements=involvement_rows(grant, newest),
        arrests=arrest_rows(grant, arrests_of(grant, found)),
        vehicles=vehicles_of(grant, found),
    )


@without_grant("the grant's clearance filters: `over` refuses one without it")
def are_all_there(grant: Grant, people: Sequence[UUID | str]) -> bool:
    """Say whether the holder may see each of these people."""
    return bool(within(grant).filter(pk__among=people).count() == len(people))


def _flags(births: Sequence[Born], filters: PeopleFilter, row: PersonRow) -> Iterator[Reason]:
    # Found only because people without a birth date were asked for too; `name_reasons` says so of a date in the text.
    if filters.births() and not births and row.birth_date is None:
        yield Reason("no-birth-date", "", "")


def _names_of(people: list[Person], clearance: Clearance) -> dict[UUID, tuple[str, ...]]:
    # The names besides the main one that the clearance shows.
    names: dict[UUID, list[str]] = {person.id: [] for person in people}
    listed = PersonName.objects.within(clearance).filter(person__in=people).exclude(kind="main")
    for row in listed.order_by("kind", "family", "given", "id"):
        names[row.person_id].append(f"{row.given} {row.family}".strip())
    return {person: tuple(found) for person, found in names.items()}


def _row(person: Person, names: tuple[str, ...], clearance: Clearance) -> PersonRow:
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
