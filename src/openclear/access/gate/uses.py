"""When an account was last used: written once a day by each process, so that no request waits for it."""

from openclear.access.models import Officer
from openclear.vocabulary import clock
from openclear.vocabulary.without_grant import without_grant

# Handle and day of what this process wrote today; writing it twice changes nothing.
_noted: set[tuple[str, str]] = set()


@without_grant("part of the gate, which makes the grants")
def note_use(handle: str) -> None:
    """Remember that an account was used today: one that is not used for 90 days is disabled (AC-2(3))."""
    today = clock.today()
    mark = (handle, str(today))
    if mark in _noted:
        return
    if any(day != str(today) for _, day in _noted):
        _noted.clear()
    _noted.add(mark)
    Officer.objects.filter(handle=handle).exclude(last_used=today).update(last_used=today)
