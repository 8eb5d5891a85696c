"""Rows of the registry by their names, only for this room."""

from openclear.access.models import Agency, Officer
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.handles import handle_of
from openclear.vocabulary.without_grant import without_grant


@without_grant("for this room alone, within an act whose grant was required")
def agency_row(path: str) -> Agency:
    """Return the agency at a path, only for this room. Raises NotPossible if there is none."""
    agency = Agency.objects.filter(path=path).first()
    if agency is None:
        message = f"There is no agency {path} in the registry; see openclear agencies."
        raise NotPossible(message)
    return agency


@without_grant("for this room alone, within an act whose grant was required")
def officer_row(handle: str) -> Officer:
    """Return the account with a handle, in capital or small letters, only for this room. Raises NotPossible if there is none."""
    officer = Officer.objects.filter(handle=handle_of(handle)).first()
    if officer is None:
        message = f"There is nobody called '{handle}'; see openclear officers."
        raise NotPossible(message)
    return officer
