"""What oversight cannot do."""

from openclear.vocabulary.errors import NotPossible


class NoSuchOrder(NotPossible):
    """There is no order of this number."""


class LogNotProved(NotPossible):
    """A replay of the log found a fault, so nothing may be counted from it."""
