"""The only place that reads the computer's clock.

Times are UTC with hundredths of a second (CJIS Security Policy AU-8). No access decision depends on a clock: the
sequence of events comes from the epoch and the log.
"""

from datetime import UTC, date, datetime

# The finest time in a log header: `2026-11-23T12Z`, in UTC.
HOUR = "%Y-%m-%dT%HZ"


def now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the current date in UTC."""
    return now().date()


def stamp(moment: datetime) -> str:
    """Return `moment` as ISO 8601 in UTC with hundredths: `2026-11-23T12:00:00.00Z` (AU-8)."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 10_000:02d}Z"


def hour(moment: datetime) -> str:
    """Return the hour of `moment`, such as `2026-11-23T12Z`: the finest time in a log header."""
    return moment.astimezone(UTC).strftime(HOUR)
