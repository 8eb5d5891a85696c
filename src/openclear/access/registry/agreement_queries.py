"""Which agreements there are, what each says, and which end soon."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from openclear.access.models import Agreement, AgreementTerm
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agreements import AgreementStatus, warned_within
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant


@dataclass(frozen=True, slots=True)
class AgreementListRow:
    """An agreement as lists show it. `starts_on`, `ends_on`: the first day and the last, of all its terms that count.

    `data_sets`, `purposes`: of the term in force, or else of the newest. `days_left`: until the last day; negative if it
    is past. `warned_within`: 90, 30 or 7 if it ends within so many days, else None.
    """

    number: str
    agency: str
    status: str
    starts_on: date
    ends_on: date
    days_left: int
    warned_within: int | None
    data_sets: tuple[str, ...]
    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TermRow:
    """One term as it was signed, and how it ended if it was ended."""

    starts_on: date
    ends_on: date
    data_sets: tuple[str, ...]
    purposes: tuple[str, ...]
    document: str
    digest: str
    clauses: Mapping[str, str]
    signed: datetime
    signed_by: str
    approved_by: str
    entry: int
    ended: datetime | None
    ended_by: str
    ended_because: str


@dataclass(frozen=True, slots=True)
class AgreementDetail:
    """An agreement with who signed it and all its terms, oldest first."""

    listed: AgreementListRow
    parties: tuple[str, ...]
    terms: tuple[TermRow, ...]


def agreements(grant: Grant) -> Sequence[AgreementListRow]:
    """Return every agreement, by agency."""
    grant.require(Action.REGISTRY_LIST)
    return all_agreements()


def agreement(grant: Grant, *, number: str) -> AgreementDetail | None:
    """Return one agreement, by its number in any case; None if there is none."""
    grant.require(Action.REGISTRY_LIST, Action.REGISTRY_CHANGE)
    row = _rows().filter(number__iexact=number.strip()).first()
    if row is None:
        return None
    terms = tuple(_term(term) for term in row.terms.all())
    return AgreementDetail(_listed(row), tuple(row.parties), terms)


@without_grant("reads the registry, no record: the gate and its acts ask it")
def all_agreements() -> Sequence[AgreementListRow]:
    """Return every agreement, by agency and number."""
    return [_listed(row) for row in _rows().order_by("agency__path", "number")]


@without_grant("reads the registry, no record: the gate and its acts ask it")
def ending_soon() -> Sequence[AgreementListRow]:
    """Return the agreements in force that end within 90 days and are not renewed, soonest first."""
    soon = (row for row in all_agreements() if row.warned_within is not None)
    return sorted(soon, key=lambda row: (row.days_left, row.number))


def _rows() -> "QuerySet[Agreement]":
    return Agreement.objects.select_related("agency").prefetch_related("terms")


def _listed(row: Agreement) -> AgreementListRow:
    terms, today = list(row.terms.all()), clock.today()
    counting = [term for term in terms if term.ended is None] or terms[-1:]
    status = _status(counting, today)
    shown = next((term for term in counting if term.starts_on <= today <= term.ends_on), counting[-1])
    last = max(term.ends_on for term in counting)
    days_left = (last - today).days
    counts = status in {AgreementStatus.IN_FORCE, AgreementStatus.TO_COME}
    return AgreementListRow(
        number=row.number, agency=row.agency.path, status=status, starts_on=min(term.starts_on for term in counting),
        ends_on=last, days_left=days_left, warned_within=warned_within(days_left) if counts else None,
        data_sets=tuple(shown.datasets), purposes=tuple(shown.purposes),
    )  # fmt: skip


def _status(counting: Sequence[AgreementTerm], today: date) -> AgreementStatus:
    if counting[-1].ended is not None:
        return AgreementStatus.ENDED
    if any(term.starts_on <= today <= term.ends_on for term in counting):
        return AgreementStatus.IN_FORCE
    is_to_come = any(term.starts_on > today for term in counting)
    return AgreementStatus.TO_COME if is_to_come else AgreementStatus.EXPIRED


def _term(term: AgreementTerm) -> TermRow:
    return TermRow(
        starts_on=term.starts_on, ends_on=term.ends_on, data_sets=tuple(term.datasets), purposes=tuple(term.purposes),
        document=term.document, digest=term.digest, clauses=dict(term.clauses), signed=term.signed, signed_by=term.signed_by,
        approved_by=term.approved_by, entry=term.entry, ended=term.ended, ended_by=term.ended_by,
        ended_because=term.ended_because,
    )  # fmt: skip
