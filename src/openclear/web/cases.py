"""Whose a case is: sharing it with a partner, registering a partner's own, confirming it as its sponsor."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from openclear.records import cases, sharing
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.purposes import Purpose
from openclear.web.asking import answered, ask, field, moved


@require_POST
@answered
def share(request: HttpRequest, record: UUID) -> HttpResponse:
    """Ask for a case to be shared, decide what another officer asked for, or take a sharing back."""
    grant = ask(request, Action.CASE_SHARE, purpose=Purpose.CRIMINAL_INVESTIGATION, record=str(record))
    acts = {
        "ask": sharing.ask_to_share, "approve": sharing.approve_share, "decline": sharing.decline_share,
        "end": cases.unshare_case,
    }  # fmt: skip
    what, agency = field(request, "what"), field(request, "agency")
    if what not in acts or not agency:
        raise WrongUsage("Choose an agency, and what is to become of the sharing.")
    acts[what](grant, case_id=record, agency=agency)
    return moved(grant, "case", record)


@require_POST
@answered
def register(request: HttpRequest) -> HttpResponse:
    """Register the asker's agency's own case with its sponsor here."""
    asked = {name: field(request, name) for name in ("number", "offense", "sponsor")}
    grant = ask(request, Action.CASE_REGISTER, purpose=Purpose.CRIMINAL_INVESTIGATION, registering=asked)
    row = cases.register_external_case(grant, **asked)
    return moved(grant, "case", row.id)


@require_POST
@answered
def confirm(request: HttpRequest, record: UUID) -> HttpResponse:
    """Confirm a partner's case as its sponsor."""
    grant = ask(request, Action.CASE_CONFIRM, purpose=Purpose.CRIMINAL_INVESTIGATION, record=str(record))
    cases.confirm_external_case(grant, case_id=record)
    return moved(grant, "case", record)
