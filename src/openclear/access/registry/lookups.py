"""Rows of the registry by their names, for this room alone."""

from openclear.access.models import Agency, Officer
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.without_grant import without_grant


@without_grant("for this room alone, within an act whose grant was required")
def agency_row(path: str) -> Agency:
    """Return the agency at a path, for this room alone. Raises NotPossible where there is none."""
    agency = Agency.objects.filter(path=path).first()
    if agency is None:
        message = f"There is no agency {path} in the registry; see openclear agencies."
        raise NotPossible(message)
    return agency


@without_grant("for this room alone, within an act whose grant was required")
def officer_row(handle: str) -> Officer:
    """Return the account with a handle, for this room alone. Raises NotPossible where there is none."""
    officer = Officer.objects.filter(handle=handle).first()
    if officer is None:
        message = f"There is nobody called '{handle}'; see openclear officers."
        raise NotPossible(message)
    return officer
