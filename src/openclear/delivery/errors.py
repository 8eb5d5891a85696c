"""Errors about saved work."""

from openclear.vocabulary.errors import NotPossible


class Gone(NotPossible):
    """There is no such export, alert or link for this person, or it has ended: the same message for both."""
