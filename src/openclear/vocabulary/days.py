"""The days of the city: which day it is there, when a day begins and ends, and that a range of days ends after it begins."""

from datetime import UTC, date, datetime, timedelta

from openclear.vocabulary import clock
from openclear.vocabulary.city import city
from openclear.vocabulary.errors import WrongUsage

_ONE = timedelta(days=1)


class EndsBeforeItBegins(WrongUsage):
    """A range of days whose last day is before its first. `first`, `last`: the label, in English, and the day of each."""

    def __init__(self, first: tuple[str, date], last: tuple[str, date]) -> None:
        """Take both ends of the range."""
        self.first, self.last = first, last
        super().__init__(
            f"{last[0]} {last[1]} is before {first[0]} {first[1]}: the range ends before it begins. "
            "Correct one of the two days, or leave one out."
        )


def check_range(first: tuple[str, date | None], last: tuple[str, date | None]) -> None:
    """Raise EndsBeforeItBegins if both days are given and the last is before the first. Each is a label and a day."""
    if first[1] and last[1] and last[1] < first[1]:
        raise EndsBeforeItBegins((first[0], first[1]), (last[0], last[1]))


def today_here() -> date:
    """Return the current date in the city, which is not always the date in UTC."""
    return clock.now().astimezone(city().zone).date()


def bounds_of_day(day: date) -> tuple[datetime, datetime]:
    """Return the moments, in UTC, at which a day of the city and the next one begin."""
    first, last = (
        datetime(each.year, each.month, each.day, tzinfo=city().zone).astimezone(UTC)
        for each in (day, day + _ONE)
    )
    return first, last


def clock_time(moment: datetime) -> str:
    """Return the time of day of `moment` by the city's clock, to the second, such as `13:58:00`."""
    return f"{moment.astimezone(city().zone):%H:%M:%S}"


def end_time(moment: datetime) -> str:
    """Return the same for the end of a part of a day: `24:00:00` at midnight."""
    text = clock_time(moment)
    return "24:00:00" if text == "00:00:00" else text
