"""Which people a name means, in which order, and how many a question about birth or sex leaves out. Only for this room."""

import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Length

from openclear.records.people.models import NameWord, Person, PersonName
from openclear.records.people.rows import PeopleFilter
from openclear.records.people.rules import (
    LONGEST_NEAR,
    SHORTEST_NEAR,
    SOUND_LETTERS,
    Born,
    near_spellings,
    sound_of,
)
from openclear.vocabulary.grants import Clearance
from openclear.vocabulary.without_grant import without_grant

END_OF_PREFIX = "\U0010ffff"
# More than a search can have words, so that a word as asked counts for more than any number of main names.
MOST_WORDS = 10


@without_grant("its caller keeps of them those that `within` lets through")
def called(
    clearance: Clearance, words: Sequence[str], births: Sequence[Born], filters: PeopleFilter
) -> "tuple[bool, QuerySet[Person]]":
    """Return the people whom these words mean; if there are none, those one letter away. First, whether it is these."""
    people = people_called(clearance, words, births, filters, near=False)
    if any(SHORTEST_NEAR <= len(word) <= LONGEST_NEAR for word in words) and not people.exists():
        return True, people_called(clearance, words, births, filters, near=True)
    return False, people


@without_grant("its caller keeps of them those that `within` lets through")
def people_called(
    clearance: Clearance, words: Sequence[str], births: Sequence[Born], filters: PeopleFilter, *, near: bool
) -> "QuerySet[Person]":
    """Return the people whose names have all these words, or sound like them, or with `near` are one letter away."""
    people = _named(clearance, words, near=near)
    return people.filter(_born(births, filters), **filters.lookups())


@without_grant("its caller keeps of them those that `within` lets through")
def without(
    clearance: Clearance, words: Sequence[str], births: Sequence[Born], filters: PeopleFilter, *, near: bool
) -> Mapping[str, int]:
    """Return how many people have these names but no birth date, or no sex, recorded, where the search asks for it."""
    found: dict[str, int] = {}
    if (births or filters.births()) and not filters.born_unknown:
        anyone = replace(filters, born_from=None, born_to=None)
        found["birth_date"] = (
            people_called(clearance, words, (), anyone, near=near).filter(birth_date=None).count()
        )
    if filters.sex:
        either = replace(filters, sex="")
        found["sex"] = people_called(clearance, words, births, either, near=near).filter(sex="").count()
    return {name: count for name, count in found.items() if count}


@without_grant("orders what its caller found")
def exact_first(people: "QuerySet[Person]", clearance: Clearance, words: Sequence[str]) -> "QuerySet[Person]":
    """Return people with the whole name as asked first, then those with more of its words as asked, shorter names first."""
    return people.annotate(**ranks(clearance, words, OuterRef("pk"))).order_by(
        *RANKED, "family", "given", "birth_date", "id"
    )


# The columns that `ranks` adds, in their order.
RANKED = ("-rank_whole", "-rank_exact", "-rank_begins", "rank_size")


@without_grant("makes expressions; reads nothing")
def ranks(clearance: Clearance, words: Sequence[str], person: Any) -> Mapping[str, Any]:
    """Return how well a person's names fit: the whole name, words as asked, words that begin so, words of the main name."""
    spelled = NameWord.objects.within(clearance).filter(person=person)
    main = (
        spelled.filter(name__kind="main")
        .order_by()
        .values("person")
        .annotate(size=Count("pk"))
        .values("size")
    )
    whole = _whole_names(clearance, words).filter(person=person)
    return {
        "rank_whole": _first_of((Exists(whole.filter(kind="main")), 2), (Exists(whole), 1)),
        "rank_exact": _sum(_exactness(spelled.filter(word=word)) for word in words),
        "rank_begins": _sum(
            _first_of((Exists(spelled.filter(word__gte=word, word__lt=word + END_OF_PREFIX)), 1))
            for word in words
        ),
        "rank_size": Subquery(main[:1]),
    }


def _exactness(spelled: "QuerySet[NameWord]") -> Case:
    # As asked in any name; among these, in the main one.
    return _first_of(
        (Exists(spelled.filter(name__kind="main")), MOST_WORDS + 1), (Exists(spelled), MOST_WORDS)
    )


def _whole_names(clearance: Clearance, words: Sequence[str]) -> "QuerySet[PersonName]":
    of_name = NameWord.objects.within(clearance).filter(name=OuterRef("pk"))
    names: QuerySet[PersonName] = PersonName.objects.within(clearance)
    for word in words:
        names = names.filter(Exists(of_name.filter(word=word)))
    return names.filter(~Exists(of_name.exclude(word__in=list(words))))


def _sum(parts: Iterable[Case]) -> Any:
    return reduce(operator.add, parts, Value(0))


def _first_of(*cases: tuple[Exists, int]) -> Case:
    return Case(*(When(condition, then=Value(number)) for condition, number in cases), default=Value(0))


def _named(clearance: Clearance, words: Sequence[str], *, near: bool) -> "QuerySet[Person]":
    people: QuerySet[Person] = Person.objects.within(clearance)
    for word in words:
        people = people.filter(pk__in=_called(clearance, word, near=near))
    return people


def _born(births: Sequence[Born], filters: PeopleFilter) -> Q:
    asked = Q(**filters.births())
    within = Q()
    for born in births:
        within |= Q(birth_date__gte=born.first, birth_date__lte=born.last)
    asked &= within
    return asked | Q(birth_date=None) if asked and filters.born_unknown else asked


def _called(clearance: Clearance, word: str, *, near: bool) -> "QuerySet[NameWord, Any]":
    spelled = NameWord.objects.within(clearance).filter(word__gte=word, word__lt=word + END_OF_PREFIX)
    alike = NameWord.objects.within(clearance).filter(sound=sound_of(word)).alias(letters=Length("word"))
    bounds = (len(word) - SOUND_LETTERS, len(word) + SOUND_LETTERS)
    ways = [alike.filter(letters__range=bounds).values("person_id")]
    if near and SHORTEST_NEAR <= len(word) <= LONGEST_NEAR:
        # Every word one letter away, looked up one by one in the index: no scan, and no list of words to leak.
        close = NameWord.objects.within(clearance).filter(word__in=near_spellings(word))
        ways.append(close.values("person_id"))
    people: QuerySet[NameWord, Any] = spelled.values("person_id").union(*ways)
    return people
