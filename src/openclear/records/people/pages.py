"""The page of one person: a summary with counts, and a part of the history at a time. Only for this room.

Each count is of the rows that the same clearance shows, so nothing that is hidden is counted.
"""

from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from openclear.records.arrests.models import Arrest, Charge
from openclear.records.incidents.models import Involvement, Offense
from openclear.records.people.history import (
    addresses_of,
    arrest_rows,
    arrests_of,
    identifiers_of,
    involvement_rows,
    involvements_of,
    vehicles_of,
)
from openclear.records.people.queries import rows, within
from openclear.records.people.rows import PersonPart
from openclear.records.rows import PersonPage
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

# Of a part, and of each part beside the summary.
PAGE, NEWEST = 25, 5


@without_grant("the grant's clearance filters: `over` refuses one without it")
def person_page(grant: Grant, record: UUID, asked: PersonPart) -> PersonPage | None:
    """Return a person with a summary and the part that was asked for; None if the holder may see none."""
    found = within(grant).filter(pk=record).first()
    if found is None:
        return None
    arrests, parts = arrests_of(grant, found), involvements_of(grant, found)
    arrested = arrests.order_by().aggregate(rows=Count("pk"), last=Max("made"))
    roles = tuple(parts.order_by("role").values_list("role").annotate(Count("pk")))
    arrests, parts = _charged(grant, arrests, asked), _offended(grant, parts, asked)
    matching, page, pages = _turned(asked, arrests, parts)
    shown = _shown(asked, page)
    return PersonPage(
        person=rows(grant, [found])[0],
        marks=found.marks,
        identifiers=identifiers_of(grant, found),
        addresses=addresses_of(grant, found),
        vehicles=vehicles_of(grant, found),
        arrested=arrested["rows"],
        last_arrest=arrested["last"],
        involved=sum(count for _, count in roles),
        roles=roles,
        arrests=arrest_rows(grant, arrests[shown] if asked.part != "involvements" else ()),
        involvements=involvement_rows(grant, parts[shown] if asked.part != "arrests" else ()),
        found=matching,
        page=page,
        pages=pages,
    )


def _turned(
    asked: PersonPart, arrests: "QuerySet[Arrest]", parts: "QuerySet[Involvement]"
) -> tuple[int, int, int]:
    # How many rows of the part match, which page of them is shown, and how many pages there are.
    if not asked.part:
        return 0, 1, 1
    matching = (arrests if asked.part == "arrests" else parts).count()
    pages = max(1, -(-matching // PAGE))
    return matching, min(asked.page or 1, pages), pages


def _shown(asked: PersonPart, page: int) -> slice:
    return slice((page - 1) * PAGE, page * PAGE) if asked.part else slice(0, NEWEST)


def _charged(grant: Grant, arrests: "QuerySet[Arrest]", asked: PersonPart) -> "QuerySet[Arrest]":
    if asked.part != "arrests":
        return arrests
    found = arrests.filter(**_days("made", asked))
    for word in asked.words.split():
        # Only charges that the holder may see: another one must not be revealed.
        charges = Charge.objects.within(grant.over(Dataset.ARRESTS)).filter(arrest=OuterRef("pk"))
        named = Q(statute__icontains=word) | Q(description__icontains=word)
        found = found.filter(Exists(charges.filter(named)))
    return found


def _offended(grant: Grant, parts: "QuerySet[Involvement]", asked: PersonPart) -> "QuerySet[Involvement]":
    if asked.part != "involvements":
        return parts
    found = parts.filter(**_days("incident__occurred", asked))
    if asked.role:
        found = found.filter(role=asked.role)
    for word in asked.words.split():
        offenses = Offense.objects.within(grant.over(Dataset.INCIDENTS)).filter(incident=OuterRef("incident"))
        named = Q(primary_type__icontains=word) | Q(description__icontains=word)
        found = found.filter(Exists(offenses.filter(named)))
    return found


def _days(moment: str, asked: PersonPart) -> dict[str, Any]:
    limits = {f"{moment}__date__gte": asked.since, f"{moment}__date__lte": asked.until}
    return {name: day for name, day in limits.items() if day}
