"""From a person and a request to a verdict, under the orders of this moment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from threading import Lock

from openclear.access.gate.requesters import requester_at
from openclear.access.policy.engine import Engine, Policies
from openclear.access.policy.facts import OrderRow, Requester, RequesterClass, Standing
from openclear.access.policy.rules import (
    NO_HUMAN,
    OTHER_RULES,
    agencies_of,
    checked,
    class_of_requester,
    first_fault,
    may_receive,
    order_over,
    order_over_ground,
    order_refusal,
)
from openclear.access.policy.written import load_policies
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.grants import Clearance, Inquiry
from openclear.vocabulary.rules import Rule, Verdict
from openclear.vocabulary.without_grant import without_grant

KEPT_DECISIONS = 8192
KEPT_ENGINES = 8
# In place of a number, for rules ask only whether a case was named.
ANY_CASE = "any"
_compiling = Lock()


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict with everything that it is based on."""

    verdict: Verdict
    requester: Requester | None
    agencies: tuple[str, ...]
    epoch: int
    clearances: Mapping[Dataset, Clearance]

    def affiliation_entries(self) -> list[int]:
        """Return the log entries that set the ties this verdict is based on."""
        return [tie.entry for tie in self.requester.affiliations] if self.requester else []


@without_grant("part of the gate, which makes the grants")
@lru_cache(maxsize=1)
def policies() -> Policies:
    """Return the rules of this process, read once. Raises PolicyFault."""
    return load_policies()


@without_grant("part of the gate, which makes the grants")
def decide(handle: str, inquiry: Inquiry, standing: Standing) -> Decision:
    """Return the verdict on a request at a standing. Reads the registry, never a record."""
    carrier = requester_at(standing.epoch, inquiry.through) if inquiry.through else None
    return decide_for(requester_at(standing.epoch, handle), inquiry, standing, carrier=carrier)


@without_grant("part of the gate, which makes the grants")
def decide_for(
    requester: Requester | None,
    inquiry: Inquiry,
    standing: Standing,
    *,
    carrier: Requester | None = None,
    day: date | None = None,
) -> Decision:
    """Return the verdict for a person whose facts are given, and for the integration that carries the request, if one does.

    `day`: as of a day other than today, to explain past verdicts.
    """
    on = day or clock.today()
    if inquiry.through and (carrier is None or not carrier.is_integration):
        # Nobody else may name a person: the public header names no agency then, for a claim proves nothing.
        return Decision(Verdict(allowed=False, rules=(NO_HUMAN,)), requester, (), standing.epoch, {})
    # What a caller names enters the public header only if that agency is registered; orders are checked in
    # any case, so that nobody learns from an order on an agency above it whether it exists.
    known = inquiry.on_behalf_of is None or (
        requester is not None and inquiry.on_behalf_of in requester.registered
    )
    own = agencies_of([requester, carrier], on)
    agencies = agencies_of([requester, carrier], on, inquiry.on_behalf_of if known else None)
    named = agencies_of([requester, carrier], on, inquiry.on_behalf_of)
    order = order_over(standing.orders, named, inquiry)
    over_ground = None if order else order_over_ground(standing.orders, named, inquiry)
    fault = _fault(requester, carrier, inquiry, agencies, on)
    if standing.rules != policies().digest:
        # Another version of the program serves this city by now: nothing is decided by other rules than its own.
        fault = OTHER_RULES
    if fault or requester is None:
        blocking = order or over_ground
        rules = (fault,) if fault else ()
        verdict = order_refusal(blocking) if blocking else Verdict(allowed=False, rules=rules)
        return Decision(verdict, requester, agencies, standing.epoch, {})
    if over_ground:
        return Decision(order_refusal(over_ground), requester, agencies, standing.epoch, {})
    if not may_receive(requester, inquiry.on_behalf_of, on):
        # Registered or not, an agency without an agreement gets the same refusal, made in the same way from the same facts.
        requester_class = replace(
            class_of_requester(requester, own, on, None, carrier), host=False, agreed=False
        )
        plain = _class_of(replace(inquiry, on_behalf_of=None), requester, on)
        verdict, _ = _compiled_once(standing, own, requester_class, plain)
        return Decision(order_refusal(order) if order else verdict, requester, agencies, standing.epoch, {})
    requester_class = class_of_requester(requester, agencies, on, inquiry.on_behalf_of, carrier)
    verdict, clearances = _compiled_once(
        standing, agencies, requester_class, _class_of(inquiry, requester, on)
    )
    final = checked(verdict, order)
    return Decision(final, requester, agencies, standing.epoch, clearances if final.allowed else {})


def _compiled_once(
    standing: Standing, agencies: tuple[str, ...], requester_class: RequesterClass, inquiry: Inquiry
) -> tuple[Verdict, Mapping[Dataset, Clearance]]:
    # After an order every thread needs the same new decisions at once: one makes them, the others wait for it.
    with _compiling:
        return _compiled(_orders_over(standing, agencies), requester_class, inquiry)


def _orders_over(standing: Standing, agencies: tuple[str, ...]) -> tuple[OrderRow, ...]:
    # The forbid made from an order covers only principals within its places, so the others cannot match: for anyone
    # whom an order does not cover, everything compiled stays as it is, and they notice nothing.
    return tuple(
        order for order in standing.orders if any(order.covers_agency(agency) for agency in agencies)
    )


def _fault(
    requester: Requester | None,
    carrier: Requester | None,
    inquiry: Inquiry,
    agencies: tuple[str, ...],
    on: date,
) -> Rule | None:
    moment = clock.now()
    # Neither the integration's ties nor the agency that the answer is for give the person a tie.
    fault = first_fault(requester, agencies if agencies_of([requester], on) else (), moment)
    if fault or requester is None:
        return fault
    if inquiry.through is None:
        return NO_HUMAN if requester.is_integration else None
    # A person may not act for an integration, nor one integration for another.
    if carrier is None or not carrier.is_integration or requester.is_integration or requester.machine_purpose:
        return NO_HUMAN
    return first_fault(carrier, agencies, moment)


def _class_of(inquiry: Inquiry, requester: Requester, on: date) -> Inquiry:
    # Rules ask whether a case is named and open, never for its number: one decision serves every open case.
    # A case that is neither the requester's nor shared with them does not count; nor one not open to the answer's agency.
    ground = inquiry.ground
    ours = ground is not None and ground.is_for(agencies_of([requester], on))
    if ground and inquiry.on_behalf_of:
        ours = ours and ground.is_for([inquiry.on_behalf_of])
    plain = replace(ground, number="", kind="", agencies=()) if ground and ours else None
    case = ANY_CASE if inquiry.case else ""
    return replace(inquiry, case=case, ground=plain, on_behalf_of=None, through=None)


@lru_cache(maxsize=KEPT_DECISIONS)
def _compiled(
    orders: tuple[OrderRow, ...], requester_class: RequesterClass, inquiry: Inquiry
) -> tuple[Verdict, Mapping[Dataset, Clearance]]:
    # A pure function of its inputs: orders, facts of the requester, the request, and the rules of this process.
    # The facts are read again for every epoch, so a change counts at once, and a change elsewhere costs nothing.
    engine = _engine(orders)
    verdict = engine.decide(requester_class, inquiry)
    if not verdict.allowed:
        return verdict, {}
    clearances = engine.clearances(requester_class, inquiry)
    if inquiry.ground and not clearances[Dataset.CASES].shows(inquiry.ground.labels):
        # A case that the requester may not know of gets the same answer as one that does not exist.
        return _compiled(orders, requester_class, replace(inquiry, ground=None))
    return verdict, clearances


@lru_cache(maxsize=KEPT_ENGINES)
def _engine(orders: tuple[OrderRow, ...]) -> Engine:
    return policies().under(orders)
