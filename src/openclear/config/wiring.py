"""Who implements which port. Called once by every process before it serves anything."""

from openclear.access import proposed
from openclear.access.accounts.holdings import Sessions, Tokens
from openclear.access.orders import proposed as orders
from openclear.access.orders.recovery import CrashRecovery
from openclear.access.ports import ports
from openclear.access.registry import proposed as registry
from openclear.access.registry.copies import ClaimedHandles
from openclear.delivery.copies import kept_copies
from openclear.delivery.reach import reaches
from openclear.delivery.reports import reports
from openclear.oversight.public_access import PublicAccess
from openclear.records.stops.grounds import EveryGround
from openclear.reporting.reports import REPORTS
from openclear.vocabulary.without_grant import without_grant


@without_grant("sets a process up; reads no record")
def wire() -> None:
    """Register the implementations of the gate's ports, the acts of two people, and the reports that are made as jobs."""
    reports.register(REPORTS)
    proposed.kinds.register([*orders.ACTS, *registry.ACTS])
    copies = [ClaimedHandles(), *kept_copies()]
    ports.register(EveryGround(), [Sessions(), Tokens(), *reaches()], PublicAccess(), copies, CrashRecovery())
