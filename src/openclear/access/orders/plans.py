"""Who loses what by an order, and who does not: counted over real accounts and their holdings. Changes nothing."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any

from django.db.models import Q

from openclear.access.gate.requesters import read_everyone
from openclear.access.gate.standing import read_standing
from openclear.access.models import Affiliation
from openclear.access.policy.effects import Effect, effects_of
from openclear.access.policy.facts import AffiliationRow, OrderRow, Requester, Standing
from openclear.access.ports import Holding, ports
from openclear.access.registry.guarded import reaches
from openclear.access.registry.lockout import NO_LOCKOUT, able_to_lift_or_oversee, safeguard
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import TieKind, is_within
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.rules import Rule
from openclear.vocabulary.without_grant import without_grant


@dataclass(frozen=True, slots=True)
class Plan:
    """Who loses what if the order is given, and whether it may be given at all.

    `people`: whom the order covers. `home_people`: the city's own among them, caught by a tie to the agency that may
    be ended in the same act (`untied`: those whose tie is). `already`: the orders that cover some of it now, as
    (order, agency). `targets`: for each kind of holding, how many of those here now would be reached, and how many not;
    `held`: the same by holder. `agencies`: those that have people and keep everything. `locks_out`: why it may not be given.
    `effects`: what it refuses, act by act (`effects`).
    """

    epoch: int
    people: Sequence[Requester]
    home_people: Sequence[Requester]
    untied: Sequence[str]
    unaffected: int
    already: Sequence[tuple[str, str]]
    targets: Sequence[tuple[str, int, int]]
    held: Mapping[str, Mapping[str, int]]
    agencies: Sequence[str]
    locks_out: Rule | None
    effects: Sequence[Effect]

    def told(self) -> dict[str, Any]:
        """Return the plan as it is kept with the order: handles and counts."""
        return {
            "epoch": self.epoch,
            "people": [person.handle for person in self.people],
            "home_people": [person.handle for person in self.home_people],
            "untied": list(self.untied),
            "unaffected": self.unaffected,
            "already": [list(order) for order in self.already],
            "targets": [list(target) for target in self.targets],
            "held": {target: dict(holders) for target, holders in self.held.items()},
            "agencies": list(self.agencies),
            "effects": [asdict(effect) for effect in self.effects if effect.is_felt],
        }

    @property
    def meaning(self) -> str:
        """A short digest of whom the order means, which its approver has to have seen.

        Without the number of sessions, which changes by the minute.
        """
        told = self.told()
        facts = [told[name] for name in ("people", "home_people", "untied", "agencies", "already")]
        return sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def plan(grant: Grant, *, order: OrderRow, end_ties: Sequence[str] = ()) -> Plan:
    """Return who would lose access by `order` and who would not.

    `end_ties`: people of the city whose ties to the agency end in the same act. Raises NotPossible for anybody else.
    """
    grant.require(Action.ORDER_CUT_OFF)
    return plan_of(order, end_ties)


@without_grant("reads the registry and an order, no record: plans and receipts ask it")
def plan_of(order: OrderRow, end_ties: Sequence[str] = ()) -> Plan:
    """Return the plan of an order for this room; within the lock of all acts it cannot change before the order."""
    standing, before = read_standing(), read_everyone()
    _check_untied(order, end_ties, before)
    everyone = before | {handle: _untied(before[handle], order) for handle in end_ties}
    people = [person for person in everyone.values() if reaches(order, person)]
    others = tuple(row for row in standing.orders if row.id != order.id)
    planned = Standing(standing.epoch, (*others, replace(order, id="planned")), standing.rules)
    held = {reach.target: reach.held() for reach in ports.reach}
    handles = {person.handle for person in people}
    return Plan(
        epoch=standing.epoch,
        people=people,
        home_people=[person for person in people if is_of_the_city(person)],
        untied=sorted(end_ties),
        unaffected=sum(not _is_out(person, planned.orders) for person in everyone.values()),
        already=[(row.id, row.agency) for row in others if _overlap(row, order)],
        targets=[_counted(target, things, order, handles) for target, things in held.items()],
        held={target: _by_holder(holdings_under(order, handles, things)) for target, things in held.items()},
        agencies=untouched_agencies(order, others),
        locks_out=_lockout(order, standing, planned, before, everyone),
        effects=effects_of(order),
    )


@without_grant("reads the registry and an order, no record: plans and receipts ask it")
def is_of_the_city(person: Requester) -> bool:
    """Say whether the city itself employs a person: an order catches them only through another tie."""
    return any(
        tie.kind == TieKind.EMPLOYER and tie.holds_on(clock.today()) and is_within(tie.agency, city().root)
        for tie in person.affiliations
    )


@without_grant("reads the registry and an order, no record: plans and receipts ask it")
def people_under(order: OrderRow) -> frozenset[str]:
    """Return the handles of everyone tied to an agency that the order covers, as the registry is now."""
    today = clock.today()
    ties = Affiliation.objects.filter(Q(until=None) | Q(until__gte=today), since__lte=today)
    named = ties.values_list("officer__handle", "agency__path")
    return frozenset(handle for handle, path in named if order.covers_agency(path))


@without_grant("reads the registry and an order, no record: plans and receipts ask it")
def holdings_under(order: OrderRow, handles: AbstractSet[str], held: Sequence[Holding]) -> list[Holding]:
    """Return the holdings that the order means, by their holder (`handles`: see `people_under`) and what they were made for."""
    return [one for one in held if one.holder in handles and covers(order, one)]


@without_grant("reads the registry and an order, no record: plans and receipts ask it")
def covers(order: OrderRow, held: Holding) -> bool:
    """Say whether the order's scope and purposes mean one of the requests that a holding serves: without it, it is useless."""
    return not held.asks or any(order.covers_inquiry(dataset, purpose) for dataset, purpose in held.asks)


@without_grant("reads the registry and an order, no record: plans and receipts ask it")
def names_home(order: OrderRow) -> bool:
    """Say whether an order names the department itself or its oversight, or an agency above one of them."""
    return any(
        is_within(home, place)
        for home in (city().host, city().oversight)
        for place in (order.agency, *order.places)
    )


@without_grant("reads the registry and an order, no record: plans and receipts ask it")
def untouched_agencies(order: OrderRow, standing: Sequence[OrderRow]) -> list[str]:
    """Return the partner agencies with people here that keep everything: under neither `order` nor one of `standing`."""
    staffed = Affiliation.objects.filter(until=None, agency__closed_on=None)
    return [
        path
        for path in sorted(set(staffed.values_list("agency__path", flat=True)))
        if not is_within(path, city().host) and not any(row.covers_agency(path) for row in (order, *standing))
    ]


@without_grant("reads the registry and an order, no record: plans and receipts ask it")
def ends_in(order: OrderRow, person: Requester) -> list[AffiliationRow]:
    """Return a person's ties of today to agencies that the order covers."""
    return [
        tie for tie in person.affiliations if tie.holds_on(clock.today()) and order.covers_agency(tie.agency)
    ]


def _check_untied(order: OrderRow, end_ties: Sequence[str], everyone: Mapping[str, Requester]) -> None:
    for handle in end_ties:
        person = everyone.get(handle)
        if person is None or not is_of_the_city(person) or not ends_in(order, person):
            message = f"{handle} is not one of the city's own people whom this order would cut off; leave them out of --end-tie."
            raise NotPossible(message)


def _untied(person: Requester, order: OrderRow) -> Requester:
    ended = ends_in(order, person)
    return replace(person, affiliations=tuple(tie for tie in person.affiliations if tie not in ended))


def _lockout(
    order: OrderRow,
    standing: Standing,
    planned: Standing,
    before: Mapping[str, Requester],
    after: Mapping[str, Requester],
) -> Rule | None:
    if names_home(order):
        return NO_LOCKOUT
    if not safeguard(planned, after).is_too_little_after(safeguard(standing, before)):
        return None
    lost = set(able_to_lift_or_oversee(standing, before)) - set(able_to_lift_or_oversee(planned, after))
    tied = sorted(handle for handle in lost if is_of_the_city(after[handle]))
    ways = [f"End the tie of {handle} in the same act (--end-tie {handle})" for handle in tied]
    return replace(NO_LOCKOUT, next_step="; or ".join([*ways, "register another approver first"]) + ".")


def _overlap(one: OrderRow, other: OrderRow) -> bool:
    places = [(row.agency, *row.places) for row in (one, other)]
    return any(other.covers_agency(place) for place in places[0]) or any(
        one.covers_agency(place) for place in places[1]
    )


def _is_out(person: Requester, orders: Sequence[OrderRow]) -> bool:
    return any(reaches(order, person) for order in orders)


def _counted(
    target: str, held: Sequence[Holding], order: OrderRow, handles: AbstractSet[str]
) -> tuple[str, int, int]:
    hit = len(holdings_under(order, handles, held))
    return target, hit, len(held) - hit


def _by_holder(held: Sequence[Holding]) -> dict[str, int]:
    return dict(Counter(one.holder for one in held))
