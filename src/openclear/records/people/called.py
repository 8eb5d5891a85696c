"""Which people a name means, in which order, and how many a question about birth or sex leaves out. Only for this room."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import IntegerField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Length

from openclear.records.people.models import NameWord, Person
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
OF_PEOPLE, OF_ARRESTS = '"records_person"."id"', '"records_arrest"."person_id"'
# One number for each person, written out: the ORM takes longer to build it than the database to answer it.
_RANK = """
(SELECT CASE WHEN COUNT(*) = %%s AND %(exact)s = %%s THEN 1000000 ELSE 0 END
        + 10000 * %(exact)s + 1000 * %(begins)s + CASE WHEN n.kind = 'main' THEN 100 ELSE 0 END
        + CASE WHEN COUNT(*) < 99 THEN 99 - COUNT(*) ELSE 0 END AS score
 FROM records_nameword AS w JOIN records_personname AS n ON n.id = w.name_id
 WHERE w.person_id = %(person)s AND (w.labels & %%s) < 1 AND (n.labels & %%s) < 1
 GROUP BY w.name_id, n.kind ORDER BY score DESC LIMIT 1)
"""


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
    return people.annotate(rank=rank(clearance, words, OF_PEOPLE)).order_by(
        "-rank", "family", "given", "birth_date", "id"
    )


@without_grant("makes an expression; reads nothing")
def rank(clearance: Clearance, words: Sequence[str], person: str) -> RawSQL:
    """Return how well the best of a person's names fits: whole, words as asked, words that begin so, the main name, its length.

    `person`: the column with the person's id, `OF_PEOPLE` or `OF_ARRESTS`. Other names of theirs do not count.
    """
    exact = f"SUM(CASE WHEN w.word IN ({', '.join(['%s'] * len(words))}) THEN 1 ELSE 0 END)"
    begins = " OR ".join(["w.word >= %s AND w.word < %s"] * len(words))
    told = {"exact": exact, "begins": f"SUM(CASE WHEN {begins} THEN 1 ELSE 0 END)", "person": person}
    bounds = [bound for word in words for bound in (word, word + END_OF_PREFIX)]
    mask = clearance.refused_labels.value
    values = (len(words), *words, len(words), *words, *bounds, mask, mask)
    return RawSQL(_RANK % told, values, output_field=IntegerField())  # noqa: S611 - every text is a parameter


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
