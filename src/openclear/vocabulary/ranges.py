"""The limits on values in a city's records, and how its profile states them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from openclear.vocabulary.errors import WrongUsage

_NEEDED = ("earliest_birth", "earliest_boundary")
_DAYS = (*_NEEDED, "earliest_incident")
_COUNTS = ("wards", "community_areas", "districts")
_SPANS = ("latitude", "longitude", "x_coordinate", "y_coordinate")


@dataclass(frozen=True, slots=True)
class Ranges:
    """Limits on the values of records; a limit that the profile does not name is None and is not checked.

    No birth date, boundary or incident is older than the earliest. Wards, community areas and districts have the numbers
    from 1 to the number given. A point has a latitude and longitude, and plane coordinates, from the first number to the
    second. `unknown_points`: latitude and longitude that the city's files write where a place is not known.
    """

    earliest_birth: date
    earliest_boundary: date
    earliest_incident: date | None = None
    wards: int | None = None
    community_areas: int | None = None
    districts: int | None = None
    latitude: tuple[float, float] | None = None
    longitude: tuple[float, float] | None = None
    x_coordinate: tuple[float, float] | None = None
    y_coordinate: tuple[float, float] | None = None
    unknown_points: tuple[tuple[float, float], ...] = ()

    def holds(self, latitude: float, longitude: float) -> bool:
        """Say whether a point can be in the city: within its span of latitudes and of longitudes."""
        return is_within(latitude, self.latitude) and is_within(longitude, self.longitude)


def is_within(value: float, span: tuple[float, float] | None) -> bool:
    """Say whether a value is within a span, ends included; any value is within no span."""
    return span is None or span[0] <= value <= span[1]


def read_ranges(told: Mapping[str, Any]) -> Ranges:
    """Return the table [ranges] of a profile. Raises WrongUsage with one sentence about the first error in it."""
    known = {each.name for each in fields(Ranges)}
    if unknown := sorted(set(told) - known):
        raise WrongUsage(f"there is no ranges.{unknown[0]}; the names here are {', '.join(sorted(known))}.")
    if missing := [name for name in _NEEDED if name not in told]:
        raise WrongUsage(f"ranges.{missing[0]} is a day such as 1901-01-01; write it so.")
    return Ranges(**{name: _read(name, value) for name, value in told.items()})


def _read(name: str, value: Any) -> Any:
    if name in _DAYS:
        return _checked(name, value, "a day such as 1901-01-01", holds=type(value) is date)
    if name in _COUNTS:
        return _checked(
            name, value, "a whole number from 1 to 9999", holds=type(value) is int and 1 <= value <= 9999
        )
    if name in _SPANS:
        return tuple(
            _checked(
                name, value, "two numbers, the lower one first", holds=_are_two(value) and value[0] < value[1]
            )
        )
    holds = isinstance(value, list) and all(map(_are_two, value))
    _checked(name, value, "a list of points, each [latitude, longitude]", holds=holds)
    return tuple((float(point[0]), float(point[1])) for point in value)


def _are_two(value: Any) -> bool:
    return isinstance(value, list) and [type(part) in (int, float) for part in value] == [True, True]


def _checked(name: str, value: Any, meant: str, *, holds: bool) -> Any:
    if not holds:
        raise WrongUsage(f"ranges.{name} is {meant}; write it so.")
    return value
