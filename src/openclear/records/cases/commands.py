"""Who has a case: listed for its agency and those it was shared with, shared, registered by partners, confirmed here."""

from collections.abc import Sequence
from hashlib import blake2b
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from openclear.access import gate
from openclear.access.registry.acts import one_at_a_time
from openclear.access.registry.guarded import is_guarded
from openclear.access.registry.queries import employer_of, is_registered
from openclear.records.cases.models import Case, CaseShare, ShareRequest
from openclear.records.cases.rows import EXTERNAL, CaseRow
from openclear.records.rules import block_of, civil_form_in
from openclear.records.told import case_rows
from openclear.vocabulary import clock
from openclear.vocabulary.actions import SEARCHES, Action, Dataset
from openclear.vocabulary.agencies import agency_path, chains, is_within
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.handles import handle_of
from openclear.vocabulary.offenses import nibrs_codes, offense_code, offense_codes
from openclear.vocabulary.rules import Rule

LONGEST_NUMBER, LONGEST_PREFIX, LONGEST_HANDLE = 30, 6, 40
TWO_TO_SHARE = Rule(
    "two-people-to-share",
    "Sharing a case takes two officers of its department: one who asks and one who approves",
    city().source("$sharing; CJIS Security Policy AC-5"),
    "Have another officer of the department approve it on the page of the case.",
)
NO_SHARE_UNDER_ORDER = Rule(
    "no-share-under-order",
    "An order covers this agency, or one below it, so no case can be shared with it",
    "Design of OpenCLEAR, law 3: a cut-off wins",
    "Ask again when the order is lifted.",
)


def cases_of(grant: Grant) -> "QuerySet[Case]":
    """Return the cases that belong to, or were shared with, the holder's agencies, or wait for the holder's confirmation.

    Only for this room: rows leave it, not cases.
    """
    grant.require(
        Action.CASE_LIST, Action.CASE_VIEW, Action.CASE_SHARE, Action.CASE_CONFIRM, Action.DESK_OPEN, *SEARCHES,
    )  # fmt: skip
    # The agency that an answer is for does not give its cases to anyone.
    holders = chains(set(grant.agencies) - {grant.inquiry.on_behalf_of})
    shared = CaseShare.objects.filter(case=OuterRef("pk"), agency__in=holders)
    within: QuerySet[Case] = Case.objects.within(grant.over(Dataset.CASES))
    return within.filter(Q(owner_agency__in=holders) | Exists(shared) | _sponsored_by(grant))


@one_at_a_time
def share_case(grant: Grant, *, case_id: UUID, agency: str, approval: Grant | None = None) -> None:
    """Share one's own agency's case with another agency, and all below it, so that they can name it for a request.

    `approval`: the grant of another officer of the department who may see the case. Raises Refused without it and for an
    agency under an order in force, NotPossible for a case that is not the department's or an agency that is not registered.
    """
    grant.require(Action.CASE_SHARE)
    if approval is None or approval.officer == grant.officer:
        raise gate.refuse(grant, TWO_TO_SHARE)
    approval.require(Action.CASE_SHARE)
    case = shareable(approval, case_id=case_id, agency=agency)
    own_case(grant, case_id=case_id)
    facts = {"case_shared": case.number, "with": agency, "approved_by": approval.officer}
    gate.log_act(grant, details=facts)
    with transaction.atomic():
        CaseShare.objects.get_or_create(
            case=case, agency=agency, defaults={"shared_by": grant.officer, "since": clock.today()}
        )
        ShareRequest.objects.filter(case=case, agency=agency).delete()


def own_case(grant: Grant, *, case_id: UUID) -> Case:
    """Return a case of the holder's own agency, only for this room. Raises NotPossible if they see no such case."""
    grant.require(Action.CASE_SHARE)
    case = cases_of(grant).filter(pk=case_id, owner_agency__in=chains(grant.agencies)).first()
    if case is None:
        raise NotPossible("Your agency has no such case that can be shared.")
    return case


def shareable(grant: Grant, *, case_id: UUID, agency: str) -> Case:
    """Return a case that may be shared with an agency, for this room, within the lock of all acts.

    Raises NotPossible if they see no such case or the agency is not registered, Refused if an order in force covers
    it.
    """
    grant.require(Action.CASE_SHARE)
    case = own_case(grant, case_id=case_id)
    if not is_registered(agency_path(agency)):
        raise NotPossible(f"There is no agency {agency} in the registry.")
    if is_guarded(agency):
        raise gate.refuse(grant, NO_SHARE_UNDER_ORDER)
    return case


def unshare_case(grant: Grant, *, case_id: UUID, agency: str) -> None:
    """End the sharing of a case at once. Raises NotPossible if it was not shared."""
    grant.require(Action.CASE_SHARE)
    shares = CaseShare.objects.filter(case__in=cases_of(grant).filter(pk=case_id), agency=agency)
    if not shares.exists():
        raise NotPossible(f"The case is not shared with {agency}.")
    gate.log_act(grant, details={"case_unshared": str(case_id), "with": agency})
    shares.delete()


@one_at_a_time
def register_external_case(grant: Grant, *, number: str, offense: str, sponsor: str) -> CaseRow:
    """Register a partner agency's own case, so that it can be named for requests once its sponsor here has confirmed it.

    `offense`: a code of the city or of NIBRS. `sponsor`: the handle of an officer of this department; whether it is one is told
    to nobody, and a case without a valid sponsor is never confirmed. Raises WrongUsage for an invalid number, offense or
    handle, NotPossible for civil immigration matters, which are not a case here under any name.
    """
    grant.require(Action.CASE_REGISTER)
    owner = _own_agency(grant)
    plain, title = _own_number(_checked_number(number), owner), _offense_words(offense)
    sponsor = handle_of(sponsor)
    if not 0 < len(sponsor) <= LONGEST_HANDLE:
        raise WrongUsage("Give the handle of the officer of this department who sponsors the case.")
    gate.log_act(grant, details={"registered": plain, "offense": offense, "sponsor": sponsor})
    with transaction.atomic():
        case = Case.objects.create(
            id=uuid4(), source=EXTERNAL, source_id=plain, owner_agency=owner, number=plain, kind=EXTERNAL,
            title=title, opened=clock.today(), registered_by=grant.officer, sponsor=sponsor,
        )  # fmt: skip
    return case_rows(grant, [case])[0]


def confirm_external_case(grant: Grant, *, case_id: UUID) -> None:
    """Confirm a partner's case as its sponsor: from now on its agency can name it. Raises NotPossible for anybody else."""
    grant.require(Action.CASE_CONFIRM)
    within = Case.objects.within(grant.over(Dataset.CASES))
    case = within.filter(pk=case_id, kind=EXTERNAL, sponsor=grant.officer, confirmed=None).first()
    if case is None:
        raise NotPossible("No case at this address waits for your confirmation.")
    gate.log_act(grant, details={"confirmed": case.number})
    Case.objects.filter(pk=case.pk).update(confirmed=clock.today())


def waiting_cases(grant: Grant) -> Sequence[CaseRow]:
    """Return the external cases that wait: for the holder's confirmation, or that the holder registered."""
    grant.require(Action.CASE_LIST)
    mine = _sponsored_by(grant) | Q(registered_by=grant.officer)
    rows = Case.objects.within(grant.over(Dataset.CASES)).filter(mine, kind=EXTERNAL, confirmed=None)
    return case_rows(grant, list(rows.order_by("number")))


def _sponsored_by(grant: Grant) -> Q:
    # Only the department's own officers sponsor cases: a partner named as one cannot see the case by that.
    is_ours = any(is_within(agency, city().host) for agency in grant.agencies)
    return Q(sponsor=grant.officer) if is_ours else Q(pk=None)


def _checked_number(number: str) -> str:
    plain = block_of(number)
    if not 0 < len(plain) <= LONGEST_NUMBER - LONGEST_PREFIX:
        longest = LONGEST_NUMBER - LONGEST_PREFIX
        raise WrongUsage(f"Give your agency's number of the case, in at most {longest} characters.")
    if form := civil_form_in(plain):
        raise NotPossible(
            f"{form} is a civil immigration matter; no case is opened for those ({city().source('$civil_forms')}). "
            "A judicial criminal warrant goes to the records desk."
        )
    return plain


def _own_number(number: str, owner: str) -> str:
    # Every agency has a separate number space, so that nobody learns from a number whether others have it.
    known_as = f"X{blake2b(owner.encode(), digest_size=2).hexdigest().upper()}-{number}"
    if Case.objects.filter(number=known_as).exists():
        raise NotPossible(f"Your agency has registered {known_as} already.")
    return known_as


def _offense_words(offense: str) -> str:
    code = offense.strip().upper()
    if found := offense_codes().get(offense_code(code)):
        return f"{found.primary_type.capitalize()}: {found.description.lower()}"
    if nibrs := nibrs_codes().get(code):
        return nibrs.name
    example = city().formats.offense_code_example
    raise WrongUsage(
        f"Give the offense of the case as an offense code such as {example} or a NIBRS code such as 13B."
    )


def _own_agency(grant: Grant) -> str:
    # Of several agencies the case belongs to the one that employs the requester, which an order reaches first.
    return employer_of(grant.officer) or grant.agencies[0]
