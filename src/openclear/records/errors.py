"""What the warehouse does not accept."""

from openclear.vocabulary.errors import NotPossible


class NotARecord(NotPossible):
    """A row breaks an entry rule: the message says which."""
