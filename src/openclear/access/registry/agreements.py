"""Agreements on access: signed and renewed by two people, ended at once. What they give counts from the same second.

A renewal never names more than the term before it; a wider agreement is a new one. An order wins over every agreement.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Q

from openclear.access import barrier, gate
from openclear.access.gate.epoch import Change, change_by
from openclear.access.models import Agreement, AgreementTerm
from openclear.access.policy.rules import TWO_PEOPLE_FOR_AGREEMENT
from openclear.access.registry.acts import one_at_a_time
from openclear.access.registry.guarded import name_of, second_where_touched
from openclear.access.registry.lockout import no_lockout
from openclear.access.registry.lookups import agency_row
from openclear.access.registry.terms import NewAgreement, Renewal, Term
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import is_within
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

LONGEST_REASON = 200
ONE_DAY = timedelta(days=1)


@one_at_a_time
def sign_agreement(grant: Grant, *, agreement: NewAgreement, approval: Grant | None = None) -> None:
    """Register a signed agreement, as two people: it gives access to its agency and all below it (CJIS Security Policy 5.1.1).

    Raises Refused if one person acts for two, NotPossible if the number was ever used, the agency needs no agreement or
    is not registered, or the last day is past.
    """
    grant.require(Action.REGISTRY_CHANGE)
    with change_by(grant) as under_way:
        _need_two(grant, approval, agreement.agency)
        check_new(agreement)
        row = Agreement(
            agency=agency_row(agreement.agency), number=agreement.number, parties=list(agreement.parties)
        )
        entry = _entry(under_way, "agreement-signed", row, agreement.term, approval, parties=row.parties)
        row.save()
        _keep(under_way, row, agreement.term, approval, entry)


@one_at_a_time
def renew_agreement(grant: Grant, *, renewal: Renewal, approval: Grant | None = None) -> None:
    """Register the next term of an agreement, as two people: from the day after its last, or from today if it is over.

    Raises Refused if one person acts for two, NotPossible if it names more than the term before it, or ends no later.
    """
    grant.require(Action.REGISTRY_CHANGE)
    row = agreement_row(renewal.number)
    with change_by(grant) as under_way:
        _need_two(grant, approval, row.agency.path)
        term = next_term(renewal)
        entry = _entry(under_way, "agreement-renewed", row, term, approval)
        _keep(under_way, row, term, approval, entry)


@one_at_a_time
def end_agreement(grant: Grant, *, number: str, reason: str, approval: Grant | None = None) -> None:
    """End an agreement now: when this returns, nobody is answered under it any more.

    One person may, because it takes access away; if an order touches the agency it takes a second person's `approval`;
    Refused without it. Raises NotPossible if it is over already, WrongUsage without a reason.
    """
    grant.require(Action.REGISTRY_CHANGE)
    because, row = checked_reason(reason), agreement_row(number)
    agency = row.agency.path
    with barrier.frozen(agency), change_by(grant) as under_way, no_lockout(grant):
        second_where_touched(grant, approval, agency)
        left = terms_left(row)
        if not left:
            raise NotPossible(f"Agreement {number} is over already.")
        header = {"registry": {"change": "agreement-ended", "agency": agency}}
        details = {"number": row.number, "reason": because, "approved_by": name_of(approval)}
        entry = under_way.entry("registry", header, details)
        AgreementTerm.objects.filter(pk__in=[term.pk for term in left]).update(
            ended=clock.now(), ended_by=grant.officer, ended_because=because, ended_by_entry=entry
        )


@without_grant("for this room alone, within an act whose grant was required")
def check_new(agreement: NewAgreement) -> None:
    """Raise NotPossible if an agreement could not be signed as given: its number, agency, days."""
    if Agreement.objects.filter(number__iexact=agreement.number).exists():
        raise NotPossible(
            f"There is an agreement {agreement.number} already; renew it, or give this one another number."
        )
    if is_within(agreement.agency, city().root):
        raise NotPossible(f"{agreement.agency} is the city's own and needs no agreement.")
    agency_row(agreement.agency)
    if agreement.term.ends_on < clock.today():
        raise NotPossible(
            f"This agreement ended on {agreement.term.ends_on}; enter one that is still to run."
        )


@without_grant("for this room alone, within an act whose grant was required")
def next_term(renewal: Renewal) -> Term:
    """Return the term that a renewal would begin now. Raises NotPossible as `renew_agreement` does."""
    row = agreement_row(renewal.number)
    before = row.terms.last()
    if before is None:  # pragma: no cover - it is signed with its first term
        raise NotPossible(f"Agreement {row.number} has no term that could be renewed.")
    today, is_over = clock.today(), before.ended is not None
    starts_on = today if is_over else max(today, before.ends_on + ONE_DAY)
    if renewal.ends_on < starts_on:
        raise NotPossible(
            f"This renewal would begin on {starts_on}, so its last day is no earlier; {renewal.ends_on} is."
        )
    term = Term(
        starts_on, renewal.ends_on, renewal.datasets or tuple(before.datasets), renewal.purposes or tuple(before.purposes),
        renewal.document, renewal.digest, renewal.clauses or before.clauses,
    )  # fmt: skip
    wider = [name for name in term.datasets if name not in before.datasets]
    wider += [name for name in term.purposes if name not in before.purposes]
    if wider:
        raise NotPossible(
            f"A renewal names no more than the term before it, which lacks {', '.join(wider)}; sign a new agreement for more."
        )
    return term


@without_grant("for this room alone, within an act whose grant was required")
def agreement_row(number: str) -> Agreement:
    """Return the agreement with a number, in any case, only for this room. Raises NotPossible if there is none."""
    found = Agreement.objects.select_related("agency").filter(number__iexact=number.strip()).first()
    if found is None:
        raise NotPossible(f"There is no agreement {number}; see openclear agreements.")
    return found


@without_grant("for this room alone, within an act whose grant was required")
def terms_left(row: Agreement) -> list[AgreementTerm]:
    """Return the terms of an agreement that are in force or to come."""
    return list(row.terms.filter(Q(ended=None), ends_on__gte=clock.today()))


@without_grant("checks a text; reads nothing")
def checked_reason(text: str) -> str:
    """Return why an agreement ends, in one line. Raises WrongUsage without one, or if it is too long."""
    reason = " ".join(text.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        raise WrongUsage(f"Say why the agreement ends, in at most {LONGEST_REASON} characters.")
    return reason


def _need_two(grant: Grant, approval: Grant | None, agency: str) -> None:
    second_where_touched(grant, approval, agency)
    if approval is None or approval.officer == grant.officer:
        raise gate.refuse(grant, TWO_PEOPLE_FOR_AGREEMENT)
    approval.require(Action.REGISTRY_CHANGE)


def _entry(
    under_way: Change, change: str, row: Agreement, term: Term, approval: Grant | None, **more: Any
) -> int:
    body: Mapping[str, Any] = {
        "number": row.number, "starts_on": str(term.starts_on), "ends_on": str(term.ends_on),
        "data_sets": list(term.datasets), "purposes": list(term.purposes), "document": term.document,
        "digest": term.digest, "clauses": dict(term.clauses), "approved_by": name_of(approval), **more,
    }  # fmt: skip
    return under_way.entry("registry", {"registry": {"change": change, "agency": row.agency.path}}, body)


def _keep(under_way: Change, row: Agreement, term: Term, approval: Grant | None, entry: int) -> None:
    AgreementTerm.objects.create(
        agreement=row, starts_on=term.starts_on, ends_on=term.ends_on, datasets=list(term.datasets),
        purposes=list(term.purposes), document=term.document, digest=term.digest, clauses=dict(term.clauses),
        signed=clock.now(), signed_by=under_way.officer, approved_by=name_of(approval), entry=entry,
    )  # fmt: skip
