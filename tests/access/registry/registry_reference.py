"""What the registry and its orders mean, in forty lines: the reference that histories of the real one are held against."""

from dataclasses import dataclass, field


def within(path: str, place: str) -> bool:
    return path == place or path.startswith(place + ".")


@dataclass
class Order:
    places: set[str]
    state: str = "in-force"
    scope: str = "all"

    def covers_agency(self, path: str) -> bool:
        return any(within(path, place) for place in self.places)


@dataclass
class Reference:
    ties: dict[str, set[str]] = field(default_factory=dict)
    agreed: set[str] = field(default_factory=set)
    orders: dict[str, Order] = field(default_factory=dict)
    proposals: dict[int, Order] = field(default_factory=dict)
    disabled: set[str] = field(default_factory=set)

    def touched(self, *paths: str) -> bool:
        guarded = [order for order in self.orders.values() if order.state != "lifted"]
        return any(
            order.covers_agency(path) or any(within(place, path) for place in order.places)
            for order in (*guarded, *self.proposals.values())
            for path in paths
        )

    def cut_off(self, person: str, dataset: str) -> bool:
        return any(
            order.state in {"in-force", "narrowed"}
            and order.scope in {"all", dataset}
            and self.reaches(order, person)
            for order in self.orders.values()
        )

    def answered(self, person: str, dataset: str) -> bool:
        agreed = all(any(within(path, place) for place in self.agreed) for path in self.ties[person])
        return (
            bool(self.ties[person])
            and agreed
            and person not in self.disabled
            and not self.cut_off(person, dataset)
        )

    def reaches(self, order: Order, person: str) -> bool:
        return any(order.covers_agency(path) for path in self.ties[person])

    def move(self, old: str, new: str) -> None:
        for order in self.orders.values():
            order.places |= {new + place[len(old) :] for place in order.places if within(place, old)}
            order.places |= {new} if order.covers_agency(old) else set()
        self.agreed = {self.moved(path, old, new) for path in self.agreed}
        self.ties = {who: {self.moved(path, old, new) for path in paths} for who, paths in self.ties.items()}
        for order in self.proposals.values():
            order.places = {self.moved(path, old, new) for path in order.places}

    @staticmethod
    def moved(path: str, old: str, new: str) -> str:
        return new + path[len(old) :] if within(path, old) else path
