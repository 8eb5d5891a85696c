"""From a person and an ask to a verdict, under the orders of this moment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock

from openclear.access.policy import Engine, Policies, load_policies
from openclear.access.registry import person_at
from openclear.access.rows import Ask, Decision, OrderRow, Person, Standing, Subject
from openclear.access.rules import (
    INCOMPLETE_CHAIN,
    agencies_of,
    checked,
    first_fault,
    order_over,
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


def judge(handle: str, ask: Ask, standing: Standing, on_behalf_of: str | None = None) -> Judgement:
    """Return the verdict on an ask at a standing. Reads the registry, never a record."""
    return verdict(person_at(standing.epoch, handle), ask, standing, on_behalf_of)


def verdict(
    person: Person | None, ask: Ask, standing: Standing, on_behalf_of: str | None = None
) -> Judgement:
    """Return the verdict for a person whose facts are given."""
    day = clock.today()
    # What a caller names enters the public header only as an agency that is registered.
    known = on_behalf_of is None or (person is not None and on_behalf_of in person.registered)
    agencies = agencies_of(person, day, on_behalf_of if known else None) if person else ()
    order = order_over(standing.orders, agencies, ask)
    fault = first_fault(person, agencies) or (None if known else INCOMPLETE_CHAIN)
    if fault or person is None:
        decision = order_refusal(order) if order else Decision(allowed=False, rules=(fault,) if fault else ())
        return Judgement(decision, person, agencies, standing.epoch, {})
    subject = subject_of(person, agencies, day, on_behalf_of)
    # After an order every thread needs the same new decisions at once: one makes them, the others wait for it.
    with _compiling:
        decision, clearances = _compiled(standing.epoch, standing.orders, subject, _class_of(ask))
    final = checked(decision, order)
    return Judgement(final, person, agencies, standing.epoch, clearances if final.allowed else {})


def _class_of(ask: Ask) -> Ask:
    # Rules speak of whether a ground is open, never of its number: one decision serves every open case.
    ground = replace(ask.ground, number="") if ask.ground else None
    return replace(ask, ground=ground)


@lru_cache(maxsize=KEPT_DECISIONS)
def _compiled(
    epoch: int, orders: tuple[OrderRow, ...], subject: Subject, ask: Ask
) -> tuple[Decision, Mapping[Dataset, Clearance]]:
    # Kept by epoch: any change to orders or registry raises it, and this becomes unreachable at once.
    engine = _engine(epoch, orders)
    decision = engine.decide(subject, ask)
    if not decision.allowed:
        return decision, {}
    clearances = engine.clearances(subject, ask)
    if ask.ground and not clearances[Dataset.CASES].shows(ask.ground.labels):
        # A case that the asker may not know of is no ground: the same answer as for one that is not there.
        return _compiled(epoch, orders, subject, replace(ask, ground=None))
    return decision, clearances


@lru_cache(maxsize=KEPT_ENGINES)
def _engine(_epoch: int, orders: tuple[OrderRow, ...]) -> Engine:
    return policies().under(orders)
