"""Those who can lift an order, and those who watch: no order and no change of the registry may leave too few."""

from openclear.access.decisions import verdict
from openclear.access.models import Officer
from openclear.access.registry import read_person
from openclear.access.rows import Ask, Rule, Standing
from openclear.vocabulary.actions import Action
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


def locks_out(standing: Standing) -> bool:
    """Say whether under `standing`, with the registry as it is now, too few could lift an order or watch."""
    # A city that has nobody to watch yet may begin; one that has must not lose the last.
    overseers = _holders(OVERSEER_ROLES)
    watched = not overseers or any(_able(handle, _OVERSEE, standing) for handle in overseers)
    keepers = sum(_able(handle, _LIFT, standing) for handle in _holders(KEEPER_ROLES))
    return keepers < FEWEST_KEEPERS or not watched


def is_sensitive(officer: Officer) -> bool:
    """Say whether a token for this account needs a second person: keepers, oversight, machines."""
    machine = bool(officer.machine_purpose) or officer.is_integration
    return machine or bool(SENSITIVE_ROLES & set(officer.roles))


def _holders(roles: frozenset[str]) -> list[str]:
    everyone = Officer.objects.values_list("handle", "roles")
    return [handle for handle, held in everyone if roles & set(held)]


def _able(handle: str, ask: Ask, standing: Standing) -> bool:
    # Read anew: the change that is being judged is not committed, so nothing may be kept of it.
    return verdict(read_person(handle), ask, standing).decision.allowed
