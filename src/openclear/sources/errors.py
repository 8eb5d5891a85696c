"""Errors in a file to be imported."""

from openclear.vocabulary.errors import NotPossible


class WrongFile(NotPossible):
    """The file is not one that this source reads: one sentence says why and what to do."""


class BrokenOff(Exception):
    """The file cannot be read further."""

    def __init__(self, line: int, why: str) -> None:
        """`line`: the last one that was read."""
        super().__init__(why)
        self.line, self.why = line, why


class BadValue(ValueError):
    """One value of one row is invalid; the row goes to the rejects."""

    def __init__(self, column: str, reason: str) -> None:
        """`column`: its heading in API form."""
        super().__init__(reason)
        self.column, self.reason = column, reason
