"""What the warehouse refuses to take in."""

from openclear.vocabulary.errors import NotPossible


class NotARecord(NotPossible):
    """A row breaks an entry rule: the sentence says which."""
