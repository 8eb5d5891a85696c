"""How plates are compared, and what can be one. Pure."""

LONGEST_PLATE = 8


def plate_of(text: str) -> str:
    """Return a license plate as it is compared: letters and digits, upper case."""
    return "".join(character for character in text.upper() if character.isalnum())[:10]


def can_be_a_plate(text: str) -> bool:
    """Say whether a search text can be a plate or its beginning: one or two words, no longer than plates are."""
    return len(text.split()) <= 2 and 0 < len(plate_of(text)) <= LONGEST_PLATE


def is_like_a_plate(text: str) -> bool:
    """Say whether a search text can be a plate: one or two words with a digit, no longer than plates are."""
    return any(letter.isdigit() for letter in text) and can_be_a_plate(text)
