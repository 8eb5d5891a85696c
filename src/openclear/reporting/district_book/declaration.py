"""The district book as every process knows it; the code that makes one is loaded when it is needed.

Ibis, DuckDB and Arrow take seconds to load, and would delay each start of every command, the sequencer and the
worker.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openclear.reporting.declared import DeclaredReport
from openclear.vocabulary.actions import Action
from openclear.vocabulary.endpoint import parameter
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.purposes import Purpose

if TYPE_CHECKING:
    from openclear.reporting.district_book.figures import BookFacts


@dataclass(frozen=True, slots=True)
class BookParams:
    """A district and a past month."""

    district: str = field(
        default="",
        metadata=parameter(
            "District", longest=200, example="011", needed=True, pattern="[0-9]{1,3}", inputmode="numeric"
        ),
    )
    month: str = field(
        default="",
        metadata=parameter(
            "Month, such as 2026-06",
            longest=200,
            example="2026-06",
            needed=True,
            pattern="[0-9]{4}-[0-9]{2}",
            type="month",
        ),
    )


def _checked(asked: BookParams) -> BookParams:
    from openclear.reporting.district_book import report  # noqa: PLC0415 - heavy, see the first lines

    return report.checked(asked)


def _facts(grant: Grant, asked: BookParams) -> "BookFacts":
    from openclear.reporting.district_book import report  # noqa: PLC0415 - as above

    return report.facts(grant, asked=asked)


def _paper(grant: Grant, facts: "BookFacts", watermark: Mapping[str, str]) -> bytes:
    from openclear.reporting.district_book import report  # noqa: PLC0415 - as above

    return report.paper(grant, facts=facts, watermark=watermark)


DISTRICT_BOOK = DeclaredReport(
    kind="book",
    plural="books",
    format="pdf",
    action=Action.ANALYSIS_ASK,
    purpose=Purpose.CRIME_ANALYSIS,
    params=BookParams,
    checked=_checked,
    facts=_facts,
    paper=_paper,
    words={
        "title": "District book",
        "text": (
            "The figures of one district and one month as a PDF document: compared with the month before and the year before, "
            "by offense, beat, weekday and hour."
        ),
        "button": "Make the book",
    },
)
