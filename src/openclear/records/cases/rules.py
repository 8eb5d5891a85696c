"""How a case is named: by its number, or by the id that lists of cases give. Pure."""

from uuid import UUID


def id_in(name: str) -> UUID | None:
    """Return the id that `name` is, or None if it is a number."""
    try:
        return UUID(name.strip())
    except ValueError:
        return None
