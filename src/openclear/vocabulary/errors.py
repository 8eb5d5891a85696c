"""The base class of every error that a person may read."""


class OpenClearError(Exception):
    """One clear sentence that says what is wrong and what to do."""


class NotPossible(OpenClearError):
    """The request is understood but refused, or not proved: exit code 1."""


class WrongUsage(OpenClearError):
    """The request cannot be understood as written: exit code 2."""
