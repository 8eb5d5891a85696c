"""Addresses on Chicago's grid: blocks, beats and points that fit together."""

from dataclasses import dataclass
from random import Random

from openclear.vocabulary.places import CommunityArea, area_near, community_areas, point_at

# Streets that run north and south stand at an address number west (+) or east (-) of State Street.
_NORTH_SOUTH = {
    "STATE ST": 0, "HALSTED ST": 800, "RACINE AVE": 1200, "ASHLAND AVE": 1600, "DAMEN AVE": 2000,
    "WESTERN AVE": 2400, "CALIFORNIA AVE": 2800, "KEDZIE AVE": 3200, "CENTRAL PARK AVE": 3600,
    "PULASKI RD": 4000, "KOSTNER AVE": 4400, "CICERO AVE": 4800, "LARAMIE AVE": 5200, "CENTRAL AVE": 5600,
    "AUSTIN AVE": 6000, "NARRAGANSETT AVE": 6400, "HARLEM AVE": 7200, "DR MARTIN LUTHER KING JR DR": -400,
    "COTTAGE GROVE AVE": -800, "WOODLAWN AVE": -1200, "STONY ISLAND AVE": -1600, "JEFFERY BLVD": -2000,
    "MICHIGAN AVE": -100, "CLARK ST": 100, "SHERIDAN RD": 1000,
}  # fmt: skip
# Streets that run east and west stand at an address number north (+) or south (-) of Madison Street.
_EAST_WEST = {
    "MADISON ST": 0, "LAKE ST": 200, "CHICAGO AVE": 800, "DIVISION ST": 1200, "NORTH AVE": 1600,
    "ARMITAGE AVE": 2000, "FULLERTON AVE": 2400, "DIVERSEY AVE": 2800, "BELMONT AVE": 3200, "ADDISON ST": 3600,
    "IRVING PARK RD": 4000, "MONTROSE AVE": 4400, "LAWRENCE AVE": 4800, "FOSTER AVE": 5200, "DEVON AVE": 6400,
    "TOUHY AVE": 7200, "ROOSEVELT RD": -1200, "CERMAK RD": -2200, "31ST ST": -3100, "PERSHING RD": -3900,
    "47TH ST": -4700, "GARFIELD BLVD": -5500, "63RD ST": -6300, "71ST ST": -7100, "79TH ST": -7900,
    "87TH ST": -8700, "95TH ST": -9500, "103RD ST": -10300, "111TH ST": -11100, "127TH ST": -12700,
}  # fmt: skip
# How much of the city's calls an area has, where it is not the usual 3.
_BUSY = {25: 14, 8: 9, 32: 9, 28: 8, 43: 8, 23: 8, 29: 8, 67: 7, 71: 7, 68: 7, 49: 6, 66: 6, 69: 6, 24: 6, 44: 6,
         27: 6, 26: 6, 61: 5, 42: 5, 6: 5, 22: 5, 53: 4, 19: 4, 9: 1, 12: 1, 10: 1, 47: 1, 74: 1, 54: 1, 55: 1}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A place as a report names it: exact address, block as published, area, district, beat, point."""

    address: str
    block: str
    area: CommunityArea
    beat: str
    latitude: float
    longitude: float


def draw_place(random: Random) -> Place:
    """Return a place near the centre of an area, on one of the streets that pass it."""
    areas = list(community_areas().values())
    near = random.choices(areas, [_BUSY.get(area.number, 3) for area in areas])[0]
    west, north = random.gauss(near.west, 300), random.gauss(near.north, 300)
    along_north_south = random.random() < 0.55
    streets = _NORTH_SOUTH if along_north_south else _EAST_WEST
    street = min(streets, key=lambda name: abs(streets[name] - (west if along_north_south else north)))
    if along_north_south:
        west, number, side = streets[street], north, "N" if north >= 0 else "S"
    else:
        north, number, side = streets[street], west, "W" if west >= 0 else "E"
    return _place(street, side, abs(round(number)), west, north)


def _place(street: str, side: str, number: int, west: float, north: float) -> Place:
    area = area_near(west, north)
    sector, beat = int(abs(west)) // 400 % 3 + 1, int(abs(north)) // 400 % 4 + 1
    latitude, longitude = point_at(west, north)
    return Place(
        address=f"{number} {side} {street}",
        block=f"{number // 100:03d}XX {side} {street}",
        area=area,
        beat=f"{area.district[1:]}{sector}{beat}",
        latitude=latitude,
        longitude=longitude,
    )
