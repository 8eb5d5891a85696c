"""Years and spans compared: always on equal days, never with days after today or days that the city has no records of."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from openclear.analysis.periods import Comparison, Days, equal_spans, years_of
from openclear.analysis.questions import EVERYTHING, daily_counts, first_and_last
from openclear.analysis.rows import FigureFilters, YearCount
from openclear.vocabulary.actions import Action
from openclear.vocabulary.grants import Grant

DAYS_BEFORE, YEAR_BEFORE = "days-before", "year-before"


def days_with_records(grant: Grant) -> Days | None:
    """Return the days from the city's first incident to its last, not after today; None if there are no incidents.

    Filters make no difference: a day without an incident of one offense is a day with records.
    """
    grant.require(Action.ANALYSIS_ASK)
    ends = first_and_last(grant)
    return Days(*ends) if ends else None


def counted_days(grant: Grant, *, filters: FigureFilters = EVERYTHING) -> Days | None:
    """Return the days that figures under these filters count: those of the filters that have records."""
    grant.require(Action.ANALYSIS_ASK)
    held = days_with_records(grant)
    return held.within(_asked(filters)) if held else None


def year_over_year(grant: Grant, *, filters: FigureFilters = EVERYTHING) -> list[YearCount]:
    """Return each year's incidents on its counted days, compared with the year before on the days that both have.

    A year that is not over, or that the filters or the records cut off, is compared on those of its days that the year
    before has too.
    """
    grant.require(Action.ANALYSIS_ASK)
    held = counted_days(grant, filters=filters)
    if held is None:
        return []
    daily = daily_counts(grant, filters=filters)
    before: Days | None = None
    found: list[YearCount] = []
    for year in years_of(held):
        found.append(YearCount(year.first.year, year.counted(daily), year, _with_year(year, before, daily)))
        before = year
    return found


def comparisons(grant: Grant, *, filters: FigureFilters = EVERYTHING) -> list[Comparison]:
    """Return the incidents of chosen days compared with as many days before, and with the same days of the year before.

    Each only if the city has records of those days; nothing if no first day was chosen. A period that is not over is
    compared with as many days of the one before.
    """
    grant.require(Action.ANALYSIS_ASK)
    held = days_with_records(grant)
    chosen = held.within(_asked(filters)) if held and filters.since else None
    if held is None or chosen is None:
        return []
    length = Days(chosen.first, filters.until).count if filters.until else chosen.count
    earlier = (
        (DAYS_BEFORE, chosen.earlier(length) if chosen.first.toordinal() > length else None),
        (YEAR_BEFORE, chosen.a_year_earlier()),
    )
    return [
        _compared(grant, filters, kind, chosen, before)
        for kind, before in earlier
        if before and before.is_within(held)
    ]


def _asked(filters: FigureFilters) -> Days:
    return Days(filters.since or date.min, filters.until or date.max)


def _compared(grant: Grant, filters: FigureFilters, kind: str, chosen: Days, before: Days) -> Comparison:
    now, then = (
        sum(daily_counts(grant, filters=replace(filters, since=span.first, until=span.last)).values())
        for span in (chosen, before)
    )
    return Comparison(kind, chosen, now, before, then)


def _with_year(year: Days, before: Days | None, daily: Mapping[date, int]) -> Comparison | None:
    spans = equal_spans(year, before) if before else None
    if spans is None:
        return None
    shared, earlier = spans
    return Comparison(YEAR_BEFORE, shared, shared.counted(daily), earlier, earlier.counted(daily))
