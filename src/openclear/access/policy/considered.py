"""One pass from the facts of a request to its refusal, or to what the rules are asked. Pure: no table, no clock."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from openclear.access.policy.facts import OrderRow, Requester, RequesterClass, Standing
from openclear.access.policy.rules import (
    NO_HUMAN,
    agencies_of,
    checked,
    class_of_requester,
    first_fault,
    may_receive,
    order_over,
    order_over_ground,
    order_refusal,
)
from openclear.vocabulary.grants import Ground, Inquiry, OwnEvent
from openclear.vocabulary.rules import Rule, Verdict

# In place of a number, for rules ask only whether a case was named.
ANY_CASE = "any"
# In place of the moment when a stop is over.
_ANY_TIME = datetime.max.replace(tzinfo=UTC)
_NO = Verdict(allowed=False, rules=())


@dataclass(frozen=True, slots=True)
class Considered:
    """What the facts of a request say, before a rule is asked.

    `agencies`: those of the public header. `refusal`: the verdict if no rule is asked. `subject`: the class of requesters and the
    request that the rules decide, if they are asked. `order`: the order in force that covers the request. `may_receive`:
    whether answers may go to the agency that they are for.
    """

    agencies: tuple[str, ...]
    refusal: Verdict = _NO
    subject: tuple[RequesterClass, Inquiry] | None = None
    order: OrderRow | None = None
    may_receive: bool = True

    def concluded(self, verdict: Verdict) -> Verdict:
        """Return what the rules' verdict comes to, with the order. Two that disagree refuse."""
        if self.may_receive:
            return checked(verdict, self.order)
        return order_refusal(self.order) if self.order else verdict


def consider(  # noqa: PLR0913 - the facts of a request, each named
    requester: Requester | None,
    carrier: Requester | None,
    inquiry: Inquiry,
    standing: Standing,
    *,
    on: date,
    moment: datetime,
    fault: Rule | None = None,
) -> Considered:
    """Return what follows from the facts of a request, and of the integration that carries it, if one does.

    `on`: the day whose ties and agreements count. `moment`: now, for accounts that are temporary. `fault`: why no rule
    may be asked in any case, if so; an order is told before it.
    """
    if inquiry.through and (carrier is None or not carrier.is_integration):
        # Nobody else may name a person: the public header names no agency then, for a claim proves nothing.
        return Considered((), refusal=Verdict(allowed=False, rules=(NO_HUMAN,)))
    # What a caller names enters the public header only if that agency is registered; orders are checked in
    # any case, so that nobody learns from an order on an agency above it whether it exists.
    known = inquiry.on_behalf_of is None or (
        requester is not None and inquiry.on_behalf_of in requester.registered
    )
    agencies = agencies_of([requester, carrier], on, inquiry.on_behalf_of if known else None)
    named = agencies_of([requester, carrier], on, inquiry.on_behalf_of)
    order = order_over(standing.orders, named, inquiry)
    over_ground = None if order else order_over_ground(standing.orders, named, inquiry)
    fault = fault or _fault(requester, carrier, inquiry, agencies, on=on, moment=moment)
    if over_ground or fault or requester is None:
        blocking = order or over_ground
        refusal = (
            order_refusal(blocking) if blocking else Verdict(allowed=False, rules=(fault,) if fault else ())
        )
        return Considered(agencies, refusal=refusal)
    return _asked(requester, carrier, inquiry, Considered(agencies, order=order), on, moment)


def _asked(
    requester: Requester,
    carrier: Requester | None,
    inquiry: Inquiry,
    so_far: Considered,
    on: date,
    moment: datetime,
) -> Considered:
    if not may_receive(requester, inquiry.on_behalf_of, on):
        # Registered or not, an agency without an agreement gets the same refusal, made in the same way from the same facts.
        own = agencies_of([requester, carrier], on)
        for_themselves = replace(inquiry, on_behalf_of=None)
        own_class = class_of_requester(requester, own, on, for_themselves, carrier)
        plain = _class_of(for_themselves, requester, on, moment)
        subject = (replace(own_class, host=False, agreed=False), plain)
        return replace(so_far, subject=subject, may_receive=False)
    requester_class = class_of_requester(requester, so_far.agencies, on, inquiry, carrier)
    return replace(so_far, subject=(requester_class, _class_of(inquiry, requester, on, moment)))


def _fault(
    requester: Requester | None,
    carrier: Requester | None,
    inquiry: Inquiry,
    agencies: tuple[str, ...],
    *,
    on: date,
    moment: datetime,
) -> Rule | None:
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


def _class_of(inquiry: Inquiry, requester: Requester, on: date, moment: datetime) -> Inquiry:
    # Rules ask whether a case is named and open, never for its number: one decision serves every open case.
    # A case that is neither the requester's nor shared with them does not count; nor one not open to the answer's agency.
    ground = inquiry.ground
    ours = ground is not None and ground.is_for(agencies_of([requester], on))
    if ground and inquiry.on_behalf_of:
        ours = ours and ground.is_for([inquiry.on_behalf_of])
    plain = _plain(ground, requester, moment) if ground and ours else None
    covered = bool(ground and plain and _covers(ground, inquiry))
    case, alone = ANY_CASE if inquiry.case else "", not (inquiry.on_behalf_of or inquiry.through)
    return replace(
        inquiry, case=case, ground=plain, on_behalf_of=None, through=None, subject="",
        at_desk=inquiry.at_desk and alone, covered=covered,
    )  # fmt: skip


def _plain(ground: Ground, requester: Requester, moment: datetime) -> Ground | None:
    # A stop or call that somebody else started, or that is over, is the same as one that is not there: from the moment
    # on when it is over, also for an answer that was begun before.
    event = ground.event
    if event is None:
        return replace(ground, number="", kind="", agencies=())
    if event.officer != requester.handle or not ground.is_open or moment >= event.until:
        return None
    return Ground("", "", ground.is_open, ground.labels, event=OwnEvent("", event.purpose, _ANY_TIME))


def _covers(ground: Ground, inquiry: Inquiry) -> bool:
    return ground.event is not None and ground.event.covers(inquiry.action, inquiry.subject, ground.number)
