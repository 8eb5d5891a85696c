"""The roles of people. A role is a fact that the rules read; no role permits anything on its own."""

from enum import StrEnum


class Role(StrEnum):
    """Every role that a rule uses."""

    OFFICER = "officer"
    PATROL = "patrol"
    DETECTIVE = "detective"
    SUPERVISOR = "supervisor"
    ANALYST = "analyst"
    RECORDS = "records"
    ACCESS_ADMINISTRATOR = "access-administrator"
    APPROVER = "approver"
    INSPECTOR_GENERAL = "inspector-general"
    PUBLISHER = "publisher"


# The people who carry out and lift orders, and the people who oversee them: there must be enough of each.
ADMINISTRATORS = frozenset({Role.ACCESS_ADMINISTRATOR, Role.APPROVER})
OVERSEERS = frozenset({Role.INSPECTOR_GENERAL})
