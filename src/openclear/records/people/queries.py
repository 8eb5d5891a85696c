"""Which people a search means, how lists show them, and one person with their context. Only for this room."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from openclear.records.found import FoundRows
from openclear.records.people.history import (
    addresses_of,
    arrest_rows,
    arrests_of,
    identifiers_of,
    involvement_rows,
    involvements_of,
    vehicles_of,
)
from openclear.records.people.models import NameWord, Person, PersonName
from openclear.records.people.rows import PeopleFilter, PersonRow
from openclear.records.people.rules import (
    LONGEST_NEAR,
    SHORTEST_NEAR,
    name_reasons,
    near_spellings,
    sound_of,
    split_query,
)
from openclear.records.rows import PersonDetail
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.grants import Clearance, Grant
from openclear.vocabulary.without_grant import without_grant

SHORTEST_WORD = 2
END_OF_PREFIX = "\U0010ffff"
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
    return people_called(grant.over(Dataset.PEOPLE), words, split_query(text)[1], filters, near=False)


@without_grant("the grant's clearance filters: `over` refuses one without it")
def ranked(grant: Grant, text: str, filters: PeopleFilter, limit: int, offset: int) -> FoundRows[PersonRow]:
    """Return people by name: each word may begin a name, or sound like one; a year filters by birth.

    `smyth jon 1985` finds John Smith born in 1985. Names spelled as asked come first. If nobody is found, words
    one letter away count too. Each row has its reasons.
    """
    clearance, words, years = grant.over(Dataset.PEOPLE), words_of(text), split_query(text)[1]
    people = people_called(clearance, words, years, filters, near=False)
    count = people.count()
    if not count and any(SHORTEST_NEAR <= len(word) <= LONGEST_NEAR for word in words):
        people = people_called(clearance, words, years, filters, near=True)
        count = people.count()
    page = list(_exact_first(people, clearance, words)[offset : offset + limit]) if count else []
    found = rows(grant, page)
    return FoundRows(found, count, {row.id: name_reasons(words, years, row) for row in found})


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


@without_grant("its caller keeps of them those that `within` lets through")
def people_called(
    clearance: Clearance, words: Sequence[str], years: Sequence[int], filters: PeopleFilter, *, near: bool
) -> "QuerySet[Person]":
    """Return the people whose names have all these words, or sound like them, or with `near` are one letter away."""
    people: QuerySet[Person] = Person.objects.within(clearance)
    for word in words:
        people = people.filter(pk__in=_called(clearance, word, near=near))
    if years:
        people = people.filter(birth_date__year__in=years)
    return people.filter(**filters.lookups())


def _called(clearance: Clearance, word: str, *, near: bool) -> "QuerySet[NameWord, Any]":
    spelled = NameWord.objects.within(clearance).filter(word__gte=word, word__lt=word + END_OF_PREFIX)
    sounding = NameWord.objects.within(clearance).filter(sound=sound_of(word))
    ways = [sounding.values("person_id")]
    if near and SHORTEST_NEAR <= len(word) <= LONGEST_NEAR:
        # Every word one letter away, looked up one by one in the index: no scan, and no list of words to leak.
        alike = NameWord.objects.within(clearance).filter(word__in=near_spellings(word))
        ways.append(alike.values("person_id"))
    people: QuerySet[NameWord, Any] = spelled.values("person_id").union(*ways)
    return people


def _exact_first(people: QuerySet[Person], clearance: Clearance, words: Sequence[str]) -> QuerySet[Person]:
    spelled = NameWord.objects.within(clearance).filter(person=OuterRef("pk"))
    exact = [Exists(spelled.filter(word=word)) for word in words]
    annotated = people.annotate(**{f"exact_{place}": hit for place, hit in enumerate(exact)})
    order = [f"-exact_{place}" for place in range(len(exact))]
    return annotated.order_by(*order, "family", "given", "birth_date", "id")


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
