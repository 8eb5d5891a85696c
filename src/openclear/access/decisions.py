"""From a person and an ask to a verdict, under the orders of this moment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from threading import Lock

from openclear.access.policy import Engine, Policies, load_policies
from openclear.access.registry import person_at
from openclear.access.rows import Ask, Decision, OrderRow, Person, Rule, Standing, Subject
from openclear.access.rules import (
    NO_HUMAN,
    OTHER_RULES,
    agencies_of,
    checked,
    first_fault,
    may_receive,
    order_over,
    order_over_ground,
    order_refusal,
    subject_of,
)
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.grants import Clearance

KEPT_DECISIONS = 8192
KEPT_ENGINES = 8
_compiling = Lock()


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with everything that it rests on."""

    decision: Decision
    person: Person | None
    agencies: tuple[str, ...]
    epoch: int
    clearances: Mapping[Dataset, Clearance]

    def affiliation_entries(self) -> list[int]:
        """Return the log entries that set the ties this verdict rests on."""
        return [tie.entry for tie in self.person.affiliations] if self.person else []


@lru_cache(maxsize=1)
def policies() -> Policies:
    """Return the rules of this process, read once. Raises PolicyFault."""
    return load_policies()


def judge(handle: str, ask: Ask, standing: Standing) -> Judgement:
    """Return the verdict on an ask at a standing. Reads the registry, never a record."""
    carrier = person_at(standing.epoch, ask.through) if ask.through else None
    return verdict(person_at(standing.epoch, handle), ask, standing, carrier=carrier)


def verdict(
    person: Person | None,
    ask: Ask,
    standing: Standing,
    *,
    carrier: Person | None = None,
    day: date | None = None,
) -> Judgement:
    """Return the verdict for a person whose facts are given, and for the integration that carries the ask, if one does.

    `day`: as of another day than today, to explain what was.
    """
    on = day or clock.today()
    if ask.through and (carrier is None or not carrier.is_integration):
        # Nobody else may name a person: the public header names no agency then, for what was claimed proves nothing.
        return Judgement(Decision(allowed=False, rules=(NO_HUMAN,)), person, (), standing.epoch, {})
    # What a caller names enters the public header only as an agency that is registered; an order is asked about it in
    # any case, so that nobody learns from an order on an agency above it whether it is one.
    known = ask.on_behalf_of is None or (person is not None and ask.on_behalf_of in person.registered)
    own = agencies_of([person, carrier], on)
    agencies = agencies_of([person, carrier], on, ask.on_behalf_of if known else None)
    named = agencies_of([person, carrier], on, ask.on_behalf_of)
    order = order_over(standing.orders, named, ask)
    over_ground = None if order else order_over_ground(standing.orders, named, ask)
    fault = _fault(person, carrier, ask, agencies, on)
    if standing.rules != policies().digest:
        # Another version of the program serves this city by now: nothing is decided by rules that are not its own.
        fault = OTHER_RULES
    if fault or person is None:
        blocking = order or over_ground
        rules = (fault,) if fault else ()
        decision = order_refusal(blocking) if blocking else Decision(allowed=False, rules=rules)
        return Judgement(decision, person, agencies, standing.epoch, {})
    if over_ground:
        return Judgement(order_refusal(over_ground), person, agencies, standing.epoch, {})
    if not may_receive(person, ask.on_behalf_of, on):
        # Registered or not, an agency without an agreement gets the same no, made in the same way and from the same facts.
        subject = replace(subject_of(person, own, on, None, carrier), host=False, agreed=False)
        plain = _class_of(replace(ask, on_behalf_of=None), person, on)
        decision, _ = _compiled_once(standing, own, subject, plain)
        return Judgement(order_refusal(order) if order else decision, person, agencies, standing.epoch, {})
    subject = subject_of(person, agencies, on, ask.on_behalf_of, carrier)
    decision, clearances = _compiled_once(standing, agencies, subject, _class_of(ask, person, on))
    final = checked(decision, order)
    return Judgement(final, person, agencies, standing.epoch, clearances if final.allowed else {})


def _compiled_once(
    standing: Standing, agencies: tuple[str, ...], subject: Subject, ask: Ask
) -> tuple[Decision, Mapping[Dataset, Clearance]]:
    # After an order every thread needs the same new decisions at once: one makes them, the others wait for it.
    with _compiling:
        return _compiled(_orders_over(standing, agencies), subject, ask)


def _orders_over(standing: Standing, agencies: tuple[str, ...]) -> tuple[OrderRow, ...]:
    # The forbid made from an order speaks of principals within its places alone, so the others cannot match: for whoever
    # an order does not hold over, everything that was compiled stays as it is, and they notice nothing.
    return tuple(order for order in standing.orders if any(order.holds(agency) for agency in agencies))


def _fault(
    person: Person | None, carrier: Person | None, ask: Ask, agencies: tuple[str, ...], on: date
) -> Rule | None:
    moment = clock.now()
    # Neither the integration's ties nor the agency that the answer is for give a person a tie of their own.
    fault = first_fault(person, agencies if agencies_of([person], on) else (), moment)
    if fault or person is None:
        return fault
    if ask.through is None:
        return NO_HUMAN if person.is_integration else None
    # A person may not stand in for an integration, nor one integration for another.
    if carrier is None or not carrier.is_integration or person.is_integration or person.machine_purpose:
        return NO_HUMAN
    return first_fault(carrier, agencies, moment)


def _class_of(ask: Ask, person: Person, on: date) -> Ask:
    # Rules speak of whether there is a ground and it is open, never of its number: one decision serves every open case.
    # A ground that is neither the asker's nor shared with them is none; the same for whoever the answer is for.
    ground = ask.ground
    ours = ground is not None and ground.is_for(agencies_of([person], on))
    if ground and ask.on_behalf_of:
        ours = ours and ground.is_for([ask.on_behalf_of])
    plain = replace(ground, number="", kind="", agencies=()) if ground and ours else None
    return replace(ask, ground=plain, on_behalf_of=None, through=None)


@lru_cache(maxsize=KEPT_DECISIONS)
def _compiled(
    orders: tuple[OrderRow, ...], subject: Subject, ask: Ask
) -> tuple[Decision, Mapping[Dataset, Clearance]]:
    # A pure function of everything that it rests on: orders, facts of the asker, the ask, and the rules of this process.
    # The facts are read anew for every epoch, so a change is felt at once, and a change elsewhere costs nobody anything.
    engine = _engine(orders)
    decision = engine.decide(subject, ask)
    if not decision.allowed:
        return decision, {}
    clearances = engine.clearances(subject, ask)
    if ask.ground and not clearances[Dataset.CASES].shows(ask.ground.labels):
        # A case that the asker may not know of is no ground: the same answer as for one that is not there.
        return _compiled(orders, subject, replace(ask, ground=None))
    return decision, clearances


@lru_cache(maxsize=KEPT_ENGINES)
def _engine(orders: tuple[OrderRow, ...]) -> Engine:
    return policies().under(orders)
