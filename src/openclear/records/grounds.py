"""The warehouse tells the gate whether a case, dispatch event or warrant exists and is open."""

from openclear.records.models import Case, CaseShare
from openclear.records.rules import EXTERNAL, block_of
from openclear.vocabulary.grants import Ground

LONGEST_NUMBER = 30
_FACTS = ("kind", "number", "closed", "confirmed", "labels", "owner_agency")


class CaseGrounds:
    """The port `access.ports.Grounds`, answered from the table of cases. Tells facts about a ground, never a row."""

    def find(self, number: str) -> Ground | None:
        """Return the ground with this number, or None."""
        # One statement, with a row for each agency that the case is shared with: it is asked with every search.
        found = Case.objects.filter(number=block_of(number)[:LONGEST_NUMBER])
        rows = list(found.values_list(*_FACTS, "shares__agency").order_by("shares__agency"))
        if not rows:
            return None
        kind, known_as, closed, confirmed, labels, owner, _ = rows[0]
        is_open = closed is None and (kind != EXTERNAL or confirmed is not None)
        shared = [row[-1] for row in rows if row[-1]]
        return Ground(kind, known_as, is_open, labels, (owner, *shared))

    def follow(self, old: str, new: str) -> None:
        """Make what belongs to, or was shared with, an agency at `old` and below it be that of `new`."""
        for table, column in ((Case, "owner_agency"), (CaseShare, "agency")):
            below = table.objects.filter(**{f"{column}__startswith": f"{old}."})
            for path in {old, *below.values_list(column, flat=True).distinct()}:
                table.objects.filter(**{column: path}).update(**{column: new + path[len(old) :]})
