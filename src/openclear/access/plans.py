"""Who loses what by an order, and who does not: over real accounts and everything that they hold. Changes nothing."""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from openclear.access.keepers import locks_out
from openclear.access.models import Affiliation, Agency
from openclear.access.ports import Held, ports
from openclear.access.registry import read_everyone
from openclear.access.rows import OrderRow, Person, Standing
from openclear.access.rules import EMPLOYER, HOST, OVERSIGHT, agencies_of
from openclear.access.standing import read_standing
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.agencies import is_within
from openclear.vocabulary.grants import Grant


@dataclass(frozen=True, slots=True)
class Plan:
    """Who loses what if the order is given, and whether it may be given at all.

    `home_people`: of the department, caught by a detail. `targets`: for each kind of thing, how many of those there
    are now would be reached, and how many not. `agencies`: those that have people and keep everything.
    """

    people: Sequence[Person]
    home_people: Sequence[Person]
    unaffected: int
    targets: Sequence[tuple[str, int, int]]
    agencies: Sequence[str]
    locks_out: bool

    def told(self) -> dict[str, Any]:
        """Return the plan as it is kept with the order: handles and counts."""
        return {
            "people": [person.handle for person in self.people],
            "home_people": [person.handle for person in self.home_people],
            "unaffected": self.unaffected,
            "targets": [list(target) for target in self.targets],
            "agencies": list(self.agencies),
        }


def plan(grant: Grant, *, order: OrderRow) -> Plan:
    """Return who would lose access by `order` and who would not."""
    grant.require(Action.ORDER_CUT_OFF)
    standing = read_standing()
    everyone = read_everyone()
    people = [person for person in everyone.values() if reaches(order, person)]
    planned = Standing(standing.epoch, (*standing.orders, replace(order, id="planned")), standing.rules)
    return Plan(
        people=people,
        home_people=[person for person in people if _is_home(person)],
        unaffected=len(everyone) - len(people),
        targets=_targets(order, {person.handle for person in people}),
        agencies=untouched_agencies(order),
        locks_out=names_home(order) or locks_out(standing, planned),
    )


def reaches(order: OrderRow, person: Person) -> bool:
    """Say whether a person is tied to an agency that the order holds over."""
    return any(order.holds(agency) for agency in agencies_of([person], clock.today()))


def caught(order: OrderRow) -> frozenset[str]:
    """Return the handles of everyone tied to an agency that the order holds over, as the registry stands now."""
    return frozenset(handle for handle, person in read_everyone().items() if reaches(order, person))


def reached(order: OrderRow, handles: AbstractSet[str], held: Sequence[Held]) -> list[Held]:
    """Return those of these things that the order means: their holder (`handles`: see `caught`), and what they were made for."""
    return [one for one in held if one.holder in handles and meant(order, one)]


def meant(order: OrderRow, held: Held) -> bool:
    """Say whether the order's scope and purposes mean what a thing was made for."""
    return not (held.dataset and held.purpose) or order.meets(held.dataset, held.purpose)


def names_home(order: OrderRow) -> bool:
    """Say whether an order names the department itself or its oversight, from above or below."""
    return any(is_within(home, order.agency) or is_within(order.agency, home) for home in (HOST, OVERSIGHT))


def untouched_agencies(order: OrderRow) -> list[str]:
    """Return the partner agencies that have people here and that the order does not hold over."""
    staffed = set(Affiliation.objects.filter(until=None).values_list("agency__path", flat=True))
    paths = Agency.objects.filter(path__in=staffed, closed_on=None).values_list("path", flat=True)
    return [path for path in paths if not order.holds(path) and not is_within(path, HOST)]


def _targets(order: OrderRow, handles: AbstractSet[str]) -> list[tuple[str, int, int]]:
    counted = []
    for reach in ports.reach:
        held = reach.held()
        hit = Counter(one.holder in handles and meant(order, one) for one in held)
        counted.append((reach.target, hit[True], hit[False]))
    return counted


def _is_home(person: Person) -> bool:
    return any(tie.kind == EMPLOYER and is_within(tie.agency, HOST) for tie in person.affiliations)
