"""How names are compared, why a name was found, and which birth dates are impossible. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain

import jellyfish

from openclear.records.found import Reason
from openclear.records.people.rows import PersonRow
from openclear.vocabulary.city import city

LARGEST_QUERY_WORDS = 6
SHORTEST_NEAR, LONGEST_NEAR = 4, 14
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CLOSENESS = ("spelled", "begins", "sounds", "near")
_NOT_WORD = re.compile(r"[^a-z0-9 ]+")
_YEAR = re.compile(r"(19|20)\d\d")
_JOINERS = str.maketrans(
    {"ł": "l", "Ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "'": "", "\u2019": ""}
)


def name_words(text: str) -> list[str]:
    """Return the words of a name as they are compared: no accents, no case, split at hyphens but not apostrophes.

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


def near_spellings(word: str) -> list[str]:
    """Return every word that differs from `word` by one typo: a letter missing, extra or wrong, or two swapped."""
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    missing = (left + right[1:] for left, right in parts if right)
    swapped = (left + right[1] + right[0] + right[2:] for left, right in parts if len(right) > 1)
    wrong = (left + letter + right[1:] for left, right in parts if right for letter in _LETTERS)
    more = (left + letter + right for left, right in parts for letter in _LETTERS)
    return sorted(set(chain(missing, swapped, wrong, more)) - {word})


def name_reasons(words: Sequence[str], years: Sequence[int], person: PersonRow) -> tuple[Reason, ...]:
    """Return why each word of a search found a person: the closest name first, other names marked as such."""
    names = [(person.name, False), *((name, True) for name in person.other_names)]
    reasons = [_reason_of(word, names) for word in words]
    if person.birth_date and person.birth_date.year in years:
        reasons.append(Reason("born", str(person.birth_date.year), str(person.birth_date)))
    return tuple(reason for reason in reasons if reason)


def birth_fault(birth: date | None, today: date) -> str | None:
    """Return why a birth date may not be entered, or None (an age of 0, a birth before the city's earliest)."""
    if birth is None:
        return None
    if birth < (earliest := city().ranges.earliest_birth):
        return f"a birth before {earliest.year}"
    if birth >= today:
        return "an age of 0 or less"
    return None


def _reason_of(asked: str, names: Iterable[tuple[str, bool]]) -> Reason | None:
    found = [
        Reason(code, asked, shown, alias)
        for name, alias in names
        for shown in name.split()
        for word in name_words(shown)
        if (code := _closeness(asked, word))
    ]
    return min(found, key=lambda reason: (_CLOSENESS.index(reason.code), reason.alias), default=None)


def _closeness(asked: str, word: str) -> str:
    if word == asked:
        return "spelled"
    if word.startswith(asked):
        return "begins"
    if sound_of(word) == sound_of(asked):
        return "sounds"
    return "near" if jellyfish.damerau_levenshtein_distance(asked, word) == 1 else ""
