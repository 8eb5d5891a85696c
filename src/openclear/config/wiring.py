"""Who implements which port. Called once by every process, before it serves anything."""

from openclear.access.ports import ports
from openclear.access.reach import Sessions, Tokens
from openclear.records.grounds import CaseGrounds
from openclear.search.reach import reaches


def wire() -> None:
    """Register the implementations of the gate's ports."""
    ports.register(CaseGrounds(), [Sessions(), Tokens(), *reaches()])
