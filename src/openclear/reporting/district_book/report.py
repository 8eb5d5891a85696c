"""Monthly district books: valid parameters, content, and document."""

import re
from collections.abc import Mapping

from django.utils.timezone import localtime

from openclear.records.boundaries.queries import boundaries_on
from openclear.reporting.district_book.declaration import BookParams
from openclear.reporting.district_book.figures import BookFacts, book_facts, last_day, month_named
from openclear.reporting.district_book.pdf import print_book
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.numbers import code_pattern, district_code
from openclear.vocabulary.without_grant import without_grant


@without_grant("parses what was typed; reads nothing")
def checked(asked: BookParams) -> BookParams:
    """Return a district, such as 011, and a month, such as 2026-06, as they are stored.

    Raises WrongUsage if either is invalid, NotPossible for a month that is not over.
    """
    month_named(asked.month)
    return BookParams(district_named(asked.district), asked.month)


def facts(grant: Grant, *, asked: BookParams) -> BookFacts:
    """Return the content of the book. Raises NotPossible if there is nothing to show."""
    grant.require(Action.ANALYSIS_ASK)
    return book_facts(grant, district=asked.district, month=month_named(asked.month))


def paper(grant: Grant, *, facts: BookFacts, watermark: Mapping[str, str]) -> bytes:
    """Return the book as PDF, still to be released."""
    grant.require(Action.ANALYSIS_ASK)
    day = last_day(facts.month)
    districts, beats = (boundaries_on(grant, kind=kind, day=day) for kind in ("district", "beat"))
    made = {"made": f"{localtime(clock.now()):%B %-d, %Y, %H:%M} in {city().words['en'].city}"}
    return print_book(facts, districts=districts, beats=beats, watermark=made | dict(watermark))


@without_grant("parses what was typed; reads nothing")
def district_named(text: str) -> str:
    """Return a district as records have it, with its leading zeros. Raises WrongUsage."""
    if not re.fullmatch(code_pattern(city().formats.district), text):
        raise WrongUsage(f"'{text[:20]}' is not a district; write it as {city().formats.district_example}.")
    return district_code(text)
