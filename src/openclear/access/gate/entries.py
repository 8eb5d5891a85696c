"""What the gate writes into the log: the entry of an answer, the refusal that carries its receipt."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from openclear.access.errors import Refused
from openclear.access.gate.decide import Decision
from openclear.access.gate.standing import read_standing
from openclear.access.policy.facts import OrderRow
from openclear.access.policy.rules import order_refusal
from openclear.audit import log
from openclear.audit.rows import NewEntry
from openclear.vocabulary.grants import Grant, Inquiry
from openclear.vocabulary.rules import Verdict
from openclear.vocabulary.without_grant import without_grant

alarm = logging.getLogger("openclear.alarm")


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks what, before there is a grant, with what else its entry holds (as a `Grant` has it)."""

    officer: str
    inquiry: Inquiry
    filters: Mapping[str, Any] | None
    details: Mapping[str, Any]


Asked = Request | Grant


@without_grant("part of the gate, which makes the grants")
def answer_entry(grant: Grant, decision: Decision, shown: Sequence[UUID]) -> NewEntry:
    """Return the entry of an answer that is about to leave. `shown`: ids of the rows in it."""
    return replace(entry_of("answer", grant, decision.verdict, decision), shown=[str(row) for row in shown])


@without_grant("part of the gate, which makes the grants")
def entry_of(kind: str, asked: Asked, verdict: Verdict, decision: Decision) -> NewEntry:
    """Return an entry of any decided kind."""
    inquiry = asked.inquiry
    return NewEntry(
        kind=kind,
        decision="allow" if verdict.allowed else "deny",
        agencies=decision.agencies,
        action=inquiry.action,
        dataset=inquiry.action.dataset,
        purpose=inquiry.purpose,
        rules=verdict.rule_ids,
        epoch=decision.epoch,
        officer=asked.officer,
        case=inquiry.case,
        filters=asked.filters,
        details={
            **asked.details,
            **carried(inquiry),
            "ties": decision.affiliation_entries(),
            "grounded_by": decision.grounded_by,
        },
    )


@without_grant("part of the gate, which makes the grants")
def carried(inquiry: Inquiry) -> dict[str, Any]:
    """Return the details of every entry: for which other agency, and through which integration."""
    return {"on_behalf_of": inquiry.on_behalf_of or "", "through": inquiry.through or ""}


@without_grant("part of the gate, which makes the grants")
def refusal_of(asked: Asked, decision: Decision) -> Refused:
    """Return the logged refusal of a decision."""
    return logged_refusal(asked, decision.verdict, decision)


@without_grant("part of the gate, which makes the grants")
def logged_refusal(asked: Asked, verdict: Verdict, decision: Decision) -> Refused:
    """Return the logged refusal for a verdict; raise an alarm if orders and policies disagree."""
    if any(rule.id == "rules-disagree" for rule in verdict.rules):
        alarm.critical("orders and policies disagree at epoch %s", decision.epoch)
    receipt = log.append(entry_of("refusal", asked, verdict, decision))
    return Refused(verdict, receipt.without_number())


@without_grant("part of the gate, which makes the grants")
def refused_by_log(grant: Grant, decision: Decision, identity: str) -> Refused:
    """Return the refusal that the log itself gave: it holds an order that the database does not show yet."""
    # The order is in the log and not yet in the database: the moment between the two steps of an order.
    order = OrderRow(
        identity, "one of your agencies", "in-force", "all", "all", f"Order {identity}, in the log", 0
    )
    known = {row.id: row for row in read_standing().orders}
    verdict = order_refusal(known.get(identity, order))
    return logged_refusal(grant, verdict, decision)
