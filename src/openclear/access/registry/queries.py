"""Small questions about the registry: who is who, which agencies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from openclear.access.models import Affiliation, Agency, Officer
from openclear.access.registry.agreement_queries import AgreementListRow, all_agreements
from openclear.vocabulary.agencies import TieKind, chain, is_within
from openclear.vocabulary.purposes import Purpose, named_purpose
from openclear.vocabulary.roles import Role
from openclear.vocabulary.without_grant import without_grant


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """A person as lists show them."""

    handle: str
    name: str
    title: str
    agencies: tuple[str, ...]
    is_machine: bool
    certified_until: date
    is_active: bool
    disabled_for: str


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency as lists show it."""

    path: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class AgencyDetail:
    """An agency. Agreements are those of the agency and of the agencies above it.

    People are everyone tied to it or to an agency below: (handle, name, kind of tie, since, agency).
    """

    agency: AgencyRow
    oris: tuple[str, ...]
    agreements: tuple[AgreementListRow, ...]
    people: tuple[tuple[str, str, str, date, str], ...]


@without_grant("reads the registry, no record: the gate and its acts ask it")
def account_of(handle: str) -> Any:
    """Return the account for Django's sign-in; nothing else may use it."""
    return Officer.objects.get(handle=handle)


@without_grant("reads the registry, no record: the gate and its acts ask it")
def is_registered(path: str) -> bool:
    """Say whether the registry has an agency at this path."""
    return Agency.objects.filter(path=path).exists()


@without_grant("reads the registry, no record: the gate and its acts ask it")
def purpose_at_own_desk(holder: str) -> Purpose:
    """Return the purpose for one's own desk and its lists: one's account, or a machine's only purpose.

    None of it is police work, so an order limited to a police purpose does not mean it.
    """
    made_for = Officer.objects.filter(handle=holder).values_list("machine_purpose", flat=True)
    return named_purpose(str(made_for.first() or "")) or Purpose.OWN_ACCOUNT


@without_grant("reads the registry, no record: the gate and its acts ask it")
def mail_of(handle: str) -> str:
    """Return the address that a person's alerts go to, or ""."""
    return str(Officer.objects.filter(handle=handle).values_list("mail", flat=True).first() or "")


@without_grant("reads the registry, no record: the gate and its acts ask it")
def name_of(handle: str) -> str:
    """Return the name of the person with a handle, or "": shown beside the handle, which alone is easily mistaken."""
    return str(Officer.objects.filter(handle=handle).values_list("name", flat=True).first() or "")


@without_grant("reads the registry, no record: the gate and its acts ask it")
def employer_of(handle: str) -> str:
    """Return the agency that employs a person now, or ""."""
    ties = Affiliation.objects.filter(officer__handle=handle, kind=TieKind.EMPLOYER, until=None)
    return str(ties.values_list("agency__path", flat=True).first() or "")


@without_grant("reads the registry, no record: the gate and its acts ask it")
def is_officer_of(handle: str, agency: str) -> bool:
    """Say whether a person with a police role is employed by an agency or one below it."""
    officer = Officer.objects.filter(handle=handle, is_active=True).first()
    return officer is not None and Role.OFFICER in officer.roles and is_within(employer_of(handle), agency)


@without_grant("reads the registry, no record: the gate and its acts ask it")
def handles_with(role: str) -> list[str]:
    """Return the handles of the people with a role whose accounts are active, oldest account first."""
    people = Officer.objects.filter(is_active=True, is_integration=False).order_by("pk")
    return [handle for handle, roles in people.values_list("handle", "roles") if role in roles]


@without_grant("reads the registry, no record: the gate and its acts ask it")
def officers() -> Sequence[OfficerRow]:
    """Return everyone who is registered, without any data from records."""
    rows = Officer.objects.prefetch_related("affiliations__agency")
    return [
        OfficerRow(
            officer.handle,
            officer.name,
            officer.title,
            tuple(tie.agency.path for tie in officer.affiliations.all() if tie.until is None),
            bool(officer.machine_purpose) or officer.is_integration,
            officer.certified_until,
            officer.is_active,
            officer.disabled_for,
        )
        for officer in rows
    ]


@without_grant("reads the registry, no record: the gate and its acts ask it")
def agencies() -> Sequence[AgencyRow]:
    """Return the agency tree, root first."""
    return [AgencyRow(row.path, row.name, row.kind) for row in Agency.objects.all()]


@without_grant("reads the registry, no record: the gate and its acts ask it")
def agency_detail(path: str) -> AgencyDetail | None:
    """Return one agency with its agreements and everyone tied to it now; None if there is none."""
    agency = Agency.objects.filter(path=path).first()
    if agency is None:
        return None
    within = Q(agency=agency) | Q(agency__path__startswith=f"{path}.")
    ties = (
        Affiliation.objects.filter(within, until=None)
        .select_related("officer", "agency")
        .order_by("officer__name")
    )
    return AgencyDetail(
        agency=AgencyRow(agency.path, agency.name, agency.kind),
        oris=tuple(agency.oris),
        agreements=tuple(row for row in all_agreements() if row.agency in chain(path)),
        people=tuple(
            (tie.officer.handle, tie.officer.name, tie.kind, tie.since, tie.agency.path) for tie in ties
        ),
    )
