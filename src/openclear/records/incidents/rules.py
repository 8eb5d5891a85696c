"""How this city writes incident numbers. Pure."""

import re

from openclear.vocabulary.city import city


def is_rd_number(text: str) -> bool:
    """Say whether a search text is an incident number as this city writes it, such as the RD number JB123456."""
    return re.fullmatch(city().formats.incident_number, text.strip().upper()) is not None
