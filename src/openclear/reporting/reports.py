"""Every report of this version. Page, API, command line and the worker serve the reports listed here."""

from openclear.reporting.declared import DeclaredReport
from openclear.reporting.district_book.declaration import DISTRICT_BOOK
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.without_grant import without_grant

REPORTS: tuple[DeclaredReport, ...] = (
    # In the order in which the page of figures offers them.
    DISTRICT_BOOK,
)


@without_grant("parses what was typed; reads nothing")
def report_of(kind: str) -> DeclaredReport:
    """Return the report of a kind. Raises WrongUsage."""
    for report in REPORTS:
        if report.kind == kind:
            return report
    known = ", ".join(report.kind for report in REPORTS)
    raise WrongUsage(f"There is no report '{kind[:20]}'; the reports are {known}.")
