"""What is wrong with a file that somebody wants to bring in."""

from openclear.vocabulary.errors import NotPossible


class WrongFile(NotPossible):
    """The file is not what this source reads: one sentence says why and what to do."""


class BadValue(ValueError):
    """One value of one row cannot be taken; the row goes to the rejects."""

    def __init__(self, column: str, reason: str) -> None:
        """`column`: as the file spells it in its API form."""
        super().__init__(reason)
        self.column, self.reason = column, reason
