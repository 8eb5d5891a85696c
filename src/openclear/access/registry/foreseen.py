"""What a change of the registry means for people, before it is done: simulated over the registry as it is; nothing is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from openclear.access.gate.requesters import read_everyone
from openclear.access.policy.facts import AffiliationRow, OrderRow, Requester
from openclear.access.ports import ports
from openclear.access.registry.guarded import guarded, reaches
from openclear.audit.proof.orders import followed
from openclear.vocabulary import clock
from openclear.vocabulary.agencies import is_within
from openclear.vocabulary.without_grant import without_grant

TIE, UNTIE, MOVE, MERGE = "tie", "untie", "move", "merge"
Facts = Mapping[str, Any]
Everyone = Mapping[str, Requester]


@without_grant("for this room alone, within an act whose grant was required")
def foreseen(kind: str, facts: Facts) -> dict[str, Any]:
    """Return who comes under an order by a change, and who leaves one, by heading."""
    everyone, orders = read_everyone(), guarded()
    then, moved = _after(kind, facts, everyone, orders)
    reached = list(zip(orders, moved, strict=True))
    return {
        "comes_under": _changes(reached, everyone, then, into=True),
        "leaves": _changes(reached, everyone, then, into=False),
    }


@without_grant("for this room alone, within an act whose grant was required")
def foreseen_of_account(kind: str, facts: Facts) -> dict[str, Any]:
    """Return the same for a change of an account, which moves nobody, and the orders that reach its holder."""
    person = read_everyone()[facts["handle"]]
    orders = [order.id for order in guarded() if reaches(order, person)]
    return {**foreseen(kind, facts), "account": [person.handle], "orders": orders}


@without_grant("names a path; reads nothing")
def destination(kind: str, facts: Facts) -> str:
    """Return the path that an agency has after a move, or a merger into another."""
    return str(facts["to"]) if kind == MOVE else f"{facts['to']}.{facts['agency'].rpartition('.')[2]}"


@without_grant("for this room alone, within an act whose grant was required")
def holdings_of(handle: str) -> dict[str, int]:
    """Return how many holdings of each kind a person has that reach the city now, by target."""
    return {reach.target: sum(one.holder == handle for one in reach.held()) for reach in ports.reach}


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
