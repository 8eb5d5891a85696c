"""An officer's own stops and calls, and all of a day for oversight."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet

from openclear.records.stops.models import Stop
from openclear.records.stops.rows import StopRow
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.city import city
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

MOST_WAITING = 20


def open_stop(grant: Grant) -> StopRow | None:
    """Return the stop or call that the holder has open, or None."""
    grant.require(Action.DESK_OPEN, Action.CASE_LIST, Action.STOP_START, Action.STOP_IDENTIFY)
    found = Stop.objects.filter(officer=grant.officer, ended=None, until__gt=clock.now()).first()
    return stop_row(found) if found else None


def silent_stops(grant: Grant) -> Sequence[StopRow]:
    """Return the holder's stops and calls that are over and of which the holder has not said what came of them, newest first."""
    grant.require(Action.DESK_OPEN)
    own = Stop.objects.filter(officer=grant.officer, outcome="").order_by("-opened")
    over = own.filter(Q(until__lte=clock.now()) | ~Q(ended=None))
    return [stop_row(found) for found in over[:MOST_WAITING]]


def stops_on(grant: Grant, *, day: date) -> Sequence[StopRow]:
    """Return every stop and call that was started on a day, by the city's clock, in order: for review by oversight."""
    grant.require(Action.LOG_VIEW_ALL)
    return [stop_row(found) for found in _started(day, day).order_by("opened", "number")]


def stops_before(grant: Grant, *, day: date, days: int) -> Mapping[str, int]:
    """Return how many stops and calls each officer started in so many days before a day: for review by oversight."""
    grant.require(Action.LOG_VIEW_ALL)
    earlier = _started(day - timedelta(days=days), day - timedelta(days=1))
    counted = earlier.values("officer").annotate(stops=Count("pk")).order_by("officer")
    return {row["officer"]: row["stops"] for row in counted}


@without_grant("shows a row that its caller may see")
def stop_row(found: Stop) -> StopRow:
    """Return a stop as it is shown; one whose hour is over ended when the hour was."""
    over = found.until if found.until <= clock.now() else None
    return StopRow(
        id=found.id,
        number=found.number,
        kind=found.kind,
        officer=found.officer,
        place=found.place,
        plate=found.plate,
        opened=found.opened,
        until=found.until,
        ended=found.ended or over,
        outcome=found.outcome,
        asked=found.asked,
    )


def _started(first: date, last: date) -> "QuerySet[Stop]":
    # By the city's clock, both days included.
    begin, end = (datetime.combine(day, time(), city().zone) for day in (first, last + timedelta(days=1)))
    return Stop.objects.filter(opened__gte=begin, opened__lt=end)
