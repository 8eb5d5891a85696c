"""How this city writes arrest numbers, and how they are compared. Pure."""

import re

from openclear.records.rules import block_of
from openclear.vocabulary.city import city


def cb_number_of(text: str) -> str:
    """Return a CB (central booking) number as it is compared: letters and digits, upper case."""
    return "".join(character for character in text.upper() if character.isalnum())


def cb_number_in(text: str) -> str:
    """Return the beginning of an arrest number in a search text, as it is compared; "" if it is none.

    One word that begins like the city's numbers: with their letters, or with a digit if they have none, and digits alone
    after that.
    """
    number, example = cb_number_of(text), cb_number_of(city().formats.arrest_number_example)
    letters = example.rstrip("0123456789") if example.rstrip("0123456789").isalpha() else ""
    rest = number.removeprefix(letters)
    begins = (
        bool(number) and number.startswith(letters) and (rest.isdecimal() or (bool(letters) and not rest))
    )
    return number if begins and len(text.split()) <= 2 else ""


def is_cb_number(text: str) -> bool:
    """Say whether a search text is an arrest number as this city writes it, such as the CB number CB90000012."""
    return re.fullmatch(city().formats.arrest_number, block_of(text)) is not None
