"""The gate: the only door to the records, and the only way for an answer to leave.

decide -> query -> log -> release. `open_for` decides and gives a Grant; `release` decides again, puts the
entry into the log, and holds the asker's agencies until the answer is handed over.
"""

import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from openclear.access import barrier
from openclear.access.barrier import Hold
from openclear.access.decisions import Judgement, judge
from openclear.access.errors import NotAnswered, Refused
from openclear.access.ports import ports
from openclear.access.rows import Ask, Decision, OrderRow, Rule
from openclear.access.rules import CUT_OFF, order_refusal
from openclear.access.standing import read_standing
from openclear.audit import log
from openclear.audit.errors import RefusedByOrder
from openclear.audit.rows import Draft
from openclear.vocabulary.actions import DATASET_OF, Action
from openclear.vocabulary.errors import OpenClearError
from openclear.vocabulary.grants import Grant, Receipt
from openclear.vocabulary.purposes import Purpose

LARGEST_ANSWER = 1 << 20
LARGEST_RETRIES = 3
alarm = logging.getLogger("openclear.alarm")
_CHANGED = Rule(
    "rules-changed",
    "The rules for you changed while this was being answered",
    "Design of OpenCLEAR, section 3: decided again at release",
    "Ask again.",
)
NOT_SIGNED_IN = Rule(
    "not-signed-in",
    "Nobody is signed in, or the token is not known or has expired",
    "CJIS Security Policy IA-2",
    "Sign in, or ask your administrator for a token.",
)


def open_for(
    officer: str,
    action: Action,
    *,
    purpose: Purpose,
    case: str | None = None,
    on_behalf_of: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Grant:
    """Return a Grant for one act, or raise Refused, which is in the log by then.

    `case`: number of a case, dispatch event or warrant. `facts`: what the private part of the entry
    keeps of the request (search words, address). Settled before any record is looked at.
    """
    ground = ports.grounds.find(case) if case else None
    ask = Ask(action, purpose, ground_named=bool(case), ground=ground)
    kept = {**(facts or {}), "case": case or "", "on_behalf_of": on_behalf_of or ""}
    judgement = judge(officer, ask, read_standing(), on_behalf_of)
    if not judgement.decision.allowed:
        raise _refused(officer, ask, judgement, kept)
    return Grant(
        action=action,
        officer=officer,
        agencies=judgement.agencies,
        purpose=purpose,
        ground=ground,
        epoch=judgement.epoch,
        clearances=judgement.clearances,
        receipt_marker=f"receipt-{secrets.token_hex(8)}",
        release_by=_release,
        facts={**kept, "rules": judgement.decision.rule_ids, "ties": judgement.affiliation_entries()},
    )


def _release(grant: Grant, response: Any, shown: Sequence[UUID]) -> Any:
    if isinstance(response, HttpResponse):
        _check_bounded(response)
    judgement, hold = _held_judgement(grant)
    try:
        receipt = log.append(_answer_draft(grant, judgement, shown))
    except RefusedByOrder as error:
        hold.release()
        raise _refused_by_log(grant, judgement, error.order) from None
    except OpenClearError:
        hold.release()
        raise
    if not isinstance(response, HttpResponse):
        # A command's answer is printed by its own process, which lets go when it ends.
        held.append(hold)
        return response
    return stamp(_with_receipt(response, grant.receipt_marker, receipt), receipt, hold)


def _held_judgement(grant: Grant) -> tuple[Judgement, Hold]:
    # First the hold, then the decision: an order or a change of the person's ties that comes later waits.
    agencies = grant.agencies
    for _ in range(LARGEST_RETRIES):
        hold = barrier.shared(agencies, grant.officer)
        try:
            judgement = still_open(grant)
        except BaseException:
            hold.release()
            raise
        if judgement.agencies == agencies:
            return judgement, hold
        hold.release()
        agencies = judgement.agencies
    raise NotAnswered("Your affiliations are being changed; try again in a moment.")


def still_open(grant: Grant) -> Judgement:
    """Decide again, under the orders of now. Raises Refused, logged, where the answer became no."""
    standing = read_standing()
    ask = _ask_of(grant)
    judgement = judge(grant.officer, ask, standing, grant.facts["on_behalf_of"] or None)
    if not judgement.decision.allowed:
        raise _refused(grant.officer, ask, judgement, grant.facts)
    if judgement.clearances != grant.clearances:
        # The answer was read under wider or other rules than those of now: it must not leave.
        changed = Decision(allowed=False, rules=(_CHANGED,))
        raise _refuse(changed, grant.officer, ask, judgement, grant.facts)
    return judgement


def stamp(response: HttpResponse, receipt: Receipt, hold: Hold | None = None) -> HttpResponse:
    """Return `response` with the release stamp that the middleware asks for. Its close lets go of the hold."""
    response.headers["OpenCLEAR-Receipt"] = f"{receipt.entry} {receipt.leaf}"
    response.headers["Content-Length"] = str(len(response.content))
    response.headers["Cache-Control"] = "no-store"
    response.release_stamp = receipt  # type: ignore[attr-defined] # the middleware looks for it
    response.barrier_hold = hold  # type: ignore[attr-defined] # the middleware has it watched
    if hold:
        closers = response._resource_closers  # type: ignore[attr-defined] # noqa: SLF001 - close() calls them
        closers.append(hold.release)
    return response


def turn_away(*, facts: Mapping[str, Any]) -> Refused:
    """Return the refusal of somebody unknown, logged with no agency."""
    decision = Decision(allowed=False, rules=(NOT_SIGNED_IN,))
    draft = Draft("refusal", "deny", rules=decision.rule_ids, epoch=read_standing().epoch, body=dict(facts))
    return Refused(decision, log.append(draft))


def report_mistake(officer: str, problem: str, *, facts: Mapping[str, Any]) -> Receipt:
    """Log that a request could not be understood or failed, for the agencies of the asker; return the receipt.

    Raises Refused for somebody under an order: they learn of the order, not of their mistake.
    """
    standing = read_standing()
    ask = Ask(Action.DESK_OPEN, Purpose.CRIMINAL_INVESTIGATION, ground_named=False, ground=None)
    judgement = judge(officer, ask, standing)
    if any(rule.id.startswith(CUT_OFF) for rule in judgement.decision.rules):
        raise _refused(officer, ask, judgement, {**facts, "problem": problem})
    draft = Draft(
        "error", "error", agencies=judgement.agencies, epoch=standing.epoch,
        body={**facts, "officer": officer, "problem": problem},
    )  # fmt: skip
    return log.append(draft)


def record_act(grant: Grant, *, facts: Mapping[str, Any], kind: str = "command") -> Receipt:
    """Log that the holder of `grant` is about to do what it was cut for. Call it before the change is committed.

    `kind`: "command", or "attempt" where the act is long and has an outcome.
    """
    judgement = still_open(grant)
    body = {**_body(grant.officer, grant.facts), **facts}
    return log.append(_draft(kind, judgement.decision, _ask_of(grant), judgement, body))


def record_outcome(
    grant: Grant, *, attempt: Receipt, facts: Mapping[str, Any], failed: bool = False
) -> Receipt:
    """Log how a long act ended. Says nothing to anyone, so it is never refused."""
    return log.append(
        Draft(
            "outcome",
            "error" if failed else "none",
            agencies=grant.agencies,
            action=grant.action,
            dataset=DATASET_OF[grant.action],
            purpose=grant.purpose,
            epoch=grant.epoch,
            attempt=attempt.entry,
            body={"officer": grant.officer, **facts},
        )  # fmt: skip
    )


def refuse_act(grant: Grant, rule: Rule) -> Refused:
    """Return the logged refusal of an act that its own rule forbids, such as one person acting for two."""
    ask = _ask_of(grant)
    decision = Decision(allowed=False, rules=(rule,))
    judgement = Judgement(decision, None, grant.agencies, grant.epoch, {})
    return _refuse(decision, grant.officer, ask, judgement, grant.facts)


def _ask_of(grant: Grant) -> Ask:
    return Ask(grant.action, grant.purpose, ground_named=bool(grant.facts["case"]), ground=grant.ground)


def _answer_draft(grant: Grant, judgement: Judgement, shown: Sequence[UUID]) -> Draft:
    return _draft(
        "answer",
        judgement.decision,
        _ask_of(grant),
        judgement,
        {**_body(grant.officer, grant.facts), "shown": [str(row) for row in shown]},
    )


def _draft(kind: str, decision: Decision, ask: Ask, judgement: Judgement, body: Mapping[str, Any]) -> Draft:
    return Draft(
        kind=kind,
        decision="allow" if decision.allowed else "deny",
        agencies=judgement.agencies,
        action=ask.action,
        dataset=DATASET_OF[ask.action],
        purpose=ask.purpose,
        rules=decision.rule_ids,
        epoch=judgement.epoch,
        body={**body, "ties": judgement.affiliation_entries()},
    )


def _body(officer: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {"officer": officer} | {
        name: value for name, value in facts.items() if name not in {"rules", "ties"}
    }


def _refused(officer: str, ask: Ask, judgement: Judgement, facts: Mapping[str, Any]) -> Refused:
    return _refuse(judgement.decision, officer, ask, judgement, facts)


def _refuse(
    decision: Decision, officer: str, ask: Ask, judgement: Judgement, facts: Mapping[str, Any]
) -> Refused:
    if any(rule.id == "rules-disagree" for rule in decision.rules):
        alarm.critical("orders and policies disagree at epoch %s", judgement.epoch)
    return Refused(decision, log.append(_draft("refusal", decision, ask, judgement, _body(officer, facts))))


def _refused_by_log(grant: Grant, judgement: Judgement, identity: str) -> Refused:
    # The order is in the log and not yet in the database: the moment between the two steps of an order.
    order = OrderRow(
        identity, "one of your agencies", "in-force", "all", "all", f"Order {identity}, in the log", 0
    )
    known = {row.id: row for row in read_standing().orders}
    decision = order_refusal(known.get(identity, order))
    ask = _ask_of(grant)
    return _refuse(decision, grant.officer, ask, judgement, grant.facts)


def _check_bounded(response: HttpResponse) -> None:
    if response.streaming or len(response.content) > LARGEST_ANSWER:
        message = "This answer is larger than one answer may be (1 MB); narrow the search."
        raise NotAnswered(message)


def _with_receipt(response: HttpResponse, marker: str, receipt: Receipt) -> HttpResponse:
    as_json = json.dumps({"entry": receipt.entry, "leaf": receipt.leaf}).encode()
    content = response.content.replace(f'"{marker}"'.encode(), as_json)
    response.content = content.replace(marker.encode(), f"{receipt.entry}".encode())
    return response


held: list[Hold] = []


def let_go() -> None:
    """Let go of what this process's commands hold, when their answers are printed."""
    while held:
        held.pop().release()
