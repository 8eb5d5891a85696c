"""Those who can lift an order, and those who watch: no order and no change of the registry may leave too few."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from openclear.access import gate
from openclear.access.decisions import verdict
from openclear.access.models import Officer
from openclear.access.registry import read_people
from openclear.access.rows import Ask, Person, Rule, Standing
from openclear.access.standing import read_standing
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose

KEEPER_ROLES = frozenset({"access-administrator", "approver"})
OVERSEER_ROLES = frozenset({"inspector-general"})
# Whoever holds one of these could act for two, or read who looked at what.
SENSITIVE_ROLES = KEEPER_ROLES | OVERSEER_ROLES
FEWEST_KEEPERS = 2
NO_LOCKOUT = Rule(
    "no-self-lockout",
    "This would cut off the department itself, its oversight, or its last two approvers",
    "Design of OpenCLEAR, section 3",
    "Name the agency that is meant, lower in the tree, or register another approver first.",
)
_LIFT = Ask(Action.ORDER_LIFT, Purpose.ACCESS_ADMINISTRATION, ground_named=False, ground=None)
_OVERSEE = Ask(Action.LOG_EXPORT_BODIES, Purpose.OVERSIGHT_REVIEW, ground_named=False, ground=None)


class Strength(NamedTuple):
    """How many can lift an order, and whether anybody watches."""

    keepers: int
    watched: bool

    def is_too_little_after(self, before: "Strength") -> bool:
        """Say whether an act that led here from `before` left too few: only what makes it worse is too little.

        Where a certification has lapsed already, orders are still given.
        """
        fewer = self.keepers < FEWEST_KEEPERS and self.keepers < before.keepers
        return fewer or (before.watched and not self.watched)


def strength(standing: Standing, people: Mapping[str, Person] | None = None) -> Strength:
    """Return how many could lift an order, and whether anybody could watch: by the registry as it is now, or by `people`."""
    # Read anew: the change that is being judged is not committed, so nothing may be kept of it.
    known = read_people(Officer.objects.filter(handle__in=_sensitive())) if people is None else people
    keepers = _able(known, KEEPER_ROLES, _LIFT, standing)
    return Strength(len(keepers), bool(_able(known, OVERSEER_ROLES, _OVERSEE, standing)))


def able_keepers(standing: Standing, people: Mapping[str, Person]) -> list[str]:
    """Return the handles of those who could lift an order, or could watch, under a standing."""
    keepers = _able(people, KEEPER_ROLES, _LIFT, standing)
    return sorted({*keepers, *_able(people, OVERSEER_ROLES, _OVERSEE, standing)})


def others_who_watch(grant: Grant) -> list[str]:
    """Return the handles of those besides the holder who can watch now."""
    known = read_people(Officer.objects.filter(handle__in=_sensitive()).exclude(handle=grant.officer))
    return _able(known, OVERSEER_ROLES, _OVERSEE, read_standing())


@contextmanager
def kept(grant: Grant) -> Iterator[None]:
    """Refuse a change, from within it, that leaves too few keepers or nobody who watches. Nothing of it is committed then."""
    before = strength(read_standing())
    yield
    if strength(read_standing()).is_too_little_after(before):
        raise gate.refuse_act(grant, NO_LOCKOUT)


def oversees(officer: Officer) -> bool:
    """Say whether an account is one of oversight's own."""
    return bool(OVERSEER_ROLES & set(officer.roles))


def overseers() -> frozenset[str]:
    """Return the handles of the accounts that are oversight's own."""
    everyone = Officer.objects.values_list("handle", "roles")
    return frozenset(handle for handle, roles in everyone if OVERSEER_ROLES & set(roles))


def is_overseer(handle: str) -> bool:
    """Say whether an account is one of oversight's own, by its handle."""
    officer = Officer.objects.filter(handle=handle).first()
    return officer is not None and oversees(officer)


def is_sensitive(officer: Officer) -> bool:
    """Say whether a token for this account needs a second person: keepers, oversight, machines."""
    machine = bool(officer.machine_purpose) or officer.is_integration
    return machine or bool(SENSITIVE_ROLES & set(officer.roles))


def _sensitive() -> list[str]:
    everyone = Officer.objects.values_list("handle", "roles")
    return [handle for handle, roles in everyone if SENSITIVE_ROLES & set(roles)]


def _able(people: Mapping[str, Person], roles: frozenset[str], ask: Ask, standing: Standing) -> list[str]:
    holders = (person for person in people.values() if roles & set(person.roles))
    return [person.handle for person in holders if verdict(person, ask, standing).decision.allowed]
