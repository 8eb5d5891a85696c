"""Monthly district books: made at once, or as a job whose file is kept like an export and ends like one."""

import re
from collections.abc import Mapping
from hashlib import sha256
from json import dumps
from typing import Any

from django.utils.timezone import localtime

from openclear.records.boundaries.queries import boundaries_on
from openclear.reporting.district_book.figures import BookFacts, book_facts, last_day, month_named
from openclear.reporting.district_book.pdf import print_book
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.numbers import code_pattern, district_code


def make_book(grant: Grant, *, district: str, month: str, watermark: Mapping[str, str]) -> bytes:
    """Return the book of a district, such as 011, and a month, such as 2026-06, as PDF, still to be released.

    Raises WrongUsage for what is neither, NotPossible where there is nothing to tell.
    """
    grant.require(Action.ANALYSIS_ASK)
    return _printed(grant, _facts(grant, district, month), watermark)


class DistrictBook:
    """A book as something that is asked for, made by the worker, fetched, and ended by an order."""

    kind, format, action = "book", "pdf", Action.ANALYSIS_ASK

    def check(self, grant: Grant, asked: Mapping[str, str]) -> dict[str, str]:
        """Return what is asked for as it is kept. Raises WrongUsage, NotPossible."""
        grant.require(self.action)
        month_named(asked["month"])
        return {"district": district_named(asked["district"]), "month": asked["month"]}

    def make(self, grant: Grant, asked: Mapping[str, str], watermark: Mapping[str, str]) -> tuple[bytes, str]:
        """Return the file and the digest of what it tells."""
        facts = _facts(grant, asked["district"], asked["month"])
        return _printed(grant, facts, watermark), _digest(facts)

    def digest(self, grant: Grant, asked: Mapping[str, str]) -> str:
        """Return the digest of what it would tell now: another one where a record was sealed, corrected or added."""
        return _digest(_facts(grant, asked["district"], asked["month"]))


def district_named(text: str) -> str:
    """Return a district as it stands on records, with its leading zeros. Raises WrongUsage."""
    if not re.fullmatch(code_pattern(city().formats.district), text):
        raise WrongUsage(f"'{text[:20]}' is no district; write it as {city().formats.district_example}.")
    return district_code(text)


def _facts(grant: Grant, district: str, month: str) -> BookFacts:
    return book_facts(grant, district=district_named(district), month=month_named(month))


def _printed(grant: Grant, facts: BookFacts, watermark: Mapping[str, str]) -> bytes:
    day = last_day(facts.month)
    districts, beats = (boundaries_on(grant, kind=kind, day=day) for kind in ("district", "beat"))
    made = {"made": f"{localtime(clock.now()):%B %-d, %Y, %H:%M} in {city().words['en'].city}"}
    return print_book(facts, districts=districts, beats=beats, watermark=made | dict(watermark))


def _digest(facts: BookFacts) -> str:
    told: Any = facts.told()
    return sha256(dumps(told, default=str, sort_keys=True).encode()).hexdigest()
