"""The desk of cases: the list and one case.

Sharing a case with a partner, registering a partner's own, confirming it as its sponsor.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from openclear.access.registry.queries import is_officer_of
from openclear.records.cases import commands, sharing
from openclear.records.cases.commands import waiting_cases
from openclear.records.cases.listing import KINDS, case_counts
from openclear.records.cases.queries import case as case_of
from openclear.records.cases.queries import case_named
from openclear.records.cases.sharing import agencies_to_share_with
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import is_within
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.purposes import Purpose
from openclear.web.endpoint import Answered
from openclear.web.guard import ask, behind_gate, field, redirected
from openclear.web.search.views import one_record


def beside_cases(answered: Answered) -> dict[str, Any]:
    """Return what is shown with the list of open cases: counts, cases that wait for a sponsor, whether the reader is a partner."""
    grant, asked = answered.grant, answered.asked
    counts = case_counts(grant, asked=asked)
    return {
        "waiting": waiting_cases(grant), "is_partner": not is_officer_of(grant.officer, city().host),
        "counts": counts, "found": counts.of(asked.whose), "pages": max(1, -(-counts.of(asked.whose) // asked.limit)),
        "kinds": KINDS, "narrowed": any((asked.q, asked.kind, asked.since, asked.until)),
    }  # fmt: skip


@require_GET
@behind_gate
def case(request: HttpRequest, record: str) -> HttpResponse:
    """One case, dispatch event or warrant, by its number or its id."""
    grant = ask(request, Action.CASE_VIEW, purpose=Purpose.OWN_ACCOUNT, record=record)
    identity = case_named(grant, name=record) or UUID(int=0)
    row = case_of(grant, case_id=identity)
    is_sponsor = row is not None and row.sponsor == grant.officer
    may_share = (
        row is not None and is_within(row.owner, city().host) and is_officer_of(grant.officer, city().host)
    )
    facts = {"agencies": agencies_to_share_with() if may_share else (), "is_sponsor": is_sponsor}
    return one_record(request, "web/kinds/cases/page.html", grant, row, identity, **facts)


@require_POST
@behind_gate
def share(request: HttpRequest, record: UUID) -> HttpResponse:
    """Request that a case be shared, decide another officer's request, or stop sharing."""
    grant = ask(request, Action.CASE_SHARE, purpose=Purpose.CRIMINAL_INVESTIGATION, record=str(record))
    acts = {
        "ask": sharing.ask_to_share, "approve": sharing.approve_share, "decline": sharing.decline_share,
        "end": commands.unshare_case,
    }  # fmt: skip
    what, agency = field(request, "what"), field(request, "agency")
    if what not in acts or not agency:
        raise WrongUsage("Choose an agency, and whether to share or stop sharing.")
    acts[what](grant, case_id=record, agency=agency)
    return redirected(grant, "case", record)


@require_POST
@behind_gate
def register(request: HttpRequest) -> HttpResponse:
    """Register a case of the requester's agency, with its sponsor here."""
    asked = {name: field(request, name) for name in ("number", "offense", "sponsor")}
    grant = ask(request, Action.CASE_REGISTER, purpose=Purpose.CRIMINAL_INVESTIGATION, registering=asked)
    row = commands.register_external_case(grant, **asked)
    return redirected(grant, "case", row.id)


@require_POST
@behind_gate
def confirm(request: HttpRequest, record: UUID) -> HttpResponse:
    """Confirm a partner's case as its sponsor."""
    grant = ask(request, Action.CASE_CONFIRM, purpose=Purpose.CRIMINAL_INVESTIGATION, record=str(record))
    commands.confirm_external_case(grant, case_id=record)
    return redirected(grant, "case", record)
