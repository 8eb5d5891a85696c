"""What the gate writes into the log: the draft of an answer, the refusal that carries its receipt."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from openclear.access.decisions import Judgement
from openclear.access.errors import Refused
from openclear.access.rows import Ask, Decision, OrderRow
from openclear.access.rules import order_refusal
from openclear.access.standing import read_standing
from openclear.audit import log
from openclear.audit.rows import Draft
from openclear.vocabulary.actions import DATASET_OF
from openclear.vocabulary.grants import Grant

alarm = logging.getLogger("openclear.alarm")


def ask_of(grant: Grant) -> Ask:
    """Return the ask that a grant was cut for."""
    facts = grant.facts
    return Ask(
        grant.action, grant.purpose, bool(facts["case"]), grant.ground, facts["on_behalf_of"] or None,
        facts["through"] or None,
    )  # fmt: skip


def answer_draft(grant: Grant, judgement: Judgement, shown: Sequence[UUID]) -> Draft:
    """Return the entry of an answer that is about to leave. `shown`: ids of the rows in it."""
    return draft_of(
        "answer",
        judgement.decision,
        ask_of(grant),
        judgement,
        {**body_of(grant.officer, grant.facts), "shown": [str(row) for row in shown]},
    )


def draft_of(kind: str, decision: Decision, ask: Ask, judgement: Judgement, body: Mapping[str, Any]) -> Draft:
    """Return an entry of any decided kind."""
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


def body_of(officer: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the private part of an entry: who, and what the request carried."""
    return {"officer": officer} | {
        name: value for name, value in facts.items() if name not in {"rules", "ties"}
    }


def refused(officer: str, ask: Ask, judgement: Judgement, facts: Mapping[str, Any]) -> Refused:
    """Return the logged refusal of a judgement."""
    return refuse(judgement.decision, officer, ask, judgement, facts)


def refuse(
    decision: Decision, officer: str, ask: Ask, judgement: Judgement, facts: Mapping[str, Any]
) -> Refused:
    """Return the logged refusal for a decision; orders and policies that disagree are an alarm."""
    if any(rule.id == "rules-disagree" for rule in decision.rules):
        alarm.critical("orders and policies disagree at epoch %s", judgement.epoch)
    receipt = log.append(draft_of("refusal", decision, ask, judgement, body_of(officer, facts)))
    return Refused(decision, receipt.without_number())


def refused_by_log(grant: Grant, judgement: Judgement, identity: str) -> Refused:
    """Return the refusal that the log itself gave: it holds an order that the database does not show yet."""
    # The order is in the log and not yet in the database: the moment between the two steps of an order.
    order = OrderRow(
        identity, "one of your agencies", "in-force", "all", "all", f"Order {identity}, in the log", 0
    )
    known = {row.id: row for row in read_standing().orders}
    decision = order_refusal(known.get(identity, order))
    ask = ask_of(grant)
    return refuse(decision, grant.officer, ask, judgement, grant.facts)
