"""The warehouse tells the gate whether a case, dispatch event or warrant exists and is open."""

from openclear.records.models import Case, CaseShare
from openclear.records.rules import EXTERNAL, block_of
from openclear.vocabulary.grants import Ground

LONGEST_NUMBER = 30


class CaseGrounds:
    """The port `access.ports.Grounds`, answered from the table of cases. Tells facts about a ground, never a row."""

    def find(self, number: str) -> Ground | None:
        """Return the ground with this number, or None."""
        case = Case.objects.filter(number=block_of(number)[:LONGEST_NUMBER]).first()
        if case is None:
            return None
        shared = CaseShare.objects.filter(case=case).values_list("agency", flat=True)
        is_open = case.closed is None and (case.kind != EXTERNAL or case.confirmed is not None)
        return Ground(case.kind, case.number, is_open, case.labels, (case.owner_agency, *shared))
