"""Who implements which port. Called once by every process, before it serves anything."""

from openclear.access.copies import ClaimedHandles
from openclear.access.ports import ports
from openclear.access.reach import Sessions, Tokens
from openclear.oversight.public_access import PublicAccess
from openclear.records.grounds import CaseGrounds
from openclear.reporting.late import LateBook
from openclear.search.copies import kept_copies
from openclear.search.reach import reaches
from openclear.search.reports import reports


def wire() -> None:
    """Register the implementations of the gate's ports, and the reports that are made as jobs."""
    reports.register([LateBook()])
    copies = [ClaimedHandles(), *kept_copies()]
    ports.register(CaseGrounds(), [Sessions(), Tokens(), *reaches()], PublicAccess(), copies)
