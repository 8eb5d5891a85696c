"""Errors in a file to be imported."""

from openclear.vocabulary.errors import NotPossible


class WrongFile(NotPossible):
    """The file is not one that this source reads: one sentence says why and what to do."""


class BadValue(ValueError):
    """One value of one row is invalid; the row goes to the rejects."""

    def __init__(self, column: str, reason: str) -> None:
        """`column`: its heading in API form."""
        super().__init__(reason)
        self.column, self.reason = column, reason
