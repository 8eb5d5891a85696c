"""Which arrests a search means, how lists show them, and one arrest with its charges. Only for this room."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from openclear.records.arrests.models import Arrest, Charge
from openclear.records.arrests.rows import ArrestDetail, ArrestFound
from openclear.records.arrests.rules import cb_number_of
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

END_OF_PREFIX = "\U0010ffff"


@without_grant("reads nothing: it makes a value of what was typed")
def key(text: str) -> str:
    """Return the beginning of a CB number as it is compared, or "" if `text` is none."""
    number = cb_number_of(text)
    return number if number.startswith("CB") else ""


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
    """Return the arrests whose CB number begins with `text`, none for ""."""
    number = cb_number_of(text) or "?"
    return within(grant).filter(cb_number__gte=number, cb_number__lt=number + END_OF_PREFIX)


@without_grant("shows rows that `within` let through")
def rows(_grant: Grant, page: Sequence[Arrest]) -> list[ArrestFound]:
    """Return arrests as lists show them."""
    return [ArrestFound(row.id, row.cb_number, row.made, _name(row)) for row in page]


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


def _name(arrest: Arrest) -> str:
    return f"{arrest.person.given} {arrest.person.family}".strip()
