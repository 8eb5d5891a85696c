"""Which incidents a search means, how lists show them, and one incident with its context. Only for this room."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from openclear.records.incidents.models import Incident, Involvement, Offense
from openclear.records.incidents.rows import IncidentDetail, IncidentFilter, IncidentRow
from openclear.records.rules import block_of
from openclear.records.told import incidents_with_arrest, tells_of_arrest, tells_of_part
from openclear.records.unrecorded import counts_without
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.grants import Clearance, Grant
from openclear.vocabulary.offenses import offense_code
from openclear.vocabulary.without_grant import without_grant

END_OF_PREFIX = "\U0010ffff"


@without_grant("the grant's clearance filters: `over` refuses one without it")
def within(grant: Grant) -> "QuerySet[Incident]":
    """Return the incidents that the holder may see."""
    incidents: QuerySet[Incident] = Incident.objects.within(grant.over(Dataset.INCIDENTS))
    return incidents


@without_grant("the grant's clearance filters: `over` refuses one without it")
def matching(grant: Grant, text: str, filters: IncidentFilter) -> "QuerySet[Incident]":
    """Return the incidents of a block or an RD number, or all that match `filters` if there is no text."""
    block = block_of(text)
    found = within(grant)
    if block:
        found = found.filter(Q(rd_number=block) | Q(block__gte=block, block__lt=block + END_OF_PREFIX))
    found = found.filter(**filters.lookups())
    if filters.iucr:
        # Only offenses that the requester may see filter: a hidden one must not be revealed.
        offenses = Offense.objects.within(grant.over(Dataset.INCIDENTS)).filter(
            iucr=offense_code(filters.iucr)
        )
        found = found.filter(Exists(offenses.filter(incident=OuterRef("pk"))))
    if filters.arrest_made is not None:
        # An incident whose source does not say is neither.
        said = found.filter(arrest_made__isnull=False)
        found = said.filter(tells_of_arrest(grant) if filters.arrest_made else ~tells_of_arrest(grant))
    return found


@without_grant("the grant's clearance filters: `over` refuses one without it")
def unrecorded(grant: Grant, text: str, filters: IncidentFilter) -> Mapping[str, int]:
    """Return how many incidents match otherwise, but have no district, beat or offense code recorded that was asked for."""
    found = counts_without(matching, grant, text, filters, columns=("district", "beat"))
    if filters.iucr:
        offenses = Offense.objects.within(grant.over(Dataset.INCIDENTS)).filter(incident=OuterRef("pk"))
        others = matching(grant, text, replace(filters, iucr="")).filter(~Exists(offenses.exclude(iucr="")))
        found["iucr"] = others.count()
    return {name: count for name, count in found.items() if count}


@without_grant("the grant's clearance filters: `over` refuses one without it")
def rows(grant: Grant, page: Sequence[Incident]) -> list[IncidentRow]:
    """Return incidents as lists show them."""
    offenses = main_offenses(page, grant.over(Dataset.INCIDENTS))
    arrests = incidents_with_arrest(grant, [row.id for row in page if row.arrest_made])
    return [_row(row, offenses, told=row.id in arrests) for row in page]


@without_grant("the grant's clearance filters: `over` refuses one without it")
def detail(grant: Grant, record: UUID) -> IncidentDetail | None:
    """Return one incident with its offenses, narrative and people; None if the holder may see none."""
    clearance = grant.over(Dataset.INCIDENTS)
    found = within(grant).filter(pk=record).first()
    if found is None:
        return None
    offenses = Offense.objects.within(clearance).filter(incident=found).order_by("id")
    return IncidentDetail(
        incident=rows(grant, [found])[0],
        offenses=tuple((row.iucr, row.nibrs, f"{row.primary_type}: {row.description}") for row in offenses),
        narrative=None if "narrative" in clearance.hidden_fields else found.narrative,
        people=() if "people" in clearance.hidden_fields else _people_in(grant, found),
    )


@without_grant("its caller hands it a clearance, and rows that `within` let through")
def main_offenses(incidents: Sequence[Incident], clearance: Clearance) -> dict[UUID, tuple[str, str]]:
    """Return the offense code and the words of the first offense of each incident."""
    listed = Offense.objects.within(clearance).filter(incident__in=list(incidents)).order_by("-id")
    return {row.incident_id: (row.iucr, f"{row.primary_type}: {row.description}") for row in listed}


def _row(incident: Incident, offenses: dict[UUID, tuple[str, str]], *, told: bool) -> IncidentRow:
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
        arrest_made=None if incident.arrest_made is None else told,
        domestic=incident.domestic,
    )


def _people_in(grant: Grant, incident: Incident) -> tuple[tuple[UUID, str, str], ...]:
    clearance = grant.over(Dataset.PEOPLE)
    parts = (
        Involvement.objects.within(clearance)
        .tied_to("person", clearance)
        .filter(tells_of_part(grant), incident=incident)
        .select_related("person")
        .order_by("role", "id")
    )
    return tuple((row.person_id, row.role, f"{row.person.given} {row.person.family}") for row in parts)
