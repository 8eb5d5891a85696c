"""How this city writes arrest numbers, and how they are compared. Pure."""

import re

from openclear.records.rules import block_of
from openclear.vocabulary.city import city


def cb_number_of(text: str) -> str:
    """Return a CB (central booking) number as it is compared: letters and digits, upper case."""
    return "".join(character for character in text.upper() if character.isalnum())


def is_cb_number(text: str) -> bool:
    """Say whether a search text is an arrest number as this city writes it, such as the CB number CB90000012."""
    return re.fullmatch(city().formats.arrest_number, block_of(text)) is not None
