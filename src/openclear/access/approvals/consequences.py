"""What an act means for people, before it is done: what whoever proposes it sees, and whoever approves it must have seen.

Simulated over the registry as it stands; nothing is changed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from openclear.access.gate.order_rows import newest_state, row_of
from openclear.access.gate.requesters import read_everyone
from openclear.access.orders.plans import people_under, plan_of, reaches
from openclear.access.policy.facts import ALL, AffiliationRow, OrderRow, Requester
from openclear.access.ports import ports
from openclear.access.registry.guarded import guarded
from openclear.audit.proof.orders import followed
from openclear.vocabulary import clock
from openclear.vocabulary.agencies import is_within
from openclear.vocabulary.without_grant import without_grant

CUT_OFF, LIFT, SUSPEND, RESUME, NARROW, ACCOUNT = "cut-off", "lift", "suspend", "resume", "narrow", "account"
TIE, UNTIE, MOVE, MERGE, DISABLE, REINSTATE, CERTIFY = (
    "tie",
    "untie",
    "move",
    "merge",
    "disable",
    "reinstate",
    "certify",
)
OF_AN_ORDER = (LIFT, SUSPEND, RESUME, NARROW)
Facts = Mapping[str, Any]
Everyone = Mapping[str, Requester]


@dataclass(frozen=True, slots=True)
class Consequence:
    """What an act means. `told`: lists of words by heading, as the desk shows and compares them; `meaning`: their digest."""

    told: Mapping[str, Any]
    meaning: str

    def differs_from(self, before: Mapping[str, Any]) -> list[tuple[str, list[str], list[str]]]:
        """Return what is in it now and was not `before`, and the other way round: (heading, came, went)."""
        found = []
        for heading in self.told:
            now, then = _words(self.told[heading]), _words(before.get(heading, []))
            came, went = sorted(now - then), sorted(then - now)
            if came or went:
                found.append((heading, came, went))
        return found


@without_grant("for this room alone, within an act whose grant was required")
def consequence(kind: str, *, order: OrderRow, facts: Facts) -> Consequence:
    """Return what an act of this kind means now. `order`: the draft, or the order that is changed; `facts`: what the act takes.

    Raises NotPossible where a person whose tie is to end is none of the city's.
    """
    if kind == CUT_OFF:
        planned = plan_of(order, facts.get("end_ties", ()))
        told = {
            name: planned.told()[name] for name in ("people", "home_people", "untied", "agencies", "already")
        }
        return Consequence(told, planned.meaning)
    if kind in OF_AN_ORDER:
        return _consequence(_of_change(order))
    if kind == ACCOUNT:
        return _consequence(
            {"account": [facts["handle"], *facts["roles"], *(tie[0] for tie in facts["ties"])]}
        )
    return _consequence(_of_registry(kind, facts))


def _consequence(told: Mapping[str, Any]) -> Consequence:
    spelled = json.dumps(told, sort_keys=True).encode()
    return Consequence(told, sha256(spelled).hexdigest()[:16])


def _of_change(order: OrderRow) -> dict[str, Any]:
    newest = newest_state(order.id)
    if newest is None:
        return {"state": []}
    now = row_of(newest)
    limits = [word for limit in (now.scope, now.purposes) if limit != ALL for word in limit]
    return {
        "state": [now.state, *limits],
        "places": [now.agency, *now.places],
        "people": sorted(people_under(now)),
    }


def _of_registry(kind: str, facts: Facts) -> dict[str, Any]:
    everyone, orders = read_everyone(), guarded()
    then, moved = _after(kind, facts, everyone, orders)
    reached = [(order, after) for order, after in zip(orders, moved, strict=True)]
    told: dict[str, Any] = {
        "comes_under": _changes(reached, everyone, then, into=True),
        "leaves": _changes(reached, everyone, then, into=False),
    }
    if kind in {DISABLE, REINSTATE, CERTIFY}:
        told["account"] = [facts["handle"]]
        told["orders"] = [order.id for order in orders if reaches(order, everyone[facts["handle"]])]
    return told


def _changes(
    orders: Sequence[tuple[OrderRow, OrderRow]], before: Everyone, after: Everyone, *, into: bool
) -> list[str]:
    found = []
    for was, then in orders:
        for handle in before:
            reached = reaches(was, before[handle]), reaches(then, after[handle])
            if reached == (not into, into):
                found.append(f"{handle}: {was.id} ({was.state})")
    return sorted(found)


def _after(
    kind: str, facts: Facts, everyone: Everyone, orders: Sequence[OrderRow]
) -> tuple[Everyone, Sequence[OrderRow]]:
    if kind in {TIE, UNTIE} and facts["handle"] in everyone:
        person = everyone[facts["handle"]]
        return {**everyone, person.handle: _retied(kind, person, facts["agency"])}, orders
    if kind in {MOVE, MERGE}:
        old, new = facts["agency"], destination(kind, facts)
        people = {handle: _moved(person, old, new) for handle, person in everyone.items()}
        return people, [
            replace(order, places=tuple(sorted(followed({order.agency, *order.places}, old, new))))
            for order in orders
        ]
    return everyone, orders


@without_grant("for this room alone, within an act whose grant was required")
def destination(kind: str, facts: Facts) -> str:
    """Return the path that an agency has after a move, or a merger into another."""
    return str(facts["to"]) if kind == MOVE else f"{facts['to']}.{facts['agency'].rpartition('.')[2]}"


def _retied(kind: str, person: Requester, agency: str) -> Requester:
    today = clock.today()
    if kind == TIE:
        return replace(
            person, affiliations=(*person.affiliations, AffiliationRow(agency, "", today, None, 0))
        )
    remaining = tuple(tie for tie in person.affiliations if tie.agency != agency or not tie.holds_on(today))
    return replace(person, affiliations=remaining)


def _moved(person: Requester, old: str, new: str) -> Requester:
    ties = tuple(
        replace(tie, agency=new + tie.agency[len(old) :]) if is_within(tie.agency, old) else tie
        for tie in person.affiliations
    )
    return replace(person, affiliations=ties)


@without_grant("for this room alone, within an act whose grant was required")
def holdings_of(handle: str) -> dict[str, int]:
    """Return how many things of each kind a person holds that reach the city now, by target."""
    return {reach.target: sum(one.holder == handle for one in reach.held()) for reach in ports.reach}


def _words(value: Any) -> set[str]:
    return {" ".join(item) if isinstance(item, list | tuple) else str(item) for item in value}
