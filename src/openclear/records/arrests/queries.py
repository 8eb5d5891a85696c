"""Which arrests a search means, how lists show them, and one arrest with its charges. Only for this room."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Case, QuerySet, Value, When

from openclear.records.arrests.models import Arrest, Charge
from openclear.records.arrests.rows import ArrestDetail, ArrestFound
from openclear.records.arrests.rules import cb_number_in
from openclear.records.found import FoundRows, Reason
from openclear.records.people.called import OF_ARRESTS, called, people_called, rank
from openclear.records.people.queries import rows as person_rows
from openclear.records.people.queries import words_of
from openclear.records.people.rows import PeopleFilter
from openclear.records.people.rules import births_in, name_reasons
from openclear.records.rules import number_reason
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

END_OF_PREFIX = "\U0010ffff"


@without_grant("reads nothing: it makes a value of what was typed")
def key(text: str) -> str:
    """Return the beginning of an arrest number as it is compared, or the words of a name; "" if `text` is neither."""
    return cb_number_in(text) or " ".join(words_of(text))


@without_grant("reads nothing: it parses what was typed")
def read(text: str) -> None:
    """Raise WrongUsage if `text` is a name with an invalid birth date."""
    if not cb_number_in(text):
        births_in(text)


@without_grant("the grant's clearance filters: `over` refuses one without it")
def within(grant: Grant) -> "QuerySet[Arrest]":
    """Return the arrests that the holder may see: only those whose people and incidents they may see."""
    of_people = Arrest.objects.within(grant.over(Dataset.ARRESTS)).tied_to(
        "person", grant.over(Dataset.PEOPLE)
    )
    arrests: QuerySet[Arrest] = of_people.tied_to("incident", grant.over(Dataset.INCIDENTS))
    return arrests.select_related("person", "incident")


@without_grant("the grant's clearance filters: `over` refuses one without it")
def matching(grant: Grant, text: str, _filters: None) -> "QuerySet[Arrest]":
    """Return the arrests whose number begins with `text`, or of the people whom it names; none for ""."""
    number = cb_number_in(text)
    if number:
        return within(grant).filter(cb_number__gte=number, cb_number__lt=number + END_OF_PREFIX)
    return _of_people(grant, text)[1]


@without_grant("the grant's clearance filters: `over` refuses one without it")
def ranked(grant: Grant, text: str, _filters: None, limit: int, offset: int) -> FoundRows[ArrestFound]:
    """Return arrests by number, or by the name of the person arrested: the number or the name as asked first.

    Names are compared as in a search for people, of whom each arrest is listed, newest first. Raises WrongUsage for an
    invalid birth date.
    """
    number, clearance = cb_number_in(text), grant.over(Dataset.PEOPLE)
    if number:
        found: Any = matching(grant, text, None)
        order: list[Any] = [Case(When(cb_number=number, then=Value(0)), default=Value(1))]
        near = False
    else:
        near, arrests = _of_people(grant, text)
        found, order = arrests.annotate(rank=rank(clearance, words_of(text), OF_ARRESTS)), ["-rank"]
    page = list(found.order_by(*order, "-made", "id")[offset : offset + limit])
    others = {} if number else _without_birth(grant, text, near=near)
    return FoundRows(rows(grant, page), found.count(), _reasons(grant, text, page), others)


@without_grant("shows rows that `within` let through")
def rows(_grant: Grant, page: Sequence[Arrest]) -> list[ArrestFound]:
    """Return arrests as lists show them."""
    return [ArrestFound(row.id, row.cb_number, row.made, _name(row), row.person_id) for row in page]


@without_grant("the grant's clearance filters: `over` refuses one without it")
def detail(grant: Grant, record: UUID) -> ArrestDetail | None:
    """Return one arrest with its charges; None if the holder may not see it, its person or its incident."""
    found = within(grant).filter(pk=record).first()
    if found is None:
        return None
    charges = Charge.objects.within(grant.over(Dataset.ARRESTS)).filter(arrest=found).order_by("id")
    return ArrestDetail(
        id=found.id,
        cb_number=found.cb_number,
        made=found.made,
        beat=found.beat,
        charges=tuple(charges.values_list("statute", "description", "grade")),
        person=(found.person_id, _name(found)),
        incident=(found.incident_id, found.incident.rd_number),
    )


def _of_people(grant: Grant, text: str) -> "tuple[bool, QuerySet[Arrest]]":
    words = words_of(text)
    if not words:
        return False, Arrest.objects.none()
    near, people = called(grant.over(Dataset.PEOPLE), words, births_in(text), PeopleFilter())
    return near, within(grant).filter(person__in=people)


def _without_birth(grant: Grant, text: str, *, near: bool) -> Mapping[str, int]:
    if not births_in(text):
        return {}
    people = people_called(grant.over(Dataset.PEOPLE), words_of(text), (), PeopleFilter(), near=near)
    count = within(grant).filter(person__in=people.filter(birth_date=None)).count()
    return {"birth_date": count} if count else {}


def _reasons(grant: Grant, text: str, page: Sequence[Arrest]) -> dict[UUID, tuple[Reason, ...]]:
    number = cb_number_in(text)
    if number:
        return {row.id: number_reason(number, row.cb_number, "cb-number") for row in page}
    people = {
        row.id: row
        for row in person_rows(grant, list({arrest.person_id: arrest.person for arrest in page}.values()))
    }
    words, births = words_of(text), births_in(text)
    return {row.id: name_reasons(words, births, people[row.person_id]) for row in page}


def _name(arrest: Arrest) -> str:
    return f"{arrest.person.given} {arrest.person.family}".strip()
