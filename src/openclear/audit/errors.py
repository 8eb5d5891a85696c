"""Errors of the log."""

from openclear.vocabulary.errors import NotPossible


class LogUnavailable(NotPossible):
    """The log did not confirm the entry: nothing may be answered (503)."""


class LogRefuses(LogUnavailable):
    """The log's writer does not continue with the stored log, and says why in one sentence."""


class RefusedByOrder(NotPossible):
    """The log already holds an order against one of the entry's agencies: the answer must be a refusal."""

    def __init__(self, order: str, place: int = 0) -> None:
        """`order`: the id of the order. `place`: which of the entries appended together it forbids."""
        super().__init__(f"Order {order} is in force for one of the requester's agencies.")
        self.order = order
        self.place = place


class BrokenLog(NotPossible):
    """The stored log is not what was signed: nothing may be served until a person has looked into it."""


class OtherBeginning(BrokenLog):
    """Entry 0 in the audit database is not the one that this city began with."""

    def __init__(self) -> None:
        """Set the message, which says what to do."""
        super().__init__(
            "Entry 0 of the log is not the one that this city began with, so it is not treated as a demonstration; run "
            "openclear log verify and restore the audit database."
        )
