"""Who can lift an order, and who watches: no order and no change of the registry may leave too few."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from openclear.access import gate
from openclear.access.gate.decide import decide_for
from openclear.access.gate.requesters import read_requesters
from openclear.access.gate.standing import read_standing
from openclear.access.models import Officer
from openclear.access.policy.facts import Requester, Standing
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant, Inquiry
from openclear.vocabulary.purposes import Purpose
from openclear.vocabulary.roles import ADMINISTRATORS, OVERSEERS
from openclear.vocabulary.rules import Rule
from openclear.vocabulary.without_grant import without_grant

# Anyone who holds one of these could act for two, or read who looked at what.
SENSITIVE_ROLES = ADMINISTRATORS | OVERSEERS
FEWEST_ADMINISTRATORS = 2
NO_LOCKOUT = Rule(
    "no-self-lockout",
    "This would cut off the department itself, its oversight, or its last two approvers",
    "Design of OpenCLEAR, section 3",
    "Name the agency that you mean, lower in the tree, or register another approver first.",
)
_LIFT = Inquiry(Action.ORDER_LIFT, Purpose.ACCESS_ADMINISTRATION)
_OVERSEE = Inquiry(Action.LOG_EXPORT_BODIES, Purpose.OVERSIGHT_REVIEW)


class Safeguard(NamedTuple):
    """How many can lift an order, and whether anybody watches."""

    administrators: int
    overseen: bool

    def is_too_little_after(self, before: "Safeguard") -> bool:
        """Say whether an act that led here from `before` left too few: only if it made things worse.

        If a certification has lapsed already, orders are still given.
        """
        fewer = self.administrators < FEWEST_ADMINISTRATORS and self.administrators < before.administrators
        return fewer or (before.overseen and not self.overseen)


@without_grant("reads the registry, no record: the gate and its acts ask it")
def safeguard(standing: Standing, people: Mapping[str, Requester] | None = None) -> Safeguard:
    """Return how many could lift an order, and whether anybody could watch: in the registry as it is now, or among `people`."""
    # Read again: the change being judged is not committed, so nothing of it may be kept.
    known = read_requesters(Officer.objects.filter(handle__in=_sensitive())) if people is None else people
    administrators = _able(known, ADMINISTRATORS, _LIFT, standing)
    return Safeguard(len(administrators), bool(_able(known, OVERSEERS, _OVERSEE, standing)))


@without_grant("reads the registry, no record: the gate and its acts ask it")
def able_to_lift_or_oversee(standing: Standing, people: Mapping[str, Requester]) -> list[str]:
    """Return the handles of those who could lift an order, or watch, under a standing."""
    administrators = _able(people, ADMINISTRATORS, _LIFT, standing)
    return sorted({*administrators, *_able(people, OVERSEERS, _OVERSEE, standing)})


@without_grant("for acts on oversight's accounts, whose grant was required")
def other_overseers(grant: Grant) -> list[str]:
    """Return the handles of those besides the holder who can watch now."""
    known = read_requesters(Officer.objects.filter(handle__in=_sensitive()).exclude(handle=grant.officer))
    return _able(known, OVERSEERS, _OVERSEE, read_standing())


@without_grant("a check within an act whose grant was required")
@contextmanager
def no_lockout(grant: Grant) -> Iterator[None]:
    """Refuse a change, from within it, that leaves too few keepers or nobody who watches; nothing of it is committed."""
    before = safeguard(read_standing())
    yield
    if safeguard(read_standing()).is_too_little_after(before):
        raise gate.refuse(grant, NO_LOCKOUT)


@without_grant("reads the registry, no record: the gate and its acts ask it")
def oversees(officer: Officer) -> bool:
    """Say whether an account is one of oversight's own."""
    return bool(OVERSEERS & set(officer.roles))


@without_grant("reads the registry, no record: the gate and its acts ask it")
def overseers() -> frozenset[str]:
    """Return the handles of the accounts that are oversight's own."""
    everyone = Officer.objects.values_list("handle", "roles")
    return frozenset(handle for handle, roles in everyone if OVERSEERS & set(roles))


@without_grant("reads the registry, no record: the gate and its acts ask it")
def is_overseer(handle: str) -> bool:
    """Say whether an account is one of oversight's own, by its handle."""
    officer = Officer.objects.filter(handle=handle).first()
    return officer is not None and oversees(officer)


@without_grant("reads the registry, no record: the gate and its acts ask it")
def is_sensitive(officer: Officer) -> bool:
    """Say whether a token for this account needs a second person: keepers, oversight, machines."""
    machine = bool(officer.machine_purpose) or officer.is_integration
    return machine or bool(SENSITIVE_ROLES & set(officer.roles))


def _sensitive() -> list[str]:
    everyone = Officer.objects.values_list("handle", "roles")
    return [handle for handle, roles in everyone if SENSITIVE_ROLES & set(roles)]


def _able(
    people: Mapping[str, Requester], roles: frozenset[str], inquiry: Inquiry, standing: Standing
) -> list[str]:
    holders = (person for person in people.values() if roles & set(person.roles))
    return [person.handle for person in holders if decide_for(person, inquiry, standing).verdict.allowed]
