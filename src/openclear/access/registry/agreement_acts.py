"""Agreements before a second person: signing, renewing and ending, with what each would mean for people now."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from openclear.access.gate.requesters import agreement_rows, read_everyone, registry_facts
from openclear.access.models import AgreementTerm
from openclear.access.policy.facts import AgreementRow
from openclear.access.policy.rules import agencies_of, are_agreed
from openclear.access.proposed import ActDraft, ActKind, Consequence, TwoPeople
from openclear.access.registry import agreements
from openclear.access.registry.guarded import touched
from openclear.access.registry.terms import (
    NewAgreement,
    Renewal,
    Term,
    facts_of,
    read_agreement,
    read_renewal,
)
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import is_within
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.without_grant import without_grant

SIGN, RENEW, END = "sign-agreement", "renew-agreement", "end-agreement"


@without_grant("makes a draft of what was typed; reads nothing")
def signing_draft(agreement: NewAgreement) -> ActDraft:
    """Return the draft of an agreement that one person has registered and another is to approve."""
    return ActDraft(SIGN, agreement.agency, "", f"Agreement {agreement.number}", facts_of(agreement))


@without_grant("makes a draft of what was typed; names the agreement's agency, which the gate's acts ask for")
def renewal_draft(renewal: Renewal) -> ActDraft:
    """Return the draft of a renewal. Raises NotPossible if there is no such agreement."""
    row = agreements.agreement_row(renewal.number)
    return ActDraft(RENEW, row.agency.path, "", f"Renewal of agreement {row.number}", facts_of(renewal))


@without_grant("makes a draft of what was typed; names the agreement's agency, which the gate's acts ask for")
def ending_draft(number: str, reason: str) -> ActDraft:
    """Return the draft of an end, which takes two people if an order touches the agency. Raises NotPossible, WrongUsage."""
    row = agreements.agreement_row(number)
    return ActDraft(END, row.agency.path, "", agreements.checked_reason(reason), {"number": row.number})


def _first(handle: str) -> tuple[Action, Purpose]:
    del handle
    return Action.REGISTRY_CHANGE, Purpose.ACCESS_ADMINISTRATION


def _check(grant: Grant, draft: ActDraft) -> Mapping[str, Any]:
    # At once, so that nobody approves in vain.
    del grant
    _terms_meant(draft)
    return {"proposed": {"change": draft.kind, "ground": draft.reason, **draft.facts}}


def _means(draft: ActDraft) -> Consequence:
    terms = _terms_meant(draft)
    told: dict[str, Any] = {} if draft.kind == END else _told(terms[0])
    if draft.kind == SIGN:
        told["parties"] = list(draft.facts["parties"])
    orders = [order.id for order in touched(draft.agency)]
    return Consequence.of({**_answered(draft, terms), **told, "touching": orders})


def _terms_meant(draft: ActDraft) -> list[Term]:
    # The term that would begin; for an end, none. Raises if the act could not be done now.
    if draft.kind == SIGN:
        signed = read_agreement(draft.facts)
        agreements.check_new(signed)
        return [signed.term]
    if draft.kind == RENEW:
        return [agreements.next_term(read_renewal(draft.facts))]
    row = agreements.agreement_row(draft.facts["number"])
    if not agreements.terms_left(row):
        raise NotPossible(f"Agreement {row.number} is over already.")
    return []


def _told(term: Term) -> dict[str, Any]:
    return {
        "term": [f"{term.starts_on} - {term.ends_on}"], "data_sets": list(term.datasets), "purposes": list(term.purposes),
        "document": [term.document, term.digest], "clauses": [[name, where] for name, where in term.clauses.items()],
    }  # fmt: skip


def _answered(draft: ActDraft, terms: Sequence[Term]) -> dict[str, list[str]]:
    # People of the agency who have an agreement for each of their agencies on the term's first day, or lose it today.
    day = max([clock.today(), *(term.starts_on for term in terms)])
    now = registry_facts()[0]
    if draft.kind == END:
        still = agreement_rows(AgreementTerm.objects.exclude(agreement__number=draft.facts["number"]))
        lost = set(_agreed_people(draft.agency, now, day)) - set(_agreed_people(draft.agency, still, day))
        return {"lose_agreement": sorted(lost)}
    new = (
        AgreementRow(draft.agency, term.starts_on, term.ends_on, term.datasets, term.purposes)
        for term in terms
    )
    return {"under_agreement": _agreed_people(draft.agency, (*now, *new), day)}


def _agreed_people(agency: str, agreed: tuple[AgreementRow, ...], day: date) -> list[str]:
    found = []
    for handle, person in read_everyone().items():
        tied = agencies_of([person], clock.today())
        is_of_it = person.is_active and any(is_within(one, agency) for one in tied)
        if is_of_it and are_agreed(replace(person, agreements=agreed), tied, day):
            found.append(handle)
    return sorted(found)


def _sign(draft: ActDraft, two: TwoPeople) -> Sequence[Any]:
    agreements.sign_agreement(two.first, agreement=read_agreement(draft.facts), approval=two.approval)
    return ()


def _renew(draft: ActDraft, two: TwoPeople) -> Sequence[Any]:
    agreements.renew_agreement(two.first, renewal=read_renewal(draft.facts), approval=two.approval)
    return ()


def _end(draft: ActDraft, two: TwoPeople) -> Sequence[Any]:
    number = draft.facts["number"]
    agreements.end_agreement(two.first, number=number, reason=draft.reason, approval=two.approval)
    return ()


ACTS = tuple(
    ActKind(
        name, (Action.REGISTRY_CHANGE,), Action.REGISTRY_CHANGE, check=_check, means=_means, first=_first, carry_out=act
    )
    for name, act in ((SIGN, _sign), (RENEW, _renew), (END, _end))
)  # fmt: skip
