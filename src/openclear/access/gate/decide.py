"""From a person and a request to a verdict, under the orders of this moment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from threading import Lock

from openclear.access.gate.requesters import requester_at
from openclear.access.policy.considered import consider
from openclear.access.policy.engine import Engine, Policies
from openclear.access.policy.facts import OrderRow, Requester, RequesterClass, Standing
from openclear.access.policy.rules import OTHER_RULES
from openclear.access.policy.written import load_policies
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Dataset
from openclear.vocabulary.grants import Clearance, Ground, Inquiry
from openclear.vocabulary.rules import Verdict
from openclear.vocabulary.without_grant import without_grant

KEPT_DECISIONS = 8192
KEPT_ENGINES = 8
_NOTHING: Mapping[Dataset, Clearance] = {}
_compiling = Lock()


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict with everything that it is based on.

    `grounded_by`: what the named case is (a case, a dispatch event, a warrant) if the act is allowed and the case is open,
    known to the requester and theirs; "" otherwise.
    """

    verdict: Verdict
    requester: Requester | None
    agencies: tuple[str, ...]
    epoch: int
    clearances: Mapping[Dataset, Clearance]
    grounded_by: str = ""

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
    fault = None
    if standing.rules != policies().digest:
        # Another version of the program serves this city by now: nothing is decided by other rules than its own.
        fault = OTHER_RULES
    considered = consider(
        requester, carrier, inquiry, standing, on=day or clock.today(), moment=clock.now(), fault=fault
    )
    verdict, clearances = considered.refusal, _NOTHING
    plain: Ground | None = None
    if considered.subject:
        decided, seen = _compiled_once(standing, *considered.subject)
        verdict, plain = considered.concluded(decided), considered.subject[1].ground
        clearances = seen if verdict.allowed and considered.may_receive else _NOTHING
    grounded_by = _kind_of(inquiry, plain, clearances)
    return Decision(verdict, requester, considered.agencies, standing.epoch, clearances, grounded_by)


def _kind_of(inquiry: Inquiry, held: Ground | None, clearances: Mapping[Dataset, Clearance]) -> str:
    # `held`: the case as the rules were asked about it, None if it is not theirs.
    if not clearances or inquiry.ground is None or held is None or not held.is_open:
        return ""
    return inquiry.ground.kind if clearances[Dataset.CASES].shows(held.labels) else ""


def _compiled_once(
    standing: Standing, requester_class: RequesterClass, inquiry: Inquiry
) -> tuple[Verdict, Mapping[Dataset, Clearance]]:
    # After an order every thread needs the same new decisions at once: one makes them, the others wait for it.
    with _compiling:
        return _compiled(_orders_over(standing, requester_class.agencies), requester_class, inquiry)


def _orders_over(standing: Standing, agencies: tuple[str, ...]) -> tuple[OrderRow, ...]:
    # The forbid made from an order covers only principals within its places, so the others cannot match: for anyone
    # whom an order does not cover, everything compiled stays as it is, and they notice nothing.
    return tuple(
        order for order in standing.orders if any(order.covers_agency(agency) for agency in agencies)
    )


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
