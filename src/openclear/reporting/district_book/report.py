"""Monthly district books: which there can be, what one says, and its paper."""

from collections.abc import Mapping

from django.utils.timezone import localtime

from openclear.records.boundaries import boundaries_on
from openclear.reporting.district_book.declaration import BookParams
from openclear.reporting.district_book.figures import BookFacts, book_facts, last_day, month_named
from openclear.reporting.district_book.pdf import print_book
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

DISTRICT_DIGITS = 3


@without_grant("reads nothing: it makes a value of what was typed")
def checked(asked: BookParams) -> BookParams:
    """Return a district, such as 011, and a month, such as 2026-06, as they are kept.

    Raises WrongUsage for what is neither, NotPossible for a month that is not over.
    """
    month_named(asked.month)
    return BookParams(district_named(asked.district), asked.month)


def facts(grant: Grant, *, asked: BookParams) -> BookFacts:
    """Return what the book says. Raises NotPossible where there is nothing to tell."""
    grant.require(Action.ANALYSIS_ASK)
    return book_facts(grant, district=asked.district, month=month_named(asked.month))


def paper(grant: Grant, *, facts: BookFacts, watermark: Mapping[str, str]) -> bytes:
    """Return the book as PDF, still to be released."""
    grant.require(Action.ANALYSIS_ASK)
    day = last_day(facts.month)
    districts, beats = (boundaries_on(grant, kind=kind, day=day) for kind in ("district", "beat"))
    made = {"made": f"{localtime(clock.now()):%B %-d, %Y, %H:%M} in Chicago"}
    return print_book(facts, districts=districts, beats=beats, watermark=made | dict(watermark))


@without_grant("reads nothing: it makes a value of what was typed")
def district_named(text: str) -> str:
    """Return a district as it stands on records: 011 for 11. Raises WrongUsage."""
    if not text.isascii() or not text.isdecimal() or len(text) > DISTRICT_DIGITS:
        raise WrongUsage(f"'{text[:20]}' is no district; write its number, such as 011.")
    return text.zfill(DISTRICT_DIGITS)
