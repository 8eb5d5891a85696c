"""How an export ended that has no file: an outcome in the log for each request or making that has none yet."""

from openclear.access import gate
from openclear.delivery.models import Export
from openclear.delivery.rules import KEEPING
from openclear.vocabulary.actions import Action
from openclear.vocabulary.states import SavedStatus
from openclear.vocabulary.without_grant import without_grant

_OVER = (SavedStatus.ENDED, SavedStatus.FAILED)
ENDED_FIRST = "It ended before its file was made: by an order, by its owner, or with its time."


@without_grant("logs how exports ended, and shows nothing")
def log_endings() -> int:
    """Log the outcome of each export that ended or failed without one; return how many. Raises LogUnavailable.

    An export keeps the entry whose outcome is missing until the outcome is in the log.
    """
    over = list(Export.objects.filter(state__in=_OVER).exclude(attempt=None))
    for row in over:
        log_ending(row, row.problem or ENDED_FIRST)
    return len(over)


@without_grant("logs how an export ended, and shows nothing")
def log_ending(row: Export, problem: str) -> None:
    """Log that an export has no file, and why; nothing if its outcome is in the log already. Raises LogUnavailable."""
    if row.attempt is None or not Export.objects.filter(pk=row.pk, attempt=row.attempt).exists():
        return
    details = {"export": str(row.id), "problem": problem}
    gate.log_ending(row.owner, Action.EXPORT_KEEP, KEEPING, attempt=row.attempt, details=details)
    # A crash on this line has the outcome logged once more at the next start of the worker.
    settle(row)


@without_grant("notes what is in the log; shows nothing")
def settle(row: Export) -> None:
    """Note that the outcome of an export is in the log."""
    Export.objects.filter(pk=row.pk).update(attempt=None)
    row.attempt = None
