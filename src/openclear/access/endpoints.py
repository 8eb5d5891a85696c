"""The questions about registry, orders and decisions that page, API and command line ask."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from openclear.access.explanations import Explanation, Question, explain
from openclear.access.orders.queries import OrderHistoryRow, order_history
from openclear.access.registry import queries
from openclear.access.registry.agreement_queries import AgreementListRow, agreements
from openclear.access.registry.queries import AgencyRow, OfficerRow
from openclear.vocabulary.actions import Action
from openclear.vocabulary.city import city
from openclear.vocabulary.endpoint import Door, Endpoint, parameter
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose


@dataclass(frozen=True, slots=True)
class NoParams:
    """Everything is listed."""


@dataclass(frozen=True, slots=True)
class OfficerListParams:
    """Which accounts: those whose handle, name or work holds `q`."""

    q: str = field(default="", metadata=parameter("Name, handle or title", longest=200, example="rivera"))


def agencies(grant: Grant) -> Sequence[AgencyRow]:
    """Return the agency tree, root first."""
    grant.require(Action.REGISTRY_LIST)
    return queries.agencies()


def officers(grant: Grant, *, asked: OfficerListParams) -> Sequence[OfficerRow]:
    """Return everyone who is registered, or those who match `q`."""
    grant.require(Action.REGISTRY_LIST)
    text = asked.q.casefold()
    return [row for row in queries.officers() if text in f"{row.handle} {row.name} {row.title}".casefold()]


def orders(grant: Grant) -> Sequence[OrderHistoryRow]:
    """Return every state of every order, oldest first."""
    grant.require(Action.REGISTRY_LIST)
    return order_history()


def _agency(_asked: NoParams, row: AgencyRow) -> str:
    depth = row.path.count(".")
    return f"{'  ' * depth}{row.path:<{40 - 2 * depth}} {row.kind:<10} {row.name}"


def _agreement(_asked: NoParams, row: AgreementListRow) -> str:
    days = f"{row.starts_on} - {row.ends_on}"
    soon = f"  ENDS IN {row.days_left} DAYS: renew it" if row.warned_within else ""
    return f"{row.number:<20} {row.agency:<24} {row.status:<9} {days}{soon}"


def _officer(_asked: OfficerListParams, row: OfficerRow) -> str:
    return f"{row.handle:<12} {row.name:<28} {' + '.join(row.agencies):<28} {row.title}"


def _order(_asked: NoParams, row: OrderHistoryRow) -> str:
    who = f"{row.ordered_by} + {row.approved_by or 'nobody yet'}"
    return f"{row.order}  {row.agency:<16} {row.state:<11} epoch {row.epoch:<5} {who}: {row.legal_basis}"


def _explanation(asked: Question, told: Explanation) -> str:
    return "\n".join(_lines(asked, told))


def _lines(asked: Question, told: Explanation) -> Iterator[str]:
    verdict = "allowed" if told.allowed else "refused"
    yield f"{asked.officer} ({' + '.join(told.agencies)}) on {told.on}: {verdict}"
    for part in told.parts:
        answer = "allowed" if part.allowed else f"refused by {', '.join(part.rules)}"
        yield f"  from {part.since} to {part.until} ({city().time_zone}): {answer}"
    for rule in told.rules:
        yield f"  {rule['id']}: {rule['because']} [{rule['source']}]"
    for tie in told.affiliations:
        yield f"  tied to {tie['agency']} as {tie['kind']} since {tie['since']} (entry {tie['entry']})"
    for item in told.hidden:
        yield f"  hidden in {item.dataset}: {item.what}, by {', '.join(item.rules)}"
    if not told.rules_of_the_day:
        yield "  The rules are those of this version. On that day others were in force, or this city did not exist yet."


AGENCIES = Endpoint(
    name="agencies",
    action=Action.REGISTRY_LIST,
    purpose=Purpose.ACCESS_ADMINISTRATION,
    doors={Door.PAGE: "agencies", Door.API: "agencies", Door.COMMAND: "agencies"},
    params=NoParams,
    row=AgencyRow,
    query=lambda grant, _: agencies(grant),
    words={
        "summary": "List agencies",
        "description": "The agency tree, root first, to compare with the city's register of partners.",
    },
    line=_agency,
)
AGREEMENTS = Endpoint(
    name="agreements",
    action=Action.REGISTRY_LIST,
    purpose=Purpose.ACCESS_ADMINISTRATION,
    doors={Door.PAGE: "agreements", Door.API: "agreements", Door.COMMAND: "agreements"},
    params=NoParams,
    row=AgreementListRow,
    query=lambda grant, _: agreements(grant),
    words={
        "summary": "List agreements",
        "description": "Every agreement on access, with its days, its data sets and purposes, and a warning before it ends.",
    },
    line=_agreement,
)
OFFICERS = Endpoint(
    name="officers",
    action=Action.REGISTRY_LIST,
    purpose=Purpose.ACCESS_ADMINISTRATION,
    doors={Door.PAGE: "officers", Door.API: "officers", Door.COMMAND: "officers"},
    params=OfficerListParams,
    row=OfficerRow,
    query=lambda grant, asked: officers(grant, asked=asked),
    words={
        "summary": "List accounts",
        "description": "Everyone who is registered, to compare with the city's register of employees.",
    },
    line=_officer,
)
ORDERS = Endpoint(
    name="orders",
    action=Action.REGISTRY_LIST,
    purpose=Purpose.ACCESS_ADMINISTRATION,
    doors={Door.PAGE: "orders", Door.API: "orders", Door.COMMAND: "orders"},
    params=NoParams,
    row=OrderHistoryRow,
    query=lambda grant, _: orders(grant),
    words={
        "summary": "List orders",
        "description": "Every state of every cut-off order, oldest first.",
    },
    line=_order,
)
EXPLAIN = Endpoint(
    name="explain",
    action=Action.DECISION_EXPLAIN,
    purpose=Purpose.OWN_ACCOUNT,
    doors={Door.PAGE: "explain", Door.API: "decisions/explain", Door.COMMAND: "explain"},
    params=Question,
    row=Explanation,
    query=lambda grant, asked: explain(grant, question=asked),
    acts=lambda reader, asked: (asked.act_of(reader), asked.reason_of(reader)),
    is_list=False,
    words={
        "summary": "Ask why",
        "description": (
            "How an act of yours would be decided, by which rules, and what would stay hidden; oversight can ask about anyone."
        ),
    },
    line=_explanation,
)
