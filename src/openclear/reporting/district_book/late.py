"""The district book as every process knows it; what makes one is loaded when one is asked for.

Ibis, DuckDB and Arrow take seconds to load, and every command, the sequencer and the worker would pay for them at each start.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant

if TYPE_CHECKING:
    from openclear.reporting.district_book.report import DistrictBook


class LateBook:
    """A `delivery.reports.Report`: the district book, loaded at its first use."""

    kind, format, action = "book", "pdf", Action.ANALYSIS_ASK

    def check(self, grant: Grant, asked: Mapping[str, str]) -> dict[str, str]:
        """Return what is asked for as it is kept. Raises WrongUsage, NotPossible."""
        return _book().check(grant, asked)

    def make(self, grant: Grant, asked: Mapping[str, str], watermark: Mapping[str, str]) -> tuple[bytes, str]:
        """Return the file and the digest of what it tells."""
        return _book().make(grant, asked, watermark)

    def digest(self, grant: Grant, asked: Mapping[str, str]) -> str:
        """Return the digest of what it would tell now."""
        return _book().digest(grant, asked)


def _book() -> "DistrictBook":
    from openclear.reporting.district_book.report import DistrictBook  # noqa: PLC0415 - heavy, see the first lines

    return DistrictBook()
