"""What one record tells of another: computed under the reader's clearance from the rows that it speaks of, never read from a column.

The rule for every derived text, flag and count: it is shown while the reader may see each row that it speaks of, and
otherwise the same bytes as if that row were not in the warehouse. `records/README.md` says it; tests/records/test_told.py walks
every page, call and verb with it.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from openclear.records.arrests.models import Arrest
from openclear.records.cases.models import Case
from openclear.records.cases.rows import CaseRow
from openclear.records.incidents.models import Incident, Offense
from openclear.records.record import RowsWithin
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.labels import Label
from openclear.vocabulary.without_grant import without_grant

ARRESTEE = "arrestee"
GONE = (Label.SEALED | Label.EXPUNGED).value


@without_grant("the grant's clearance filters: `over` refuses one without it")
def case_rows(grant: Grant, cases: Sequence[Case]) -> list[CaseRow]:
    """Return cases as lists show them. The subject of one with an incident is shown only if the incident is."""
    subjects = _subjects(grant, [case.incident_id for case in cases if case.incident_id])
    return [
        CaseRow(
            row.id, row.number, row.kind, _subject(row, subjects), row.opened, row.owner_agency,
            row.incident_id if row.incident_id in subjects else None,
        )
        for row in cases
    ]  # fmt: skip


@without_grant("the grant's clearance filters: `over` refuses one without it")
def tells_of_arrest(grant: Grant) -> Q:
    """Return the condition on incidents that tell of an arrest: recorded so, and not all of their arrests are sealed.

    For an incident without a row for its arrest, as in the open data, the incident's own flag counts.
    """
    return Q(arrest_made=True) & _not_all_gone(grant, Arrest.objects.filter(incident=OuterRef("pk")))


@without_grant("the grant's clearance filters: `over` refuses one without it")
def incidents_with_arrest(grant: Grant, incidents: Iterable[UUID]) -> set[UUID]:
    """Return those of these incidents that tell of an arrest."""
    found = Incident.objects.filter(tells_of_arrest(grant), pk__among=list(incidents))
    return set(found.values_list("pk", flat=True))


@without_grant("the grant's clearance filters: `over` refuses one without it")
def do_all_tell_of_arrest(grant: Grant, incidents: Sequence[UUID | str]) -> bool:
    """Say whether each of these incidents, none named twice, is shown and tells of an arrest."""
    found = Incident.objects.filter(tells_of_arrest(grant), pk__among=incidents)
    return bool(found.count() == len(incidents))


@without_grant("the grant's clearance filters: `over` refuses one without it")
def tells_of_part(grant: Grant) -> Q:
    """Return the condition on involvements that may be told: an arrestee's only if the arrest may be."""
    arrests = Arrest.objects.filter(incident=OuterRef("incident"), person=OuterRef("person"))
    return ~Q(role=ARRESTEE) | _not_all_gone(grant, arrests)


def _not_all_gone(grant: Grant, arrests: "RowsWithin") -> Q:
    # Sealed or expunged, and hidden from the holder. Another label, such as a juvenile's, hides whose arrest it was, not that
    # there was one: the public edition says as much (docs/public-data.md).
    standing = arrests.filter(labels__lacks=GONE)
    return Q(Exists(standing)) | Q(Exists(arrests.within(grant.over(Dataset.ARRESTS)))) | ~Q(Exists(arrests))


def _subject(case: Case, subjects: dict[UUID, str]) -> str:
    # Without an incident the words are the case's own, such as those with which a partner registered it.
    if case.incident_id is None:
        return case.title
    return (case.title or subjects[case.incident_id]) if case.incident_id in subjects else ""


def _subjects(grant: Grant, incidents: Sequence[UUID]) -> dict[UUID, str]:
    if not incidents:
        return {}
    clearance = grant.over(Dataset.INCIDENTS)
    visible = Incident.objects.within(clearance).filter(pk__in=incidents)
    subjects = dict.fromkeys(visible.values_list("pk", flat=True), "")
    for row in Offense.objects.within(clearance).filter(incident__in=list(subjects)).order_by("-id"):
        subjects[row.incident_id] = f"{row.primary_type.capitalize()}: {row.description.lower()}"
    return subjects
