"""Months in which incidents changed: marked in the change's own transaction, read by everything that keeps data made from them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from openclear.records.models import ChangedMonth
from openclear.vocabulary.actions import Action
from openclear.vocabulary.city import city
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.without_grant import without_grant

# Each keeps something made from incidents, and takes its own notes.
ANALYSIS, PUBLISHING = "analysis", "publishing"
READERS = (ANALYSIS, PUBLISHING)


@without_grant("marks months; reads no record")
def month_of(moment: datetime) -> date:
    """Return the first day of the month, by the city's clock, that holds `moment`."""
    return moment.astimezone(city().zone).date().replace(day=1)


@without_grant("marks months; reads no record")
def bounds_of(month: date) -> tuple[datetime, datetime]:
    """Return the moments, in UTC, at which a month of the city and the next one begin."""
    following = (month + timedelta(days=32)).replace(day=1)
    first, last = (
        datetime(day.year, day.month, 1, tzinfo=city().zone).astimezone(UTC) for day in (month, following)
    )
    return first, last


@without_grant("marks months; reads no record")
def note_incidents(incidents: Iterable[tuple[UUID, datetime]]) -> None:
    """Mark the months of these incidents, given with their moments, as changed in them alone; within the change's transaction."""
    changed = [(incident, month_of(moment)) for incident, moment in incidents]
    ChangedMonth.objects.bulk_create(
        ChangedMonth(month=month, reader=reader, incident=incident)
        for incident, month in changed
        for reader in READERS
    )


@without_grant("marks months; reads no record")
def note_changes(moments: Iterable[datetime]) -> None:
    """Mark the months that hold `moments`, within the transaction of the change itself."""
    months = sorted({month_of(moment) for moment in moments})
    ChangedMonth.objects.bulk_create(
        ChangedMonth(month=month, reader=reader) for month in months for reader in READERS
    )


def changed_months(grant: Grant, *, reader: str) -> dict[date, list[int]]:
    """Return the months that changed since `reader` last took them, each with the notes that say so."""
    grant.require(Action.ANALYSIS_ASK, Action.EDITION_MAKE)
    found: dict[date, list[int]] = {}
    for month, number in (
        ChangedMonth.objects.filter(reader=reader).order_by("month").values_list("month", "pk")
    ):
        found.setdefault(month, []).append(number)
    return found


def changed_incidents(grant: Grant, *, changes: Iterable[int]) -> list[UUID] | None:
    """Return the incidents that these notes name; None if one of the notes means a whole month."""
    grant.require(Action.ANALYSIS_ASK, Action.EDITION_MAKE)
    named = ChangedMonth.objects.filter(pk__in=list(changes)).values_list("incident", flat=True)
    incidents = [incident for incident in named if incident is not None]
    return incidents if len(incidents) == len(named) else None


def clear_changes(grant: Grant, *, changes: Iterable[int]) -> None:
    """Remove the notes of months that were rebuilt. Those added meanwhile stay."""
    grant.require(Action.ANALYSIS_ASK, Action.EDITION_MAKE)
    ChangedMonth.objects.filter(pk__in=list(changes)).delete()
