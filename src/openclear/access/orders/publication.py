"""What the public is told of orders, within the order's own act: one target of its receipt.

The public database may be slow or down. An order waits for it two seconds and no longer; then the receipt says that the
public page was not told, an alarm does too, and the worker keeps trying.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Thread
from typing import Any

from django.db import connections
from django.db.models import Max

from openclear.access.gate.order_rows import place_of
from openclear.access.gate.standing import read_standing
from openclear.access.models import Affiliation, Agency, AgreementTerm, OrderState
from openclear.access.policy.facts import ALL, OrderRow
from openclear.access.ports import ports
from openclear.vocabulary import clock
from openclear.vocabulary.agencies import is_within
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.without_grant import without_grant

TARGET = "publication"
PATIENCE_SECONDS = 2.0
LONGEST_BASIS = 300
ACCESS, LIMITED, CUT_OFF = "access", "limited", "cut-off"
alarm = logging.getLogger("openclear.alarm")


@dataclass(frozen=True, slots=True)
class ToldOrder:
    """An order in force as the public is told of it. `basis`: its legal basis in words that two people wrote for that, or "".

    `since`: when it first came into force.
    """

    order: OrderRow
    agency_name: str
    since: datetime | None
    basis: str


@dataclass(frozen=True, slots=True)
class ToldAgency:
    """An agency that has people and may have access. `standing`: access, limited or cut-off, by the orders in force."""

    path: str
    name: str
    own: bool
    agreement: str
    until: str
    standing: str


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that the public is told of who has access, as of one epoch."""

    epoch: int
    orders: Sequence[ToldOrder]
    agencies: Sequence[ToldAgency]


@without_grant("public facts alone: which orders there are")
def to_be_told() -> Told:
    """Return what the public is to be told now. Only public facts, so no grant is needed."""
    standing = read_standing()
    agencies = [
        ToldAgency(**row, standing=_standing_of(row["path"], standing.orders)) for row in _grounds_of_access()
    ]
    return Told(standing.epoch, [_told(order) for order in standing.orders], agencies)


@without_grant("public facts alone: which orders there are")
def with_basis(order: OrderRow, text: str) -> OrderRow:
    """Return the draft of an order with the public words for its legal basis, in one line, or without any for "".

    Raises WrongUsage if they are too long.
    """
    line = " ".join(text.split())
    if len(line) > LONGEST_BASIS or not line.isprintable():
        raise WrongUsage(
            f"The published legal basis is one plain sentence of at most {LONGEST_BASIS} characters."
        )
    return replace(order, public_basis=line)


@without_grant("public facts alone: which orders there are")
def basis_so_far(order: str) -> str:
    """Return the public words that an order was given with, or ""; every later state keeps them."""
    given = OrderState.objects.filter(order=order).exclude(public_basis="").order_by("-sequence")
    return str(given.values_list("public_basis", flat=True).first() or "")


@without_grant("public facts alone: which orders there are")
def begin() -> "Future[int]":
    """Begin to tell the public in the background, so that ending sessions and waiting for answers is not delayed."""
    told: Future[int] = Future()
    Thread(target=_tell, args=(told,), name="publication", daemon=True).start()
    return told


@without_grant("public facts alone: which orders there are")
def was_told(told: "Future[int]", epoch: int) -> bool:
    """Say whether the public page, read back, shows the orders as of `epoch` or later. Alarms if it does not."""
    try:
        if told.result(timeout=PATIENCE_SECONDS) >= epoch:
            return True
        problem = "it shows an older state"
    except Exception as error:  # noqa: BLE001 - on any error the order stands, and the public page is behind
        problem = type(error).__name__
    alarm.critical(
        "the public page does not show the orders of epoch %d (%s); it is tried again", epoch, problem
    )
    return False


@without_grant("public facts alone: which orders there are")
def is_behind(shown: int) -> bool:
    """Say whether an order changed since the epoch that the public page shows."""
    newest = OrderState.objects.aggregate(newest=Max("epoch"))["newest"]
    return newest is not None and newest > shown


def _tell(told: "Future[int]") -> None:
    try:
        told.set_result(ports.publication.publish())
    except BaseException as error:  # noqa: BLE001 - handed to the waiting caller
        told.set_exception(error)
    finally:
        connections.close_all()


def _told(order: OrderRow) -> ToldOrder:
    states = list(OrderState.objects.filter(order=order.id).order_by("sequence"))
    # For a provisional order no second person has read the words yet.
    confirmed = any(row.approved_by and row.approved_by != row.ordered_by for row in states)
    name = Agency.objects.filter(path=place_of(order.agency)).values_list("name", flat=True).first()
    return ToldOrder(
        order,
        name or order.agency,
        states[0].moment if states else None,
        basis_so_far(order.id) if confirmed else "",
    )


def _standing_of(agency: str, orders: Sequence[OrderRow]) -> str:
    over = [order for order in orders if order.covers_agency(agency)]
    if any((order.scope, order.purposes) == (ALL, ALL) for order in over):
        return CUT_OFF
    return LIMITED if over else ACCESS


def _grounds_of_access() -> list[dict[str, Any]]:
    # Each agency with people that may ask today, and why: the city itself, or the agreement that covers it.
    in_force = AgreementTerm.objects.filter(
        starts_on__lte=clock.today(), ends_on__gte=clock.today(), ended=None
    )
    agreements = list(in_force.values_list("agreement__agency__path", "agreement__number", "ends_on"))
    with_people = Affiliation.objects.filter(officer__is_active=True).values_list("agency__path", flat=True)
    found = []
    for agency in Agency.objects.filter(path__in=set(with_people)):
        held = next((row for row in agreements if is_within(agency.path, row[0])), None)
        own = is_within(agency.path, city().root)
        if own or held:
            found.append(
                {
                    "path": agency.path, "name": agency.name, "own": own,
                    "agreement": held[1] if held and not own else "", "until": str(held[2]) if held else "",
                }
            )  # fmt: skip
    return found
