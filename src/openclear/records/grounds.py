"""The warehouse tells the gate whether a case, dispatch event or warrant exists and is open."""

from openclear.records.models import Case
from openclear.records.rules import block_of
from openclear.vocabulary.grants import Ground

LONGEST_NUMBER = 30


class CaseGrounds:
    """The port `access.ports.Grounds`, answered from the table of cases. Tells facts about a ground, never a row."""

    def find(self, number: str) -> Ground | None:
        """Return the ground with this number, or None."""
        case = Case.objects.filter(number=block_of(number)[:LONGEST_NUMBER]).first()
        return Ground(case.kind, case.number, case.closed is None, case.labels) if case else None
