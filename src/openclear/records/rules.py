"""How names, plates, RD numbers and blocks are compared, and what may not enter the warehouse. Pure."""

import re
import unicodedata
from datetime import date

import jellyfish

EARLIEST_BIRTH = date(1901, 1, 1)
LARGEST_QUERY_WORDS = 6
_NOT_WORD = re.compile(r"[^a-z0-9 ]+")
_RD = re.compile(r"[A-Z]{1,2}\d{6}")
_YEAR = re.compile(r"(19|20)\d\d")
_JOINERS = str.maketrans(
    {"ł": "l", "Ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "'": "", "\u2019": ""}
)


def name_words(text: str) -> list[str]:
    """Return the words of a name as they are compared: no accents, no case, hyphens part, apostrophes do not.

    `Muñoz-O'Brien, José` becomes `munoz`, `obrien`, `jose`.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_JOINERS).casefold().translate(_JOINERS))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return _NOT_WORD.sub(" ", plain).split()


def sound_of(word: str) -> str:
    """Return how a word sounds (Metaphone, Lawrence Philips 1990): `smith` and `smyth` are one, `jon` and `john`."""
    return (jellyfish.metaphone(word) if word.isalpha() else "") or word.upper()


def split_query(text: str) -> tuple[list[str], list[int]]:
    """Return the name words of a search, at most six, and the birth years in it: `smith john 1985`."""
    words = name_words(text)
    years = [int(word) for word in words if _YEAR.fullmatch(word)]
    return [word for word in words if not word.isdigit()][:LARGEST_QUERY_WORDS], years


def plate_of(text: str) -> str:
    """Return a licence plate as it is compared: letters and digits, upper case."""
    return "".join(character for character in text.upper() if character.isalnum())[:10]


def is_rd_number(text: str) -> bool:
    """Say whether a search text is an RD number such as JB123456."""
    return _RD.fullmatch(text.strip().upper()) is not None


def block_of(text: str) -> str:
    """Return a block, or a number, as it is compared: upper case, single spaces, nothing unprintable."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.upper().split())


def birth_fault(birth: date | None, today: date) -> str | None:
    """Return why a birth date may not be entered, or None (Chicago OIG 2019: age 0, births before 1901)."""
    if birth is None:
        return None
    if birth < EARLIEST_BIRTH:
        return "a birth before 1901"
    if birth >= today:
        return "an age of 0 or less"
    return None
