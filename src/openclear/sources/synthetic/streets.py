"""Addresses on the grid of the invented city: consistent blocks, beats and points."""

from dataclasses import dataclass
from functools import cache
from random import Random

from openclear.sources.synthetic.grid import Area, areas, point_at
from openclear.sources.synthetic.invented import table
from openclear.vocabulary.city import city

# Streets that run north and south are at an address number west (+) or east (-) of the origin, others north or south.
_NORTH_SOUTH, _EAST_WEST = "north-south", "east-west"


@dataclass(frozen=True, slots=True)
class Place:
    """A place as in a report: exact address, block as published, area, district, beat, point."""

    address: str
    block: str
    area: Area
    beat: str
    latitude: float
    longitude: float


def draw_place(random: Random) -> Place:
    """Return a place near the center of an area, on one of the streets that pass it."""
    known, weights, streets_of = _city()
    near = random.choices(known, weights)[0]
    west, north = random.gauss(near.west, 300), random.gauss(near.north, 300)
    along_north_south = random.random() < 0.55
    streets = streets_of[_NORTH_SOUTH if along_north_south else _EAST_WEST]
    street = min(streets, key=lambda name: abs(streets[name] - (west if along_north_south else north)))
    if along_north_south:
        west, number, side = streets[street], north, "N" if north >= 0 else "S"
    else:
        north, number, side = streets[street], west, "W" if west >= 0 else "E"
    return _place(street, side, abs(round(number)), west, north)


@cache
def _city() -> tuple[list[Area], list[int], dict[str, dict[str, int]]]:
    known = areas()
    streets: dict[str, dict[str, int]] = {_NORTH_SOUTH: {}, _EAST_WEST: {}}
    for row in table("streets.csv"):
        streets[row["runs"]][row["name"]] = int(row["at"])
    return known, [area.weight for area in known], streets


def _place(street: str, side: str, number: int, west: float, north: float) -> Place:
    area = min(_city()[0], key=lambda area: (area.west - west) ** 2 + (area.north - north) ** 2)
    latitude, longitude = point_at(west, north)
    return Place(
        address=f"{number} {side} {street}",
        block=f"{number // 100:03d}XX {side} {street}",
        area=area,
        beat=_beat(area.district, west, north),
        latitude=latitude,
        longitude=longitude,
    )


def _beat(district: str, west: float, north: float) -> str:
    # A sector and a beat within it, after as much of the district as beats of this city begin with.
    told = city().formats.district_in_beat
    sector, beat = int(abs(west)) // 400 % 3 + 1, int(abs(north)) // 400 % 4 + 1
    begins = district[-told:] if told else ""
    return (
        begins
        + f"{sector}{beat}".zfill(city().formats.beat - len(begins))[len(begins) - city().formats.beat :]
    )
