"""What the city records in its own words, such as offenses and places, in the reader's language if its profile has the words.

Only for showing: search, figures, exports and the log keep what is recorded.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from openclear.vocabulary.city import city

FILE = "recorded_words_{language}.csv"


def in_language(text: str, language: str) -> str:
    """Return a recorded text in a language such as `es` or `es-mx`; the text itself if the profile does not have its words.

    `THEFT: OVER $500` is a category and its description, a charge may have its statute before them;
    only what the profile knows is translated. Capital and small letters stay as they are.
    """
    words = _words(city().folder, language.partition("-")[0])
    if not words:
        return text
    if text.upper() in words:
        return _like(text, words[text.upper()])
    category, colon, description = text.partition(":")
    statute, known = _known_end(category, words)
    return f"{statute}{_like(known, words[known.upper()])}{colon}{description}" if known else text


def _known_end(category: str, words: Mapping[str, str]) -> tuple[str, str]:
    # The longest end of a category, from a word on, that the profile knows; what stands before it comes first.
    places = [0, *(place + 1 for place, letter in enumerate(category) if letter == " ")]
    known = next((place for place in places if category[place:].upper() in words), len(category))
    return category[:known], category[known:]


@cache
def _words(folder: Path, language: str) -> Mapping[str, str]:
    # The language came from the list of those that the site speaks.
    table = city().table(FILE.format(language=language)) if folder == city().folder else []
    return {row["recorded"].upper(): row["words"] for row in table}


def _like(recorded: str, words: str) -> str:
    if recorded.isupper():
        return words.upper()
    return words[:1].upper() + words[1:] if recorded[:1].isupper() else words
