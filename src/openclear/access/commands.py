"""Acts on the registry: agencies, agreements, people, ties. Each takes a grant, is logged before it is committed, and raises the epoch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from openclear.access import barrier, gate
from openclear.access.changes import Change, change, change_by
from openclear.access.keepers import OVERSEER_ROLES, kept
from openclear.access.models import Affiliation, Agency, AgencyMove, Agreement, Epoch, Officer
from openclear.access.rules import EMPLOYER, OVERSIGHTS_OWN, SECOND_UNDER_ORDER, TWO_PEOPLE_FOR_ACCOUNT
from openclear.access.standing import read_standing
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import agency_path, chain
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant

KINDS = ("city", "county", "state", "federal", "task-force", "vendor", "oversight")
LONGEST_KIND = 20
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

    `since`: when the ties began on paper, today where it is not said. `temporary_until`: at most 72 hours away.
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


def found_city(agencies: Sequence[NewAgency], founders: Sequence[NewOfficer]) -> None:
    """Register the first agencies and the first administrators of an empty city.

    Raises NotPossible where anybody is registered already: after that only administrators register.
    """
    if Officer.objects.exists():
        message = "This city has its administrators already; they register everyone else."
        raise NotPossible(message)
    Epoch.objects.get_or_create(pk=1)
    with change("founding", (), Action.REGISTRY_CHANGE) as under_way:
        for agency in agencies:
            add_agency(under_way, agency)
        for founder in founders:
            _add_officer(under_way, founder, approved_by="founding")


def register_agencies(grant: Grant, *, agencies: Sequence[NewAgency]) -> None:
    """Register agencies. One below a cut-off agency is cut off from its first moment.

    Raises NotPossible where the agency above is not registered, or the path is taken or was ever used.
    """
    grant.require(Action.REGISTRY_CHANGE)
    with change_by(grant) as under_way:
        for agency in agencies:
            add_agency(under_way, agency)


def register_officers(grant: Grant, *, approval: Grant, officers: Sequence[NewOfficer]) -> None:
    """Register people, as one person asked and another approved (AC-2 e).

    Accounts of oversight are approved by oversight, once there is any. Raises Refused where one person acts for two or
    keepers alone would make an overseer, NotPossible where a handle was ever used or an agency is unknown.
    """
    grant.require(Action.REGISTRY_CHANGE)
    approval.require(Action.REGISTRY_CHANGE, Action.OVERSIGHT_ACCOUNT)
    if approval.officer == grant.officer:
        raise gate.refuse_act(grant, TWO_PEOPLE_FOR_ACCOUNT)
    overseers = any(OVERSEER_ROLES & set(officer.roles) for officer in officers)
    if overseers and approval.action is not Action.OVERSIGHT_ACCOUNT and _is_watched():
        raise gate.refuse_act(grant, OVERSIGHTS_OWN)
    with change_by(grant) as under_way:
        for officer in officers:
            _add_officer(under_way, officer, approved_by=approval.officer)


def sign_agreement(grant: Grant, *, agency: str, number: str, signed_on: date, ends_on: date) -> None:
    """Register an agreement on access for an agency and all below it."""
    grant.require(Action.REGISTRY_CHANGE)
    with change_by(grant) as under_way:
        _entry(under_way, "agreement", agency, {"number": number, "ends_on": str(ends_on)})
        Agreement.objects.create(
            agency=agency_row(agency), number=number, signed_on=signed_on, ends_on=ends_on
        )


def end_agreement(grant: Grant, *, number: str, ends_on: date) -> None:
    """Let an agreement end on another day, also today. Raises NotPossible where there is none of that number."""
    grant.require(Action.REGISTRY_CHANGE)
    with change_by(grant) as under_way, kept(grant):
        agreement = Agreement.objects.select_related("agency").filter(number=number).first()
        if agreement is None:
            message = f"There is no agreement {number}."
            raise NotPossible(message)
        _entry(under_way, "agreement", agreement.agency.path, {"number": number, "ends_on": str(ends_on)})
        Agreement.objects.filter(pk=agreement.pk).update(ends_on=ends_on)


def affiliate(grant: Grant, *, handle: str, agency: str, kind: str, since: date | None = None) -> None:
    """Tie a person to one more agency, from today or from `since`. Raises NotPossible for unknown names or a second employer."""
    grant.require(Action.REGISTRY_CHANGE)
    if not 0 < len(kind) <= LONGEST_KIND:
        message = f"The kind of a tie has at most {LONGEST_KIND} characters, such as task-force."
        raise WrongUsage(message)
    officer = officer_row(handle)
    with barrier.standing_still(barrier.lock_of(handle)), change_by(grant) as under_way, kept(grant):
        tie(under_way, officer, agency, kind, since)


def end_affiliation(grant: Grant, *, handle: str, agency: str, approval: Grant | None = None) -> None:
    """End a person's ties to an agency as of yesterday. Raises NotPossible where there is none.

    Where an order in force holds over the agency this lets the person in again, so it takes a second person's
    `approval`, as lifting does; Refused without it.
    """
    grant.require(Action.REGISTRY_CHANGE)
    officer = officer_row(handle)
    if any(order.holds(agency) for order in read_standing().orders):
        need_second(grant, approval)
    with barrier.standing_still(barrier.lock_of(handle)), change_by(grant) as under_way, kept(grant):
        ties = Affiliation.objects.filter(officer=officer, agency=agency_row(agency), until=None)
        if not ties:
            message = f"{handle} has no tie to {agency} that could end."
            raise NotPossible(message)
        facts = {"affiliation": {"change": "ended", "agency": agency}}
        second = approval.officer if approval else ""
        under_way.entry("affiliation", facts, {"person": handle, "approved_by": second})
        ties.update(until=clock.today() - timedelta(days=1))


def need_second(grant: Grant, approval: Grant | None) -> None:
    """Raise Refused unless another keeper approves a change of the registry that touches an order in force."""
    if approval is None or approval.officer == grant.officer:
        raise gate.refuse_act(grant, SECOND_UNDER_ORDER)
    approval.require(Action.REGISTRY_CHANGE)


def add_agency(under_way: Change, new: NewAgency, split_from: str = "") -> None:
    """Register one agency within a change. Raises NotPossible where the one above is missing or the path was ever used."""
    links = chain(agency_path(new.path))[:-1]
    known = set(Agency.objects.filter(path__in=links).values_list("path", flat=True))
    if missing := [link for link in links if link not in known]:
        message = f"Register {missing[0]} before {new.path}: no agency may stand under one that is not there."
        raise NotPossible(message)
    if new.kind not in KINDS:
        message = f"There is no kind of agency '{new.kind}'; the kinds are {', '.join(KINDS)}."
        raise WrongUsage(message)
    if Agency.objects.filter(path=new.path).exists() or was_used(new.path):
        message = f"{new.path} is registered already, or was once; paths are never used twice."
        raise NotPossible(message)
    facts = {"change": "split", "from": split_from} if split_from else {"change": "added"}
    body = {"name": new.name, "oris": list(new.oris)}
    under_way.entry("registry", {"registry": {**facts, "agency": new.path}}, body)
    Agency.objects.create(path=new.path, name=new.name, kind=new.kind, oris=list(new.oris))


def was_used(path: str) -> bool:
    """Say whether an agency left this path once: a new one there would be taken for it."""
    return AgencyMove.objects.filter(old=path).exclude(kind="split").exists()


def tie(under_way: Change, officer: Officer, agency: str, kind: str, since: date | None = None) -> None:
    """Tie a person to an agency within a change. Raises NotPossible for a second employer or a closed agency."""
    row = agency_row(agency)
    if Agency.objects.filter(path__in=chain(agency), closed_on__isnull=False).exists():
        message = f"{agency} was merged into another agency and takes nobody new; tie the person to that one."
        raise NotPossible(message)
    employed = Affiliation.objects.filter(officer=officer, kind=EMPLOYER, until=None)
    if kind == EMPLOYER and employed.exists():
        message = f"{officer.handle} has an employer already; end that tie before a new one begins."
        raise NotPossible(message)
    begins = since or clock.today()
    facts = {"affiliation": {"change": "began", "agency": agency}}
    entry = under_way.entry(
        "affiliation", facts, {"person": officer.handle, "kind": kind, "since": str(begins)}
    )
    Affiliation.objects.create(officer=officer, agency=row, kind=kind, since=begins, entry=entry)


def agency_row(path: str) -> Agency:
    """Return the agency at a path, for this room alone. Raises NotPossible where there is none."""
    agency = Agency.objects.filter(path=path).first()
    if agency is None:
        message = f"There is no agency {path} in the registry; see openclear agencies."
        raise NotPossible(message)
    return agency


def officer_row(handle: str) -> Officer:
    """Return the account with a handle, for this room alone. Raises NotPossible where there is none."""
    officer = Officer.objects.filter(handle=handle).first()
    if officer is None:
        message = f"There is nobody called '{handle}'; see openclear officers."
        raise NotPossible(message)
    return officer


def _add_officer(under_way: Change, new: NewOfficer, *, approved_by: str) -> None:
    check_new(new)
    officer = Officer(
        handle=new.handle, name=new.name, title=new.title, roles=list(new.roles), mail=new.mail,
        certified_until=new.certified_until, machine_purpose=new.machine_purpose,
        is_integration=new.is_integration, temporary_until=new.temporary_until,
        registered_by=under_way.officer, approved_by=approved_by,
    )  # fmt: skip
    officer.set_unusable_password()
    officer.save()
    for agency, kind in new.ties:
        tie(under_way, officer, agency, kind, new.since)


def check_new(new: NewOfficer) -> None:
    """Raise NotPossible where an account could not be made as it stands: handle, employer, agencies, terms."""
    # No handle is ever deleted, so none is used twice: stricter than the year of IA-4(d).
    if Officer.objects.filter(handle=new.handle).exists():
        message = f"The handle {new.handle} is taken; handles are never used twice."
        raise NotPossible(message)
    for agency, _ in new.ties:
        agency_row(agency)
    if [kind for _, kind in new.ties].count(EMPLOYER) != 1:
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


def _entry(under_way: Change, what: str, agency: str, body: dict[str, str]) -> None:
    under_way.entry("registry", {"registry": {"change": what, "agency": agency}}, body)


def _is_watched() -> bool:
    return any(OVERSEER_ROLES & set(roles) for roles in Officer.objects.values_list("roles", flat=True))
