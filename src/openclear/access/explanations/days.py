"""A past day, part by part: which orders were in force when. An order does not hide what was answered before it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from openclear.access.gate.decide import policies
from openclear.access.gate.order_rows import is_blocking, rows_of
from openclear.access.gate.standing import read_standing
from openclear.access.models import OrderState, PolicyVersion
from openclear.access.policy.facts import Standing
from openclear.vocabulary import clock
from openclear.vocabulary.days import bounds_of_day, today_here
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.without_grant import without_grant


@dataclass(frozen=True, slots=True)
class PartOfDay:
    """A part of a day under the same orders, from `since` up to, but not including, `until`.

    `standing`: the orders in force in it. `day`: the date in UTC, by which the registry dates ties and agreements.
    """

    since: datetime
    until: datetime
    day: date
    standing: Standing


@without_grant("reads nothing: it makes a value of what was typed")
def day_of(text: str | None) -> date | None:
    """Return the day of the city that `text` names, or None without one. Raises WrongUsage for an invalid or future day."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise WrongUsage(f"'{text}' is not a day; write it as 2019-07-12.") from None
    if day > today_here():
        raise WrongUsage("Give a day in the past, or leave it out for today.")
    return day


@without_grant("reads orders, no record: for questions whose grants were required")
def parts_of(day: date, *, also: Iterable[datetime] = ()) -> list[PartOfDay]:
    """Return the parts of a day of the city, earliest first: a new one begins when an order changes its state.

    They also part at midnight UTC, where the registry's date changes, and at the moments `also`. The last part of today
    ends now. Orders are those in the tables, with the places that they cover now.
    """
    states = list(OrderState.objects.order_by("sequence"))
    begins, ends = bounds_of_day(day)
    ends = max(min(ends, clock.now()), begins + timedelta(microseconds=1))
    moments = {*also, *(state.moment for state in states if state.moment)}
    midnight = datetime.combine(day + timedelta(days=1), time(), UTC)
    inner = sorted(
        moment for moment in (*moments, midnight, midnight - timedelta(days=1)) if begins < moment < ends
    )
    cuts = [begins, *inner, ends]
    now = read_standing()
    return [
        PartOfDay(since, until, since.astimezone(UTC).date(), _standing_at(states, since, now))
        for since, until in pairwise(cuts)
    ]


@without_grant("reads the versions of the rules, no record")
def rules_held_on(day: date) -> bool:
    """Say whether the rules of this program were the city's during a whole day of the city."""
    begins, ends = bounds_of_day(day)
    versions = PolicyVersion.objects.order_by("pk")
    before = versions.filter(moment__lte=begins).last()
    held = [*([before] if before else []), *versions.filter(moment__gt=begins, moment__lt=ends)]
    return bool(held) and all(version.digest == policies().digest for version in held)


def _standing_at(states: Sequence[OrderState], moment: datetime, now: Standing) -> Standing:
    newest = {state.order: state for state in _until(states, moment)}
    blocking = rows_of(state for state in newest.values() if is_blocking(state.state))
    return Standing(now.epoch, tuple(blocking), now.rules)


def _until(states: Iterable[OrderState], moment: datetime) -> Iterable[OrderState]:
    # A state without a moment is older than the column.
    return (state for state in states if state.moment is None or state.moment <= moment)
