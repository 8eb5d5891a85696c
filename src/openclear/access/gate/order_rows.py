"""The states of orders, read from the tables: the newest of each, and where it holds."""

from collections.abc import Iterable

from openclear.access.models import AgencyMove, OrderPlace, OrderState
from openclear.access.policy.facts import ALL, OrderRow
from openclear.audit.proof.headers import BLOCKING_STATES
from openclear.vocabulary.agencies import is_within
from openclear.vocabulary.without_grant import without_grant


@without_grant("part of the gate, which makes the grants")
def newest_states() -> list[OrderState]:
    """Return the newest state of every order, oldest order first."""
    newest = {row.order: row for row in OrderState.objects.order_by("sequence")}
    return list(newest.values())


@without_grant("part of the gate, which makes the grants")
def newest_state(name: str) -> OrderState | None:
    """Return the newest state of an order; None if there is no such order."""
    return OrderState.objects.filter(order=name).order_by("-sequence").first()


@without_grant("part of the gate, which makes the grants")
def row_of(state: OrderState) -> OrderRow:
    """Return one state of an order with the places that the order covers now."""
    return rows_of([state])[0]


@without_grant("part of the gate, which makes the grants")
def rows_of(states: Iterable[OrderState]) -> list[OrderRow]:
    """Return states of orders with the places that each covers now: one statement for any number."""
    found = list(states)
    places: dict[str, list[str]] = {state.order: [] for state in found}
    held = OrderPlace.objects.filter(order__in=places).order_by("agency")
    for order, agency in held.values_list("order", "agency"):
        places[order].append(agency)
    return [_row(state, tuple(places[state.order])) for state in found]


def _row(state: OrderState, places: tuple[str, ...]) -> OrderRow:
    scope, purposes = (value if value == ALL else tuple(value) for value in (state.scope, state.purposes))
    return OrderRow(
        state.order,
        state.agency,
        state.state,
        scope,
        purposes,
        state.legal_basis,
        state.entry,
        places,
        state.public_basis,
    )


@without_grant("part of the gate, which makes the grants")
def place_of(agency: str) -> str:
    """Return the path now of the agency that an order named as `agency`: it may have moved or merged since."""
    for kind, old, new in AgencyMove.objects.order_by("pk").values_list("kind", "old", "new"):
        if kind != "split" and is_within(agency, old):
            agency = new + agency[len(old) :]
    return agency


@without_grant("part of the gate, which makes the grants")
def is_blocking(state: str) -> bool:
    """Say whether an order in this state keeps its agency out."""
    return state in BLOCKING_STATES
