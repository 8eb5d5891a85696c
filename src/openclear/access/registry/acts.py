"""Acts on orders, registry and accounts are done one at a time, and check all their conditions within their turn.

A condition checked before an act waited may no longer be true when it continues: an agency moved out of an order
that was being given, a tie ended under an order that had just come. So every act of this room is declared with
`one_at_a_time`, which takes the one lock before the first line of the act runs; `tests/access/registry/test_one_at_a_time.py`
fails for an act that is not.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar, cast

from openclear.access import barrier, gate
from openclear.access.ports import ports
from openclear.audit import urgency
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

# No agency's path and no person's lock has a blank, so this is neither's lock.
REGISTRY = "the registry"
# An order before this one takes a second at most; several may wait in line.
PATIENCE_SECONDS = 20.0
Act = TypeVar("Act", bound=Callable[..., Any])
_held_here: ContextVar[bool] = ContextVar("registry_held_here", default=False)


@without_grant("a lock, taken by the gate; reads nothing")
@contextmanager
def registry_held(*, as_it_is: bool = False) -> Iterator[None]:
    """Hold the one lock of all acts on orders, registry and accounts; do nothing within an act that holds it.

    The first to get it completes what an act that died left only in the log (except if the start, which compares more,
    takes it `as_it_is`). Readers never take it: no search waits for an act. Raises NotAnswered if it is not free
    within 20 s.
    """
    if _held_here.get():
        yield
        return
    with urgency.first():
        hold, _ = barrier.exclusive(REGISTRY, seconds=PATIENCE_SECONDS)
        mark = _held_here.set(True)
        try:
            if not as_it_is:
                ports.recovery.catch_up()
            yield
        finally:
            _held_here.reset(mark)
            hold.release()


@without_grant("a lock, taken by the gate; reads nothing")
def one_at_a_time(act: Act) -> Act:
    """Declare an act: it runs within the one lock, if those who do it (`grant`, `approval`) still may by then.

    Raises Refused, logged, if one of them no longer may.
    """

    @wraps(act)
    def in_turn(grant: Grant, **named: Any) -> Any:
        with _in_line() as waited:
            if waited:
                gate.recheck(grant, *[key for key in (named.get("approval"),) if key is not None])
            return act(grant, **named)

    in_turn.asks_within = REGISTRY  # type: ignore[attr-defined] # the test of all acts looks for it
    return cast("Act", in_turn)


@contextmanager
def _in_line() -> Iterator[bool]:
    # Whether this act is the outermost, the one that may have waited; an act within an act did not.
    outermost = not _held_here.get()
    with registry_held():
        yield outermost
