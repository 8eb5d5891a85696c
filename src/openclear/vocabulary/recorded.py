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

    `THEFT: OVER $500` is a category and its description; the category alone is translated if the description is not known.
    Capital and small letters stay as they are.
    """
    words = _words(city().folder, language.partition("-")[0])
    whole = words.get(text.upper())
    if whole:
        return _like(text, whole)
    category, colon, description = text.partition(":")
    if not colon or category.upper() not in words:
        return text
    return f"{_like(category, words[category.upper()])}{colon}{description}"


@cache
def _words(folder: Path, language: str) -> Mapping[str, str]:
    # The language came from the list of those that the site speaks.
    table = city().table(FILE.format(language=language)) if folder == city().folder else []
    return {row["recorded"].upper(): row["words"] for row in table}


def _like(recorded: str, words: str) -> str:
    if recorded.isupper():
        return words.upper()
    return words[:1].upper() + words[1:] if recorded[:1].isupper() else words
