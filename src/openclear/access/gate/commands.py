"""Mistakes of commands: the program's answer on the command line leaves only after an entry, as a page's does (law 2)."""

import threading

from openclear.access.errors import NotAnswered, Refused
from openclear.audit import log
from openclear.audit.errors import BrokenLog, LogUnavailable
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

# These have their entry, or there is no log that could take one.
_NOT_LOGGED = (Refused, NotAnswered, LogUnavailable, BrokenLog)


class _Command(threading.local):
    """What a thread's command was let in for, and how many entries the thread had appended by then."""

    runs: bool = False
    grant: Grant | None = None
    appended: int = 0


_command = _Command()


@without_grant("part of the gate, which makes the grants")
def begin_command() -> None:
    """Remember from now on what this thread is let in for. Called by the program before it runs a verb."""
    _command.runs, _command.grant = True, None


@without_grant("part of the gate, which makes the grants")
def remember(grant: Grant) -> None:
    """Remember the first grant of a command: the person who gives it."""
    if _command.runs and _command.grant is None:
        _command.grant, _command.appended = grant, log.appended()


@without_grant("part of the gate, which makes the grants")
def unlogged(error: Exception) -> Grant | None:
    """Return the grant under which a command failed, unless something was logged since; and end the remembering."""
    grant, _command.runs, _command.grant = _command.grant, False, None
    if grant is None or isinstance(error, _NOT_LOGGED) or log.appended() != _command.appended:
        return None
    return grant
