"""The gate: the only door to the records, and the only way for an answer to leave.

decide -> query -> log -> release. `open_for` decides and gives a Grant; `release` decides again, puts the
entry into the log, and holds the requester's agencies until the answer has arrived.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse

from openclear.access.barrier import command_holds
from openclear.access.errors import Refused
from openclear.access.gate import commands
from openclear.access.gate.decide import Decision, decide
from openclear.access.gate.entries import Request, entry_of, logged_refusal, refusal_of
from openclear.access.gate.nobody import doorkeeper
from openclear.access.gate.release import (
    hold_for,
    recheck,
    release,
    stamp,
)
from openclear.access.gate.standing import read_standing
from openclear.access.gate.uses import note_use
from openclear.access.policy.rules import CUT_OFF
from openclear.access.ports import ports
from openclear.audit import log
from openclear.audit.errors import LogUnavailable
from openclear.audit.rows import NewEntry
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant, Inquiry, Receipt, RefusalReceipt
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.rules import Rule, Verdict
from openclear.vocabulary.without_grant import without_grant

NOT_SIGNED_IN = Rule(
    "not-signed-in",
    "Nobody is signed in, or the token is unknown or has expired",
    "CJIS Security Policy IA-2",
    "Sign in, or ask your administrator for a token.",
)


@without_grant("part of the gate, which makes the grants")
def open_for(  # noqa: PLR0913 - a request has these parts, and each is named
    officer: str,
    action: Action,
    *,
    purpose: Purpose,
    case: str | None = None,
    on_behalf_of: str | None = None,
    through: str | None = None,
    filters: Mapping[str, Any] | None = None,
    details: Mapping[str, Any] | None = None,
    subject: str = "",
    at_desk: bool = False,
) -> Grant:
    """Return a Grant for one act, or raise Refused, which is in the log by then.

    `case`: number or id of a case, dispatch event or warrant; the grant and its entries have the number. `on_behalf_of`: another agency that the answer is for; it is
    decided too. `through`: the integration that carries the request of `officer`; it is decided too. `filters`: what
    narrows a search. `details`: what else the private part of the entry keeps of the request (search words, address).
    `subject`, `at_desk`: as an `Inquiry` has them; without them a stop or call cannot be named. Decided before any
    record is read.
    """
    ground = ports.grounds.find(case) if case else None
    inquiry = Inquiry(
        action, purpose, case or "", ground, on_behalf_of or None, through or None, subject, at_desk
    )
    request = Request(officer, inquiry, filters, details or {})
    standing = read_standing()
    decision = decide(officer, inquiry, standing)
    if not decision.verdict.allowed:
        raise refusal_of(request, decision)
    if ground:
        # Anyone who may use the case may know its number: so its uses are counted together, however it was named.
        inquiry = replace(inquiry, case=ground.number)
    if through:
        note_use(officer)  # anyone who works through an integration is not idle
    grant = Grant(
        inquiry=inquiry,
        officer=officer,
        agencies=decision.agencies,
        epoch=decision.epoch,
        sealings=standing.sealings,
        clearances=decision.clearances,
        receipt_marker=f"receipt-{secrets.token_hex(8)}",
        release_by=release,
        filters=filters,
        details=request.details,
    )
    commands.remember(grant)
    return grant


@without_grant("part of the gate, which makes the grants")
def log_mistake_of_command(error: Exception) -> None:
    """Give a command's mistake, or its answer that there is none, its entry before it is printed.

    Nothing is written if the command was not let in, or has an entry already. Raises Refused if an order came meanwhile:
    then that is told, not the mistake.
    """
    grant = commands.unlogged(error)
    if grant is None:
        return
    command_holds.keep(hold_for(grant))
    try:
        _log_mistake(grant, error)
    except LogUnavailable:
        # The one act that there is while the log takes no entry. Its mistakes tell of the log itself, never of records.
        if grant.action is not Action.LOG_RESTORE:
            raise


def _log_mistake(grant: Grant, error: Exception) -> None:
    inquiry, asked = grant.inquiry, {"filters": dict(grant.filters)} if grant.filters else {}
    log_bad_request(
        grant.officer, "not answered", details={**grant.details, **asked, "case_named": inquiry.case, "said": str(error)},
        action=grant.action, purpose=grant.purpose, through=inquiry.through, on_behalf_of=inquiry.on_behalf_of,
    )  # fmt: skip


@without_grant("part of the gate, which makes the grants")
def would_allow(officer: str, action: Action, *, purpose: Purpose, case: str | None = None) -> bool:
    """Say whether the gate would open for somebody else now. Returns no grant and no reason: for the giver of a link."""
    ground = ports.grounds.find(case) if case else None
    return decide(officer, Inquiry(action, purpose, case or "", ground), read_standing()).verdict.allowed


@without_grant("part of the gate, which makes the grants")
def refuse_anonymous(*, details: Mapping[str, Any]) -> Refused:
    """Return the refusal of somebody unknown, logged without an agency; in a flood many share an entry (`nobody`)."""
    verdict = Verdict(allowed=False, rules=(NOT_SIGNED_IN,))
    new_entry = NewEntry(
        "refusal", "deny", rules=verdict.rule_ids, epoch=read_standing().epoch, details=details
    )
    return Refused(verdict, doorkeeper.refuse_anonymous(new_entry).without_number())


@without_grant("part of the gate, which makes the grants")
def log_bad_request(  # noqa: PLR0913 - who, through whom and for whom are decided here as for a request
    officer: str,
    problem: str,
    *,
    details: Mapping[str, Any],
    action: Action = Action.DESK_OPEN,
    purpose: Purpose = Purpose.OWN_ACCOUNT,
    through: str | None = None,
    on_behalf_of: str | None = None,
) -> RefusalReceipt:
    """Log that a request failed or was not understood, for the agencies of the requester; return the receipt.

    `action`, `purpose`: what was asked for, as far as it was understood. `through`, `on_behalf_of`: as `open_for` takes
    them. Raises Refused if an order covers any of these: they learn of the order, not of their mistake.
    """
    standing = read_standing()
    inquiry = Inquiry(action, purpose, on_behalf_of=on_behalf_of, through=through)
    decision = decide(officer, inquiry, standing)
    if through and not decision.agencies:
        # Only an integration may name a person; otherwise only the holder of the token is decided.
        details = {**details, "through_named": through}
        officer, inquiry = through, replace(inquiry, through=None)
        decision = decide(officer, inquiry, standing)
    said = {**details, "problem": problem, "through": through or "", "on_behalf_of": on_behalf_of or ""}
    if any(rule.id.startswith(CUT_OFF) for rule in decision.verdict.rules):
        raise refusal_of(Request(officer, inquiry, None, said), decision)
    new_entry = NewEntry(
        "error", "error", agencies=decision.agencies, epoch=standing.epoch, officer=officer, details=said
    )
    receipt = log.append(new_entry) if officer else doorkeeper.refuse_anonymous(new_entry)
    return receipt.without_number()


@without_grant("part of the gate, which makes the grants")
def stamp_bad_request(
    grant: Grant | None, answer: Callable[[], tuple[HttpResponse, RefusalReceipt]]
) -> HttpResponse:
    """Release the page of a mistake. `grant`: under which it was found, so that no order or sealing is missed; else None.

    `answer`: logs the mistake and makes its page. Raises Refused, RecordsChanged, NotAnswered.
    """
    hold = hold_for(grant) if grant else None
    try:
        return stamp(*answer(), hold)
    except BaseException:
        if hold:
            hold.release()
        raise


@without_grant("part of the gate, which makes the grants")
def sealings() -> int:
    """Return how often records were sealed: remember it before reading them, and compare it in `records_held`."""
    return read_standing().sealings


@without_grant("part of the gate, which makes the grants")
def log_act(
    grant: Grant,
    *,
    details: Mapping[str, Any],
    filters: Mapping[str, Any] | None = None,
    kind: str = "command",
) -> Receipt:
    """Log that the holder of `grant` is about to do what it was cut for. Call it before the change is committed.

    `filters`: of the search that the act keeps, if it keeps one. `kind`: "command", or "attempt" if the act is long and
    has an outcome.
    """
    decision = recheck(grant)
    new_entry = entry_of(kind, grant, decision.verdict, decision)
    with_its_own = {**new_entry.details, **details}
    return log.append(replace(new_entry, filters=filters or grant.filters, details=with_its_own))


@without_grant("part of the gate, which makes the grants")
def refuse(grant: Grant, rule: Rule) -> Refused:
    """Return the logged refusal of an act that its own rule forbids, such as one person acting for two."""
    verdict = Verdict(allowed=False, rules=(rule,))
    decision = Decision(verdict, None, grant.agencies, grant.epoch, {})
    return logged_refusal(grant, verdict, decision)
