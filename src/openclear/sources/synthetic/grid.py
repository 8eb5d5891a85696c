"""The address grid of the invented city: areas, districts, and the point of an address.

`west` and `north` are address numbers from the origin; east and south are negative.
"""

import math
from dataclasses import dataclass

from openclear.sources.synthetic.invented import table, told


@dataclass(frozen=True, slots=True)
class Area:
    """One area, the police district of its center, the position of the center, and its share of the calls."""

    number: int
    name: str
    district: str
    west: int
    north: int
    weight: int


def districts() -> dict[str, str]:
    """Return the names of the police districts by number."""
    return {row["number"]: row["name"] for row in table("districts.csv")}


def areas() -> list[Area]:
    """Return the areas, by number."""
    return [
        Area(
            int(row["number"]),
            row["name"],
            row["district"],
            *(int(row[name]) for name in ("west", "north", "weight")),
        )
        for row in table("areas.csv")
    ]


def point_at(west: float, north: float) -> tuple[float, float]:
    """Return latitude and longitude (WGS 84, degrees) of a place on the address grid."""
    grid = told("grid")
    latitude = grid["origin_latitude"] + north / grid["numbers_per_mile"] / grid["miles_per_degree"]
    degree = grid["miles_per_degree"] * math.cos(math.radians(grid["origin_latitude"]))
    return round(latitude, 9), round(grid["origin_longitude"] - west / grid["numbers_per_mile"] / degree, 9)
