"""What oversight cannot do."""

from openclear.vocabulary.errors import NotPossible


class NoSuchOrder(NotPossible):
    """There is no order of this number."""
