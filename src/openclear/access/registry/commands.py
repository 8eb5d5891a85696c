"""Acts on the registry: agencies, agreements, people, ties. Each takes a grant, is logged before it is committed, and raises the epoch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from openclear.access import gate
from openclear.access.gate.epoch import Change, change, change_by
from openclear.access.models import Agency, AgencyMove, Epoch, Officer
from openclear.access.policy.rules import OVERSIGHTS_OWN, TWO_PEOPLE_FOR_ACCOUNT
from openclear.access.registry.acts import one_at_a_time, registry_held
from openclear.access.registry.lookups import agency_row
from openclear.access.registry.names import check_distinct, plain_handle, plain_name
from openclear.access.registry.ties import tie
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import AgencyKind, TieKind, agency_path, chain
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.roles import OVERSEERS, Role
from openclear.vocabulary.without_grant import without_grant

CERTIFIED_DAYS = 366
TEMPORARY_HOURS = 72


@dataclass(frozen=True, slots=True)
class NewAgency:
    """An agency to register. `oris`: its originating agency identifiers, as many as it has."""

    path: str
    name: str
    kind: str
    oris: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """A person, machine account or integration to register, with the ties it begins with: (agency, kind).

    `since`: when the ties began on paper, today by default. `temporary_until`: at most 72 hours away.
    """

    handle: str
    name: str
    title: str
    roles: Sequence[str]
    ties: Sequence[tuple[str, str]]
    certified_until: date
    machine_purpose: str = ""
    mail: str = ""
    since: date | None = None
    temporary_until: datetime | None = None
    is_integration: bool = False


@without_grant("the city has nobody yet who could be granted anything")
def found_city(agencies: Sequence[NewAgency], founders: Sequence[NewOfficer]) -> None:
    """Register the first agencies and the first administrators of an empty city.

    Raises NotPossible if anybody is registered already: after that only administrators register.
    """
    with registry_held():
        _found(agencies, founders)


def _found(agencies: Sequence[NewAgency], founders: Sequence[NewOfficer]) -> None:
    if Officer.objects.exists():
        message = "This city has its administrators already; they register everyone else."
        raise NotPossible(message)
    Epoch.objects.get_or_create(pk=1)
    with change("founding", (), Action.REGISTRY_CHANGE) as under_way:
        for agency in agencies:
            add_agency(under_way, agency)
        for founder in founders:
            _add_officer(under_way, founder, approved_by="founding")


@one_at_a_time
def register_agencies(grant: Grant, *, agencies: Sequence[NewAgency]) -> None:
    """Register agencies. One below a cut-off agency is cut off from its first moment.

    Raises NotPossible if the agency above is not registered, or the path is or was ever used.
    """
    grant.require(Action.REGISTRY_CHANGE)
    with change_by(grant) as under_way:
        for agency in agencies:
            add_agency(under_way, agency)


@one_at_a_time
def register_officers(grant: Grant, *, approval: Grant, officers: Sequence[NewOfficer]) -> None:
    """Register people whom one person proposed and another approved (AC-2 e).

    Accounts of oversight are approved by oversight, once there is any. Raises Refused if one person acts for two or
    keepers alone would make an overseer, NotPossible if a handle was ever used or an agency is unknown.
    """
    grant.require(Action.REGISTRY_CHANGE)
    approval.require(Action.REGISTRY_CHANGE, Action.OVERSIGHT_ACCOUNT)
    if approval.officer == grant.officer:
        raise gate.refuse(grant, TWO_PEOPLE_FOR_ACCOUNT)
    overseers = any(OVERSEERS & set(officer.roles) for officer in officers)
    if overseers and approval.action is not Action.OVERSIGHT_ACCOUNT and _has_overseers():
        raise gate.refuse(grant, OVERSIGHTS_OWN)
    with change_by(grant) as under_way:
        for officer in officers:
            _add_officer(under_way, officer, approved_by=approval.officer)


@without_grant("for this room alone, within an act whose grant was required")
def add_agency(under_way: Change, new: NewAgency, split_from: str = "") -> None:
    """Register one agency within a change.

    Raises NotPossible if the one above is missing, the path was ever used, or the name could be taken for another's;
    WrongUsage for a name that is not plain (`names`).
    """
    links = chain(agency_path(new.path))[:-1]
    known = set(Agency.objects.filter(path__in=links).values_list("path", flat=True))
    if missing := [link for link in links if link not in known]:
        message = f"Register {missing[0]} before {new.path}: an agency must be under a registered one."
        raise NotPossible(message)
    if new.kind not in set(AgencyKind):
        message = f"There is no kind of agency '{new.kind}'; the kinds are {', '.join(AgencyKind)}."
        raise WrongUsage(message)
    if Agency.objects.filter(path=new.path).exists() or was_used(new.path):
        message = f"{new.path} is registered already, or was once; paths are never used twice."
        raise NotPossible(message)
    name = agency_name(new.name)
    facts = {"change": "split", "from": split_from} if split_from else {"change": "added"}
    body = {"name": name, "oris": list(new.oris)}
    under_way.entry("registry", {"registry": {**facts, "agency": new.path}}, body)
    Agency.objects.create(path=new.path, name=name, kind=new.kind, oris=list(new.oris))


@without_grant("for this room alone, within an act whose grant was required")
def agency_name(text: str, *, path: str = "") -> str:
    """Return an agency's name as it is stored. `path`: the agency that has it, if it is registered already.

    Raises WrongUsage if it is not plain, NotPossible if it could be taken for the name of another agency.
    """
    name = plain_name(text, "The agency's name")
    others = Agency.objects.exclude(path=path).values_list("name", flat=True)
    check_distinct(name, set(others), "The agency's name")
    return name


@without_grant("for this room alone, within an act whose grant was required")
def was_used(path: str) -> bool:
    """Say whether an agency left this path: a new one there would be taken for it."""
    return AgencyMove.objects.filter(old=path).exclude(kind="split").exists()


def _add_officer(under_way: Change, new: NewOfficer, *, approved_by: str) -> None:
    check_new(new)
    officer = Officer(
        handle=plain_handle(new.handle), name=plain_name(new.name, "The name"), title=new.title, roles=list(new.roles), mail=new.mail,
        certified_until=new.certified_until, machine_purpose=new.machine_purpose,
        is_integration=new.is_integration, temporary_until=new.temporary_until,
        registered_by=under_way.officer, approved_by=approved_by,
    )  # fmt: skip
    officer.set_unusable_password()
    officer.save()
    for agency, kind in new.ties:
        tie(under_way, officer, agency, kind, new.since)


@without_grant("for this room alone, within an act whose grant was required")
def check_new(new: NewOfficer) -> None:
    """Raise NotPossible if an account could not be made as given: handle, employer, agencies, terms.

    Raises WrongUsage for a handle, a name or a title that is not plain (`names`).
    """
    _check_names(new)
    for agency, _ in new.ties:
        agency_row(agency)
    if unknown := set(new.roles) - set(Role):
        message = f"There is no role '{', '.join(sorted(unknown))}'; the roles are {', '.join(Role)}."
        raise WrongUsage(message)
    if [kind for _, kind in new.ties].count(TieKind.EMPLOYER) != 1:
        message = (
            f"{new.handle} needs exactly one employer; other agencies are task-force, detail or contractor."
        )
        raise NotPossible(message)
    if new.certified_until > clock.today() + timedelta(days=CERTIFIED_DAYS):
        message = f"{new.handle} can be certified for a year at most (CJIS Security Policy AC-2 j)."
        raise NotPossible(message)
    if new.temporary_until and new.temporary_until > clock.now() + timedelta(hours=TEMPORARY_HOURS):
        message = (
            f"A temporary account ends after {TEMPORARY_HOURS} hours at most (CJIS Security Policy AC-2(2))."
        )
        raise NotPossible(message)


def _check_names(new: NewOfficer) -> None:
    handle = plain_handle(new.handle)
    plain_name(new.name, "The name")
    if new.title:
        plain_name(new.title, "The title")
    # No handle is ever deleted, so none is used twice: stricter than the year of IA-4(d).
    taken = set(Officer.objects.values_list("handle", flat=True))
    if handle in taken:
        message = f"The handle {handle} is taken; handles are never used twice."
        raise NotPossible(message)
    check_distinct(handle, taken, "The handle")


def _has_overseers() -> bool:
    return any(OVERSEERS & set(roles) for roles in Officer.objects.values_list("roles", flat=True))
