"""What every page does around its query: identify the requester, ask the gate, release the answer, report errors."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from openclear.access import gate
from openclear.access.errors import NotAnswered, Refused
from openclear.access.gate.asker import MOST_FIELDS, asker_of, sent_by
from openclear.audit.errors import LogUnavailable
from openclear.records.stops.rules import is_number
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant, RefusalReceipt
from openclear.vocabulary.purposes import Purpose, named_purpose, purpose_of
from openclear.web import sessions
from openclear.web.returning import afresh, is_of_another, page_before, to_sign_in
from openclear.web.typed import typed_in
from openclear.web.words import OFFERED

LONGEST = 200
# Rules that refuse a request for the case that it names, or for naming none.
_ABOUT_THE_CASE = frozenset(
    {
        "person-needs-open-case", "named-case-must-be-open", "stop-is-for-its-own", "stop-finds-nobody-by-name",
        "stop-is-for-the-desk", "stop-is-for-patrol", "stop-has-its-purpose",
    }
)  # fmt: skip
View = Callable[..., HttpResponse]


def behind_gate(view: View) -> View:
    """Identify the requester first, and turn what the gate raises into a page. Every way out is logged and stamped."""

    @wraps(view)
    def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
        officer = request.session.get(sessions.OFFICER, "")
        request.officer = officer  # type: ignore[attr-defined] # for the log, should the view fail
        if not officer:
            refused = gate.refuse_anonymous(details={"address": address_of(request), **sent_by(request)})
            return gate.stamp(to_sign_in(request), refused.receipt)
        try:
            if is_of_another(request, officer):
                return gate.stamp(afresh(request), _reported(request, "on a page of somebody else"))
            if sessions.must_enrol(request):
                return gate.stamp(
                    HttpResponseRedirect(reverse("account")), _reported(request, "no second factor yet")
                )
            return _understood(view, request, named)
        except Refused as error:
            return refusal(request, error)

    return guarded


def _understood(view: View, request: HttpRequest, named: dict[str, Any]) -> HttpResponse:
    try:
        return view(request, **named)
    except (Refused, LogUnavailable, NotAnswered):
        raise
    except (WrongUsage, NotPossible) as error:
        return bad_request(request, str(error))


def refusal(request: HttpRequest, error: Refused) -> HttpResponse:
    """Return the page of a refusal: rule, reason, source, next step, a field for the case if it is about that.

    It is in the log already.
    """
    facts = {"refused": error, "again": _again(request, error)}
    return gate.stamp(render(request, "web/refused.html", facts, status=403), error.receipt)


def _again(request: HttpRequest, error: Refused) -> list[tuple[str, str]] | None:
    # What was asked, to ask it again with another case; None if the case was not why it was refused.
    if not _ABOUT_THE_CASE.intersection(error.verdict.rule_ids):
        return None
    sent = request.POST if request.method == "POST" else request.GET
    left_out = {"case", "csrfmiddlewaretoken"}
    return [(name, field(request, name)) for name in list(sent)[:MOST_FIELDS] if name not in left_out]


def bad_request(
    request: HttpRequest, problem: str, template: str = "web/mistake.html", **facts: Any
) -> HttpResponse:
    """Return a page that says in one sentence what is wrong and keeps the input. Logged here."""

    def page() -> tuple[HttpResponse, RefusalReceipt]:
        receipt = _reported(request, "not understood")
        context = {
            "typed": typed_in(request), "method": str(request.method).lower(), "before": page_before(request), **facts,
            "problem": problem, "purposes": OFFERED, "noted": receipt.token,
        }  # fmt: skip
        return render(request, template, context, status=400), receipt

    return gate.stamp_bad_request(getattr(request, "asked_grant", None), page)


def _reported(request: HttpRequest, problem: str) -> RefusalReceipt:
    # What was asked for is known after `ask`; an order on it, or on the agency that the answer is for, comes first.
    asker = asker_of(request)
    return gate.log_bad_request(
        asker.officer, problem, details={"address": address_of(request), **sent_by(request)},
        action=getattr(request, "asked_action", Action.DESK_OPEN),
        purpose=getattr(request, "asked_purpose", None) or named_purpose(field(request, "purpose")) or Purpose.OWN_ACCOUNT,
        on_behalf_of=asker.on_behalf_of,
    )  # fmt: skip


def ask(  # noqa: PLR0913 - the parts of a request, as the gate names them
    request: HttpRequest,
    action: Action,
    *,
    purpose: Purpose,
    case: str | None = None,
    on_behalf_of: str | None = None,
    filters: Mapping[str, Any] | None = None,
    subject: str = "",
    **details: Any,
) -> Grant:
    """Ask the gate in the name of the signed-in user. `subject`: as an `Inquiry` has it. Raises Refused."""
    # For the entry of a later mistake.
    request.asked_action, request.asked_purpose = action, purpose  # type: ignore[attr-defined] # read by `_reported`
    grant = gate.open_for(
        request.session[sessions.OFFICER], action, purpose=purpose, case=case,
        on_behalf_of=on_behalf_of, filters=filters, subject=subject, at_desk=True,
        details={"address": address_of(request), **details},
    )  # fmt: skip
    request.asked_grant = grant  # type: ignore[attr-defined] # read by `bad_request`
    return grant


def ask_reasoned(request: HttpRequest, action: Action, **facts: Any) -> Grant:
    """Ask with the purpose, the case and the other agency in the URL. Raises Refused, WrongUsage."""
    reason = reason_of(request)
    # Also if the purpose is missing.
    request.asked_action, request.asked_purpose = action, named_purpose(reason["purpose"])  # type: ignore[attr-defined] # read by `_reported`
    return ask(
        request, action, purpose=purpose_of(reason["purpose"]), case=reason["case"] or None,
        on_behalf_of=reason["on_behalf_of"] or None, **facts,
    )  # fmt: skip


def administer(request: HttpRequest, action: Action, **facts: Any) -> Grant:
    """Ask for an act of access administration. Raises Refused."""
    return ask(request, action, purpose=Purpose.ACCESS_ADMINISTRATION, **facts)


def rendered(
    request: HttpRequest,
    template: str,
    grant: Grant,
    shown: Sequence[UUID] = (),
    *,
    status: int = 200,
    **facts: Any,
) -> HttpResponse:
    """Render and release one page."""
    return rendered_together(request, template, [(grant, shown)], status=status, **facts)


def rendered_together(
    request: HttpRequest,
    template: str,
    answers: Sequence[tuple[Grant, Sequence[UUID]]],
    *,
    status: int = 200,
    **facts: Any,
) -> HttpResponse:
    """Render and release one page that answers several inquiries."""
    context = {**facts, "purposes": OFFERED, "receipt": answers[0][0].receipt_marker}
    page: HttpResponse = gate.release_together(render(request, template, context, status=status), answers)
    return page


def redirected(grant: Grant, name: str, *parts: Any) -> HttpResponse:
    """Release a redirect to the page with the outcome of an act."""
    response = HttpResponseRedirect(reverse(name, args=parts))
    response.status_code = 303
    return grant.release(response)


def reason_of(request: HttpRequest) -> dict[str, str]:
    """Return the purpose, the case and the other agency in a URL, as text."""
    reason = {name: field(request, name) for name in ("purpose", "case", "on_behalf_of")}
    # The number of a stop has one spelling, however it is typed.
    typed = reason["case"].upper()
    return reason | ({"case": typed} if is_number(typed) else {})


def field(request: HttpRequest, name: str) -> str:
    """Return one field of a URL or a form, trimmed and of limited length."""
    sent = request.POST if request.method == "POST" else request.GET
    return sent.get(name, "").replace("\x00", "").strip()[:LONGEST]


def address_of(request: HttpRequest) -> str:
    """Return the network address that a request came from."""
    return str(request.META.get("REMOTE_ADDR", ""))
