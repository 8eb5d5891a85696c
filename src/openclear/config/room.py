"""Which connections are closed when a process has few places or too much in memory: those of nobody first.

No connection is closed in the first second of a stage, so a client that sends its request in one piece is always
read.
"""

from collections.abc import Iterable

from openclear.config.requests import LARGEST_HEAD
from openclear.config.visits import Stage, Visit
from openclear.vocabulary.without_grant import without_grant

# Room is made when this few connections are left.
SPARE_CONNECTIONS = 50
GRACE_SECONDS = 1.0
# An answer that holds no agency, such as a style sheet, keeps no order waiting; once half the places are taken, the
# second number applies.
UNHELD_SECONDS, CROWDED_SECONDS = 300.0, 10.0
# What all connections together may keep in memory: received, or not yet sent.
LARGEST_WAITING = 256 * 1024 * 1024


@without_grant("sets a process up; reads no record")
def can_make_room(visit: Visit, now: float) -> bool:
    """Say whether `visit` may be closed for another: its stage has lasted a second, and nobody loses an answer."""
    return _rank(visit) is not None and now - visit.began > GRACE_SECONDS


@without_grant("sets a process up; reads no record")
def who_makes_room(visits: Iterable[Visit], now: float) -> list[Visit]:
    """Return the connections that may be closed for another, in order: within a kind the oldest first."""
    able = [visit for visit in visits if can_make_room(visit, now)]
    return sorted(able, key=lambda visit: (_rank(visit) or 0, visit.began))


def _rank(visit: Visit) -> int | None:
    if visit.stage is Stage.SENDING:
        return None if visit.line.is_carrying else 0
    if visit.stage is Stage.LINGERING:
        return 1
    if visit.stage is not Stage.READING:
        return None
    if not visit.line.incoming.has_head:
        return 2
    return 4 if visit.line.incoming.is_of_somebody else 3


@without_grant("sets a process up; reads no record")
def who_takes_too_much(visits: Iterable[Visit]) -> Visit | None:
    """Return the connection to reset while all together use too much memory, or None.

    If more was received than waits to be sent, it is the largest request that no thread is working on; otherwise the
    oldest answer.
    """
    visits = list(visits)
    received = {visit: visit.line.incoming.memory for visit in visits}
    waiting = sum(visit.line.waiting for visit in visits)
    if sum(received.values()) + waiting <= LARGEST_WAITING:
        return None
    large = [visit for visit in visits if visit.stage is not Stage.WORKING and received[visit] > LARGEST_HEAD]
    if large and sum(received[visit] for visit in large) > waiting:
        return max(large, key=lambda visit: received[visit])
    sent = [visit for visit in visits if visit.stage is Stage.SENDING and visit.line.waiting]
    return min(sent, key=lambda visit: visit.began, default=None)
