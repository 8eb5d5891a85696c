"""Filters for moments: by the city's clock, with the name of the zone, because an officer at night reads no other clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.utils.html import format_html

from openclear.vocabulary.city import city
from openclear.vocabulary.clock import HOUR

register = template.Library()
CLOCK, MINUTES, HUNDREDTHS = "%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"


@register.filter
def at(moment: datetime | None) -> str:
    """Return a moment to the minute with the zone's name, such as 2026-06-09 16:13 CDT; nothing for None."""
    return "" if moment is None else _element(moment, MINUTES)


@register.filter
def clock_at(moment: datetime | None) -> str:
    """Return the time of day of a moment whose day is known, such as 16:13 CDT; nothing for None."""
    return "" if moment is None else _element(moment, CLOCK)


@register.filter
def exactly_at(stamped: str) -> str:
    """Return the moment of an entry, as `clock.stamp` writes it, to the hundredth of a second; the text itself if it is none."""
    try:
        moment = datetime.fromisoformat(stamped)
    except ValueError:
        return stamped
    return _element(moment, f"{HUNDREDTHS}.{moment.microsecond // 10_000:02d}")


@register.filter
def in_hour(hour: str) -> str:
    """Return the hour of an entry, as `clock.hour` writes it, from its first to its last minute."""
    try:
        begins = datetime.strptime(hour, HOUR).replace(tzinfo=UTC)
    except ValueError:
        return hour
    last = begins.astimezone(city().zone) + timedelta(minutes=59)
    return _element(begins, f"{MINUTES}-{last:%H:%M}")


@register.filter
def entry_at(row: Any) -> str:
    """Return when an entry was made: exactly if the reader may read its body, otherwise its hour."""
    exact = str(row.body.get("time", ""))
    return exactly_at(exact) if exact else in_hour(str(row.header["hour"]))


@register.filter
def zone_of(moment: datetime) -> str:
    """Return the name of the city's zone at a moment: CDT; UTC-03 where the zone has no name."""
    name = moment.astimezone(city().zone).strftime("%Z")
    return name if name[:1].isalpha() else f"UTC{name}"


def _element(moment: datetime, form: str) -> str:
    local = moment.astimezone(city().zone)
    text = f"{local.strftime(form)} {zone_of(moment)}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), text)
