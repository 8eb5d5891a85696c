"""How names are compared, why a name was found, and which birth dates are impossible. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import NamedTuple

import jellyfish

from openclear.records.found import Reason
from openclear.records.people.rows import PersonRow
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import WrongUsage

LARGEST_QUERY_WORDS = 6
SHORTEST_NEAR, LONGEST_NEAR = 4, 14
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CLOSENESS = ("spelled", "begins", "sounds", "near")
_NOT_WORD = re.compile(r"[^a-z0-9 ]+")
_YEAR = re.compile(r"(19|20)\d\d")
# 1974-11-06, 11/06/1974 or 19741106; a month: 1974-11, 11/1974. What only looks like one of them is told, not ignored.
_DATE = re.compile(
    r"(?<![\w])(?:"
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?"
    r"|(?P<us_month>\d{1,2})[-/.](?:(?P<us_day>\d{1,2})[-/.])?(?P<us_year>\d{4})"
    r"|(?P<plain_year>(?:19|20)\d\d)(?P<plain_month>\d\d)(?P<plain_day>\d\d)"
    r"|(?P<short>\d{1,2}[-/.]\d{1,2}[-/.]\d{2})"
    r")(?![\w])"
)
# Words that sound alike differ in no more letters than this.
SOUND_LETTERS = 3
_THREE_ALIKE = re.compile(r"(.)\1\1")
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
    """Return how a word sounds (Metaphone, Lawrence Philips 1990): `smith` and `smyth` are one, `jon` and `john`.

    A word with a letter three times in a row is no name, and sounds like itself alone.
    """
    speakable = word.isalpha() and not _THREE_ALIKE.search(word)
    return (jellyfish.metaphone(word) if speakable else "") or word.upper()


def split_query(text: str) -> tuple[list[str], list[int]]:
    """Return the name words of a search, at most six, and the birth years in it: `smith john 1985`. Dates are neither."""
    words = name_words(_DATE.sub(" ", text))
    years = [int(word) for word in words if _YEAR.fullmatch(word)]
    return [word for word in words if not word.isdigit()][:LARGEST_QUERY_WORDS], years


class Born(NamedTuple):
    """When a person was born, as a search asks: a day, a month or a year, from its first day to its last."""

    asked: str
    first: date
    last: date


def births_in(text: str) -> list[Born]:
    """Return the birth dates and years in a search: `smith 1974-11-06`, `smith 11/06/1974`, `smith 1974`.

    Raises WrongUsage for a date that is not in the calendar, or whose year has two digits.
    """
    years = (Born(str(year), date(year, 1, 1), date(year, 12, 31)) for year in split_query(text)[1])
    return [*(_born(found) for found in _DATE.finditer(text)), *years]


def _born(found: re.Match[str]) -> Born:
    year, month, day = (
        next((int(found[name]) for name in names if found[name]), 0)
        for names in (
            ("year", "us_year", "plain_year"),
            ("month", "us_month", "plain_month"),
            ("day", "us_day", "plain_day"),
        )
    )
    try:
        first = date(year, month, day or 1)
        last = first if day else (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    except (ValueError, OverflowError):
        raise WrongUsage(
            f"'{found[0]}' is not a birth date; write it as 1974-11-06 or 11/06/1974, with the year in four digits."
        ) from None
    return Born(str(first) if day else f"{first:%Y-%m}", first, last)


def near_spellings(word: str) -> list[str]:
    """Return every word that differs from `word` by one typo: a letter missing, extra or wrong, or two swapped."""
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    missing = (left + right[1:] for left, right in parts if right)
    swapped = (left + right[1] + right[0] + right[2:] for left, right in parts if len(right) > 1)
    wrong = (left + letter + right[1:] for left, right in parts if right for letter in _LETTERS)
    more = (left + letter + right for left, right in parts for letter in _LETTERS)
    return sorted(set(chain(missing, swapped, wrong, more)) - {word})


def name_reasons(words: Sequence[str], births: Sequence[Born], person: PersonRow) -> tuple[Reason, ...]:
    """Return why each word of a search found a person: the closest name first, other names marked as such."""
    names = [(person.name, False), *((name, True) for name in person.other_names)]
    reasons = [_reason_of(word, names) for word in words]
    return (*(reason for reason in reasons if reason), *_birth_reasons(births, person.birth_date))


def birth_fault(birth: date | None, today: date) -> str | None:
    """Return why a birth date may not be entered, or None (an age of 0, a birth before the city's earliest)."""
    if birth is None:
        return None
    if birth < (earliest := city().ranges.earliest_birth):
        return f"a birth before {earliest.year}"
    if birth >= today:
        return "an age of 0 or less"
    return None


def _birth_reasons(births: Sequence[Born], birth: date | None) -> Iterator[Reason]:
    for born in births:
        if birth is None:
            yield Reason("no-birth-date", born.asked, "")
        elif born.first <= birth <= born.last:
            yield Reason("born-on" if born.first == born.last else "born", born.asked, str(birth))


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
    if sound_of(word) == sound_of(asked) and abs(len(word) - len(asked)) <= SOUND_LETTERS:
        return "sounds"
    return "near" if jellyfish.damerau_levenshtein_distance(asked, word) == 1 else ""
