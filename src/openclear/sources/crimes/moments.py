"""Days and times as the files of cities and the programs that people save them with write them. Pure.

The mapping's forms say how a day is written. A time of day may follow it on a clock of 12 or 24 hours, with or without
seconds, and with an offset from UTC; without an offset it is the city's own time.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache

from openclear.vocabulary.city import city

ISO = "iso"
_ISO_DAY = "%Y-%m-%d"
_NOON = 12
_BEFORE_TIME = re.compile("[T, ]*%[HI]")
_WRITTEN = re.compile(
    r"(?P<day>.*?)(?:[T ]\s*(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d+))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in the city's zone. `has_time`: a time of day was written; without one it is midnight."""

    at: datetime
    has_time: bool


@lru_cache(maxsize=4096)
def moment_of(forms: tuple[str, ...], text: str) -> Moment | None:
    """Return the moment that a text names in one of the mapping's forms, or None if it names none.

    `forms`: for strptime, or `iso`. An hour that contradicts AM or PM names none: 13:30 PM is 13:30, 13:30 AM is nothing.
    """
    told = _WRITTEN.fullmatch(text) if text.isascii() else None
    for form in forms:
        day_form = _ISO_DAY if form == ISO else _BEFORE_TIME.split(form)[0]
        with suppress(ValueError, OverflowError):
            if not day_form:  # the time is first: only as the form has it
                return Moment(datetime.strptime(text, form).replace(tzinfo=city().zone), has_time=True)
            if told:
                return _moment(told, _day(told["day"].strip(), day_form))
    return None


@lru_cache(maxsize=4096)
def _day(text: str, form: str) -> datetime:
    return datetime.strptime(text, form).replace(tzinfo=city().zone)


def _moment(told: re.Match[str], day: datetime) -> Moment:
    if told["hour"] is None:
        return Moment(day, has_time=False)
    clock = time(
        _hour(int(told["hour"]), (told["half"] or "")[:1].upper()),
        int(told["minute"]),
        int(told["second"] or 0),
        int((told["fraction"] or "0").ljust(6, "0")[:6]),
    )
    at = datetime.combine(day, clock, _zone(told["zone"]))
    return Moment(at.astimezone(city().zone), has_time=True)


def _hour(hour: int, half: str) -> int:
    if not half:
        return hour
    if hour == 0 or hour > _NOON:  # a clock of 24 hours, and the half of the day after it
        if (half == "P") != (hour > _NOON):
            raise ValueError(hour)
        return hour
    return hour % _NOON + (_NOON if half == "P" else 0)


def _zone(text: str | None) -> tzinfo:
    if not text:
        return city().zone
    if text in "Zz":
        return UTC
    minutes = 60 * int(text[1:3]) + int(text[3:].lstrip(":") or 0)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
