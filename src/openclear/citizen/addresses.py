"""Streets and addresses as residents type them, compared with blocks as the city writes them. Pure.

`4721 South Ashland Avenue, Apt 3` is the house number 4721 and the words S ASHLAND AVE. Words of streets are
abbreviated as in USPS Publication 28, Postal Addressing Standards, appendix C.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

# Spellings of the same word; the first is the one that cities write.
_SPELLINGS = (
    "N NORTH", "S SOUTH", "E EAST", "W WEST", "NE NORTHEAST", "NW NORTHWEST", "SE SOUTHEAST", "SW SOUTHWEST",
    "ALY ALLEY", "AVE AVENUE AV", "BLVD BOULEVARD", "BRG BRIDGE", "CIR CIRCLE", "CT COURT", "CTR CENTER", "DR DRIVE",
    "EXPY EXPRESSWAY EXPWY", "FT FORT", "FWY FREEWAY", "HTS HEIGHTS", "HWY HIGHWAY", "JR JUNIOR", "LN LANE", "MT MOUNT",
    "PKWY PARKWAY PKY", "PL PLACE", "PLZ PLAZA", "RD ROAD", "SQ SQUARE", "ST STREET SAINT", "TER TERRACE", "TRL TRAIL",
    "WAY WY", "1ST FIRST", "2ND SECOND", "3RD THIRD", "4TH FOURTH", "5TH FIFTH", "6TH SIXTH", "7TH SEVENTH", "8TH EIGHTH",
    "9TH NINTH", "10TH TENTH",
)  # fmt: skip
SPELLINGS = {word: tuple(line.split()) for line in _SPELLINGS for word in line.split()}
UNITS = {"APARTMENT", "APT", "BASEMENT", "BSMT", "FL", "FLOOR", "REAR", "RM", "ROOM", "STE", "SUITE", "UNIT"}
FILLERS = {"BLOCK", "BLK", "OF", "THE"}
NUMBER = re.compile(r"(\d{1,6})(?:-\d{1,6})?[A-Z]?")
NUMBER_OF_BLOCK = re.compile(r"\d{1,5}X{1,2}")
# The last of them is the apostrophe that phones type.
PUNCTUATION = "[.;:()\"'\u2019]"
FRACTION = re.compile(r"\d/\d")
ZIP = re.compile(r"\d{5}(?:-\d{4})?")


@dataclass(frozen=True, slots=True)
class Street:
    """A street or part of its name. `number`: a house number, None if none was typed. `words`: in capitals."""

    number: int | None
    words: tuple[str, ...]

    @property
    def name(self) -> str:
        """The street as cities write it: S ASHLAND AVE."""
        return " ".join(SPELLINGS.get(word, (word,))[0] for word in self.words)


def readings(text: str, *, places: Sequence[str] = ()) -> list[Street]:
    """Return what a text can mean, the likeliest first; nothing for a text without words.

    With a house number first, then without; and each of these also without what follows the street: a ZIP code, or one
    of `places`, the names of the city and its state. Of a text with commas, the first part with a word in it counts.
    """
    words = _words(text)
    found = []
    number, street = _numbered(words)
    if number is not None and street:
        shorter = _without_places(street, [place.upper() for place in places])
        found += [Street(number, street)] + ([Street(number, shorter)] if shorter != street else [])
    if words:
        found.append(Street(None, words))
    return found


def _words(text: str) -> tuple[str, ...]:
    parts = [_plain(part) for part in text.split(",")]
    told = [part for part in parts if any(character.isalpha() for character in part)]
    if not told:
        return tuple(_plain(text.replace(",", " ")).split())
    # "4721, S Ashland Ave": the number alone is not the street.
    before = parts[0] if parts[0].isdecimal() and parts[0] != told[0] else ""
    return tuple(f"{before} {told[0]}".split())


def _plain(text: str) -> str:
    return " ".join(re.sub(PUNCTUATION, "", text.upper()).replace("#", " # ").split())


def _numbered(words: Sequence[str]) -> tuple[int | None, tuple[str, ...]]:
    if not words:
        return None, ()
    first, rest = words[0], words[1:]
    if NUMBER_OF_BLOCK.fullmatch(first):
        number = int(first.replace("X", "0"))
    elif found := NUMBER.fullmatch(first):
        number = int(found[1])
    else:
        return None, tuple(words)
    while rest and (rest[0] in FILLERS or FRACTION.fullmatch(rest[0])):
        rest = rest[1:]
    # The first word is the street's own, also if it is called as a unit is: 12 FLOOR ST.
    cut = next((place for place, word in enumerate(rest) if place and (word in UNITS or word == "#")), None)
    return number, tuple(rest[:cut])


def _without_places(words: tuple[str, ...], places: Sequence[str]) -> tuple[str, ...]:
    left = list(words)
    if len(left) > 1 and ZIP.fullmatch(left[-1]):
        left.pop()
    for place in (*places, *places):
        named = place.split()
        if len(left) > len(named) and left[-len(named) :] == named:
            del left[-len(named) :]
    return tuple(left)


def folded(text: str) -> str:
    """Return a text in capitals without accents, for comparing names."""
    split = unicodedata.normalize("NFKD", text)
    return "".join(character for character in split if not unicodedata.combining(character)).upper()
