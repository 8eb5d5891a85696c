"""Which orders are in force at a position in the log. One rule, used by the sequencer and by every verifier."""

from typing import Any

from openclear.audit.proof.headers import BLOCKING_STATES, Header

BEFORE, UNDER, AFTER = "before", "under", "after"


class OrderBook:
    """The state of orders after the headers so far. Feed it every header, in order."""

    def __init__(self) -> None:
        """Start with no orders."""
        self.orders: dict[str, dict[str, Any]] = {}
        self.entries: dict[str, int] = {}
        self._places: dict[str, set[str]] = {}
        self._phases: dict[tuple[str, str, str], str] = {}

    def apply(self, header: Header) -> None:
        """Process the next header: a new state of an order, or a move that must not weaken one."""
        if header["kind"] == "order":
            order = header["order"]
            self.orders[order["id"]] = order
            self.entries.setdefault(order["id"], header["i"])
            self._places.setdefault(order["id"], set()).add(order["agency"])
            self._phases.clear()
        elif header["kind"] == "registry" and "from" in header["registry"]:
            self._follow(header["registry"]["from"], header["registry"]["agency"])

    def _follow(self, old: str, new: str) -> None:
        for places in self._places.values():
            places.update(followed(places, old, new))
        self._phases.clear()

    def judge(self, header: Header) -> str | None:
        """Return the order that forbids this header, or None: no `allow` may come after an order that forbids it."""
        if header["decision"] != "allow":
            return None
        for identity, order in self.orders.items():
            if order["state"] in BLOCKING_STATES and self._covers(identity, order, header):
                return identity
        return None

    def _covers(self, identity: str, order: dict[str, Any], header: Header) -> bool:
        return (
            _names(order["scope"], header["dataset"])
            and _names(order["purposes"], header["purpose"])
            and any(self._stands_under(identity, agency) for agency in header["agencies"])
        )

    def _stands_under(self, identity: str, agency: str) -> bool:
        return any(_within(agency, place) for place in self._places[identity])

    def places(self, identity: str) -> list[str]:
        """Return all paths that an order covers: its agency, and every path to which an agency below it moved."""
        return sorted(self._places[identity])

    def phase(self, agency: str, dataset: str = "", purpose: str = "") -> str:
        """Say whether `agency` is before any order on it, under one in force, or after the last.

        With a data set and a purpose: counting only the orders that cover these, so that what a limited order does
        not cover is not counted as under it.
        """
        asked = (agency, dataset, purpose)
        if asked not in self._phases:
            states = [
                order["state"] in BLOCKING_STATES
                for identity, order in self.orders.items()
                if self._stands_under(identity, agency)
                and (not dataset or _names(order["scope"], dataset))
                and (not purpose or _names(order["purposes"], purpose))
            ]
            self._phases[asked] = UNDER if any(states) else AFTER if states else BEFORE
        return self._phases[asked]

    def covering(self, agency: str) -> list[str]:
        """Return the ids of all orders, in force or not, that name `agency` or one above it."""
        return [identity for identity in self.orders if self._stands_under(identity, agency)]


def followed(places: set[str], old: str, new: str) -> set[str]:
    """Return the paths that an order on `places` also covers once `old`, and everything below it, became `new`.

    The old paths stay: a move never weakens an order.
    """
    along = {new + place[len(old) :] for place in places if _within(place, old)}
    return places | along | ({new} if any(_within(old, place) for place in places) else set())


def _names(listed: Any, word: str) -> bool:
    return listed == "all" or word in listed


def _within(path: str, ancestor: str) -> bool:
    return path == ancestor or path.startswith(ancestor + ".")
