"""What people do here. A role is a fact that the rules read; none of them permits anything by itself."""

from enum import StrEnum


class Role(StrEnum):
    """Every role that a rule speaks of."""

    OFFICER = "officer"
    DETECTIVE = "detective"
    SUPERVISOR = "supervisor"
    ANALYST = "analyst"
    RECORDS = "records"
    ACCESS_ADMINISTRATOR = "access-administrator"
    APPROVER = "approver"
    INSPECTOR_GENERAL = "inspector-general"
    PUBLISHER = "publisher"


# Those who carry out and lift orders, and those who watch them: never too few of either.
ADMINISTRATORS = frozenset({Role.ACCESS_ADMINISTRATOR, Role.APPROVER})
OVERSEERS = frozenset({Role.INSPECTOR_GENERAL})
