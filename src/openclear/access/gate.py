"""The gate: the only door to the records, and the only way for an answer to leave.

decide -> query -> log -> release. `open_for` decides and gives a Grant; `release` decides again, puts the
entry into the log, and holds the asker's agencies until the answer is handed over.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse

from openclear.access.command_holds import let_go, taken
from openclear.access.decisions import Judgement, judge
from openclear.access.entries import ask_of, body_of, draft_of, refuse, refused
from openclear.access.errors import Refused
from openclear.access.nobody import doorkeeper
from openclear.access.ports import ports
from openclear.access.releasing import (
    LARGEST_ANSWER,
    hold_for,
    records_held,
    release,
    release_together,
    stamp,
    still_open,
)
from openclear.access.rows import Ask, Decision, Rule
from openclear.access.rules import CUT_OFF
from openclear.access.standing import read_standing
from openclear.access.uses import note_use
from openclear.audit import log
from openclear.audit.rows import Draft
from openclear.vocabulary.actions import DATASET_OF, Action
from openclear.vocabulary.grants import Grant, Receipt, RefusalReceipt
from openclear.vocabulary.purposes import Purpose

__all__ = [
    "LARGEST_ANSWER", "hold_for", "let_go", "open_for", "record_act", "record_outcome", "records_held", "refuse_act", "release_together",
    "report_mistake", "sealings", "stamp", "stamp_mistake", "still_open", "taken", "turn_away", "would_open",
]  # fmt: skip
NOT_SIGNED_IN = Rule(
    "not-signed-in",
    "Nobody is signed in, or the token is not known or has expired",
    "CJIS Security Policy IA-2",
    "Sign in, or ask your administrator for a token.",
)


def open_for(  # noqa: PLR0913 - an ask has these parts, and each is named
    officer: str,
    action: Action,
    *,
    purpose: Purpose,
    case: str | None = None,
    on_behalf_of: str | None = None,
    through: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Grant:
    """Return a Grant for one act, or raise Refused, which is in the log by then.

    `case`: number of a case, dispatch event or warrant. `on_behalf_of`: another agency that the answer is for; it is
    decided too. `through`: the integration that carries the ask of `officer`; it is decided too. `facts`: what the
    private part of the entry keeps of the request (search words, address). Settled before any record is looked at.
    """
    ground = ports.grounds.find(case) if case else None
    ask = Ask(action, purpose, bool(case), ground, on_behalf_of or None, through or None)
    kept = {**(facts or {}), "case": case or "", "on_behalf_of": on_behalf_of or "", "through": through or ""}
    standing = read_standing()
    judgement = judge(officer, ask, standing)
    if not judgement.decision.allowed:
        raise refused(officer, ask, judgement, kept)
    if through:
        note_use(officer)  # whoever works through an integration is not idle
    return Grant(
        action=action,
        officer=officer,
        agencies=judgement.agencies,
        purpose=purpose,
        ground=ground,
        epoch=judgement.epoch,
        sealings=standing.sealings,
        clearances=judgement.clearances,
        receipt_marker=f"receipt-{secrets.token_hex(8)}",
        release_by=release,
        facts={**kept, "rules": judgement.decision.rule_ids, "ties": judgement.affiliation_entries()},
    )


def would_open(officer: str, action: Action, *, purpose: Purpose, case: str | None = None) -> bool:
    """Say whether the gate would open for somebody else now. Gives no grant and nothing of the reason: for the giver of a link."""
    ground = ports.grounds.find(case) if case else None
    return judge(officer, Ask(action, purpose, bool(case), ground), read_standing()).decision.allowed


def turn_away(*, facts: Mapping[str, Any]) -> Refused:
    """Return the refusal of somebody unknown, logged with no agency; in a flood many share an entry (`nobody`)."""
    decision = Decision(allowed=False, rules=(NOT_SIGNED_IN,))
    draft = Draft("refusal", "deny", rules=decision.rule_ids, epoch=read_standing().epoch, body=dict(facts))
    return Refused(decision, doorkeeper.turn_away(draft).without_number())


def report_mistake(  # noqa: PLR0913 - who, through whom and for whom are decided here as by an ask
    officer: str,
    problem: str,
    *,
    facts: Mapping[str, Any],
    action: Action = Action.DESK_OPEN,
    purpose: Purpose = Purpose.OWN_ACCOUNT,
    through: str | None = None,
    on_behalf_of: str | None = None,
) -> RefusalReceipt:
    """Log that a request could not be understood or failed, for the agencies of the asker; return the receipt.

    `action`, `purpose`: what was asked for, as far as it was understood. `through`, `on_behalf_of`: as `open_for` takes
    them. Raises Refused where an order holds over any of these: they learn of the order, not of their mistake.
    """
    standing = read_standing()
    kept = {**facts, "problem": problem, "through": through or "", "on_behalf_of": on_behalf_of or ""}
    ask = Ask(action, purpose, False, None, on_behalf_of, through)  # noqa: FBT003 - no ground is named
    judgement = judge(officer, ask, standing)
    if through and not judgement.agencies:
        # Only an integration may name a person; of anybody else's ask the holder of the token alone is decided.
        ask = Ask(action, purpose, False, None, on_behalf_of)  # noqa: FBT003 - as above
        officer, judgement = through, judge(through, ask, standing)
    if any(rule.id.startswith(CUT_OFF) for rule in judgement.decision.rules):
        raise refused(officer, ask, judgement, kept)
    draft = Draft(
        "error", "error", agencies=judgement.agencies, epoch=standing.epoch, body={**kept, "officer": officer},
    )  # fmt: skip
    receipt = log.append(draft) if officer else doorkeeper.turn_away(draft)
    return receipt.without_number()


def stamp_mistake(
    grant: Grant | None, answer: Callable[[], tuple[HttpResponse, RefusalReceipt]]
) -> HttpResponse:
    """Let a mistake leave. `grant`: under which it was found, so that no order or sealing goes by; None before any ask.

    `answer`: logs the mistake and makes its page. Raises Refused, RecordsChanged, NotAnswered.
    """
    hold = hold_for(grant) if grant else None
    try:
        return stamp(*answer(), hold)
    except BaseException:
        if hold:
            hold.release()
        raise


def sealings() -> int:
    """Return how often records were sealed: to be remembered before they are read, and compared in `records_held`."""
    return read_standing().sealings


def record_act(grant: Grant, *, facts: Mapping[str, Any], kind: str = "command") -> Receipt:
    """Log that the holder of `grant` is about to do what it was cut for. Call it before the change is committed.

    `kind`: "command", or "attempt" where the act is long and has an outcome.
    """
    judgement = still_open(grant)
    body = {**body_of(grant.officer, grant.facts), **facts}
    return log.append(draft_of(kind, judgement.decision, ask_of(grant), judgement, body))


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
    ask = ask_of(grant)
    decision = Decision(allowed=False, rules=(rule,))
    judgement = Judgement(decision, None, grant.agencies, grant.epoch, {})
    return refuse(decision, grant.officer, ask, judgement, grant.facts)
