"""Chicago as facts: police districts, community areas, and the address grid with its origin at State and Madison.

Eight hundred address numbers are one mile. `west` and `north` are address numbers from the origin; east and
south are negative. The centres of areas are rounded to the nearest hundred and are for orientation alone.
"""

import math
from dataclasses import dataclass
from functools import cache

from openclear.vocabulary.offenses import read_table

ORIGIN_LATITUDE, ORIGIN_LONGITUDE = 41.88205, -87.62780
NUMBERS_PER_MILE = 800
MILES_PER_DEGREE = 69.05


@dataclass(frozen=True, slots=True)
class CommunityArea:
    """One of the 77 community areas, the police district of its centre, and where that centre is."""

    number: int
    name: str
    district: str
    west: int
    north: int


@cache
def districts() -> dict[str, str]:
    """Return the names of the 22 police districts by their three-digit number."""
    return {row["number"]: row["name"] for row in read_table("districts.csv")}


@cache
def community_areas() -> dict[int, CommunityArea]:
    """Return the 77 community areas by number."""
    rows = read_table("community_areas.csv")
    areas = [
        CommunityArea(int(row["number"]), row["name"], row["district"], int(row["west"]), int(row["north"]))
        for row in rows
    ]
    return {area.number: area for area in areas}


def point_at(west: float, north: float) -> tuple[float, float]:
    """Return latitude and longitude (WGS 84, degrees) of a place on the address grid."""
    latitude = ORIGIN_LATITUDE + north / NUMBERS_PER_MILE / MILES_PER_DEGREE
    degree = MILES_PER_DEGREE * math.cos(math.radians(ORIGIN_LATITUDE))
    return round(latitude, 9), round(ORIGIN_LONGITUDE - west / NUMBERS_PER_MILE / degree, 9)


def area_near(west: float, north: float) -> CommunityArea:
    """Return the community area whose centre is nearest to a place on the address grid."""
    return min(
        community_areas().values(), key=lambda area: (area.west - west) ** 2 + (area.north - north) ** 2
    )
