"""Acts on the registry and on tokens. Each takes a grant, is logged before it is committed, and raises the epoch."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from openclear.access import barrier, gate
from openclear.access.changes import Change, change, change_by
from openclear.access.keepers import NO_LOCKOUT, is_sensitive, locks_out
from openclear.access.models import Affiliation, Agency, Agreement, Epoch, Officer, SignIn, Token
from openclear.access.rows import Rule
from openclear.access.standing import read_standing
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import agency_path, chain
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant

TOKEN_DAYS = 90
LONGEST_KIND = 20
SECOND_FOR_TOKEN = Rule(
    "second-person-for-token",
    "A token for whoever keeps access, oversees or is a machine needs a second person",
    "CJIS Security Policy AC-5, separation of duties",
    "Have another access administrator or the general counsel approve it.",
)
TOKEN_PREFIX = "oc_"  # noqa: S105 - how a token begins, not one


@dataclass(frozen=True, slots=True)
class NewAgency:
    """An agency to register."""

    path: str
    name: str
    kind: str
    oris: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """A person or machine account to register, with the ties it begins with: (agency, kind)."""

    handle: str
    name: str
    title: str
    roles: Sequence[str]
    ties: Sequence[tuple[str, str]]
    certified_until: date
    machine_purpose: str = ""


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
            _add_agency(under_way, agency)
        for founder in founders:
            _add_officer(under_way, founder)


def register_agencies(grant: Grant, *, agencies: Sequence[NewAgency]) -> None:
    """Register agencies. One below a cut-off agency is cut off from its first moment.

    Raises NotPossible where the agency above is not registered, or the path is taken.
    """
    grant.require(Action.REGISTRY_CHANGE)
    with change_by(grant) as under_way:
        for agency in agencies:
            _add_agency(under_way, agency)


def register_officers(grant: Grant, *, officers: Sequence[NewOfficer]) -> None:
    """Register people. Raises NotPossible where a handle is taken or an agency is unknown."""
    grant.require(Action.REGISTRY_CHANGE)
    with change_by(grant) as under_way:
        for officer in officers:
            _add_officer(under_way, officer)


def sign_agreement(grant: Grant, *, agency: str, number: str, signed_on: date, ends_on: date) -> None:
    """Register an agreement on access for an agency and all below it."""
    grant.require(Action.REGISTRY_CHANGE)
    with change_by(grant) as under_way:
        _entry(under_way, "agreement", agency, {"number": number, "ends_on": str(ends_on)})
        Agreement.objects.create(agency=_agency(agency), number=number, signed_on=signed_on, ends_on=ends_on)


def affiliate(grant: Grant, *, handle: str, agency: str, kind: str) -> None:
    """Tie a person to one more agency from today. Raises NotPossible for unknown names."""
    grant.require(Action.REGISTRY_CHANGE)
    if len(kind) > LONGEST_KIND:
        message = f"The kind of a tie has at most {LONGEST_KIND} characters, such as task-force."
        raise WrongUsage(message)
    with change_by(grant) as under_way:
        _tie(under_way, _officer(handle), agency, kind)
        _refuse_lockout(grant)
    _drain(handle)


def end_affiliation(grant: Grant, *, handle: str, agency: str) -> None:
    """End a person's ties to an agency as of yesterday. Raises NotPossible where there is none."""
    grant.require(Action.REGISTRY_CHANGE)
    with change_by(grant) as under_way:
        ties = Affiliation.objects.filter(officer=_officer(handle), agency=_agency(agency), until=None)
        if not ties:
            message = f"{handle} has no tie to {agency} that could end."
            raise NotPossible(message)
        facts = {"affiliation": {"change": "ended", "agency": agency}}
        under_way.entry("affiliation", facts, {"person": handle})
        ties.update(until=clock.today() - timedelta(days=1))
        _refuse_lockout(grant)
    _drain(handle)


def create_token(grant: Grant, *, handle: str, approval: Grant | None = None) -> str:
    """Return a new token for a person, valid for 90 days. It is shown once; only its hash is kept.

    A token for whoever keeps access, oversees or is a machine needs a second person's `approval`:
    else one administrator could act for two. Raises Refused without it.
    """
    grant.require(Action.TOKEN_CREATE)
    officer = _officer(handle)
    if is_sensitive(officer) and (approval is None or approval.officer == grant.officer):
        raise gate.refuse_act(grant, SECOND_FOR_TOKEN)
    if approval:
        approval.require(Action.TOKEN_CREATE)
    gate.record_act(grant, facts={"person": handle, "approved_by": approval.officer if approval else ""})
    return issue_token(officer, name="made by an administrator")


def issue_token(officer: Officer, *, name: str) -> str:
    """Keep the hash of a new token and return the token itself. The caller has asked the gate and logged the act."""
    text = TOKEN_PREFIX + secrets.token_urlsafe(32)
    moment = clock.now()
    Token.objects.create(
        digest=digest_of(text), officer=officer, name=name, created=moment,
        expires=moment + timedelta(days=TOKEN_DAYS),
    )  # fmt: skip
    return text


def revoke_tokens(grant: Grant, *, handle: str) -> int:
    """End every token of a person; return how many there were."""
    grant.require(Action.TOKEN_CREATE)
    tokens = Token.objects.filter(officer=_officer(handle))
    gate.record_act(grant, facts={"person": handle, "revoked": tokens.count()})
    return tokens.delete()[0]


def note_sign_in(session: str, handle: str) -> None:
    """Remember whose session this is, so that an order can count it."""
    with transaction.atomic():
        SignIn.objects.update_or_create(
            session=session, defaults={"officer": _officer(handle), "began": clock.now()}
        )


def digest_of(token: str) -> str:
    """Return what is kept of a token (SHA-256; the token itself has 256 random bits)."""
    return hashlib.sha256(token.encode()).hexdigest()


def _refuse_lockout(grant: Grant) -> None:
    # Raised inside the change, so nothing of it is committed.
    if locks_out(read_standing()):
        raise gate.refuse_act(grant, NO_LOCKOUT)


def _drain(handle: str) -> None:
    # Answers that were decided before the change still hold the person's lock: wait until they are handed over.
    hold, _ = barrier.exclusive(barrier.lock_of(handle))
    hold.release()


def _add_agency(under_way: Change, new: NewAgency) -> None:
    links = chain(agency_path(new.path))[:-1]
    known = set(Agency.objects.filter(path__in=links).values_list("path", flat=True))
    if missing := [link for link in links if link not in known]:
        message = f"Register {missing[0]} before {new.path}: no agency may stand under one that is not there."
        raise NotPossible(message)
    if Agency.objects.filter(path=new.path).exists():
        message = f"{new.path} is registered already."
        raise NotPossible(message)
    _entry(under_way, "added", new.path, {"name": new.name})
    Agency.objects.create(path=new.path, name=new.name, kind=new.kind, oris=list(new.oris))


def _add_officer(under_way: Change, new: NewOfficer) -> None:
    if Officer.objects.filter(handle=new.handle).exists():
        message = f"The handle {new.handle} is taken; handles are never used twice."
        raise NotPossible(message)
    officer = Officer(
        handle=new.handle, name=new.name, title=new.title, roles=list(new.roles),
        certified_until=new.certified_until, machine_purpose=new.machine_purpose,
    )  # fmt: skip
    officer.set_unusable_password()
    officer.save()
    for agency, kind in new.ties:
        _tie(under_way, officer, agency, kind)


def _tie(under_way: Change, officer: Officer, agency: str, kind: str) -> None:
    facts = {"affiliation": {"change": "began", "agency": agency}}
    row = _agency(agency)
    entry = under_way.entry("affiliation", facts, {"person": officer.handle, "kind": kind})
    Affiliation.objects.create(officer=officer, agency=row, kind=kind, since=clock.today(), entry=entry)


def _entry(under_way: Change, what: str, agency: str, body: dict[str, str]) -> None:
    under_way.entry("registry", {"registry": {"change": what, "agency": agency}}, body)


def _agency(path: str) -> Agency:
    agency = Agency.objects.filter(path=path).first()
    if agency is None:
        message = f"There is no agency {path} in the registry; see openclear agencies."
        raise NotPossible(message)
    return agency


def _officer(handle: str) -> Officer:
    officer = Officer.objects.filter(handle=handle).first()
    if officer is None:
        message = f"There is nobody called '{handle}'; see openclear officers."
        raise NotPossible(message)
    return officer
