"""Which offenses happen how often, where, at what hour, and how often with an arrest. Proportions are rounded."""

from dataclasses import dataclass
from random import Random

_QUIET_TO_BUSY = (5, 4, 3, 3, 2, 2, 2, 3, 4, 5, 5, 5, 7, 6, 6, 7, 7, 7, 7, 7, 7, 6, 6, 6)
_NIGHT = (8, 8, 7, 5, 4, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 7, 8, 9, 9, 9)
_SHOP = (1, 0, 0, 0, 0, 0, 1, 1, 2, 4, 6, 8, 9, 9, 9, 9, 10, 10, 9, 7, 5, 3, 2, 1)
_DAY = (3, 1, 1, 1, 1, 1, 2, 4, 7, 9, 9, 9, 10, 8, 8, 8, 7, 7, 6, 5, 4, 4, 3, 3)

HOME = ("APARTMENT", "RESIDENCE", "RESIDENCE PORCH/HALLWAY")
STREET = ("STREET", "SIDEWALK", "ALLEY", "PARKING LOT/GARAGE(NON.RESID.)")
SHOPS = ("SMALL RETAIL STORE", "DEPARTMENT STORE", "GROCERY FOOD STORE", "DRUG STORE")
OUT = ("RESTAURANT", "BAR OR TAVERN", "CTA TRAIN", "CTA PLATFORM", "SCHOOL, PUBLIC, BUILDING")


@dataclass(frozen=True, slots=True)
class Kind:
    """One offense of the mix: weight, hours, places, shares of arrests and of domestic incidents, statute."""

    iucr: str
    weight: int
    hours: tuple[int, ...]
    places: tuple[str, ...]
    arrest: float
    domestic: float
    statute: str


KINDS = (
    Kind("0820", 95, _DAY, STREET + OUT, 0.04, 0.02, "720 ILCS 5/16-1(a)(1)"),
    Kind("0486", 92, _NIGHT, HOME, 0.20, 1.0, "720 ILCS 5/12-3.2(a)(1)"),
    Kind("0460", 68, _NIGHT, STREET + OUT, 0.18, 0.05, "720 ILCS 5/12-3(a)(1)"),
    Kind("1320", 55, _NIGHT, STREET, 0.03, 0.05, "720 ILCS 5/21-1(a)(1)"),
    Kind("1310", 52, _NIGHT, HOME + STREET, 0.06, 0.12, "720 ILCS 5/21-1(a)(1)"),
    Kind("0810", 50, _DAY, STREET + OUT, 0.02, 0.02, "720 ILCS 5/16-1(a)(1)"),
    Kind("0560", 48, _QUIET_TO_BUSY, STREET + OUT + HOME, 0.15, 0.10, "720 ILCS 5/12-1(a)"),
    Kind("0860", 40, _SHOP, SHOPS, 0.45, 0.0, "720 ILCS 5/16-25(a)(1)"),
    Kind("0890", 36, _DAY, OUT + HOME, 0.03, 0.01, "720 ILCS 5/16-1(a)(1)"),
    Kind("0910", 34, _NIGHT, STREET, 0.06, 0.01, "625 ILCS 5/4-103(a)(1)"),
    Kind("0610", 24, _DAY, HOME + SHOPS, 0.05, 0.01, "720 ILCS 5/19-1(a)"),
    Kind("2826", 18, _QUIET_TO_BUSY, HOME, 0.02, 0.3, "720 ILCS 5/26.5-3"),
    Kind("1153", 17, _DAY, HOME, 0.01, 0.0, "720 ILCS 5/16-30(a)(1)"),
    Kind("031A", 17, _NIGHT, STREET, 0.06, 0.0, "720 ILCS 5/18-2(a)(2)"),
    Kind("0320", 15, _NIGHT, STREET + OUT, 0.10, 0.0, "720 ILCS 5/18-1(a)"),
    Kind("0620", 13, _DAY, HOME, 0.05, 0.02, "720 ILCS 5/19-1(a)"),
    Kind("1365", 12, _QUIET_TO_BUSY, HOME, 0.15, 0.2, "720 ILCS 5/19-4(a)(1)"),
    Kind("1330", 12, _DAY, SHOPS + OUT, 0.55, 0.0, "720 ILCS 5/21-3(a)(1)"),
    Kind("143A", 16, _NIGHT, STREET, 0.85, 0.0, "720 ILCS 5/24-1.6(a)(1)"),
    Kind("2024", 11, _DAY, STREET, 1.0, 0.0, "720 ILCS 570/402(c)"),
    Kind("2022", 6, _NIGHT, STREET, 1.0, 0.0, "720 ILCS 570/402(c)"),
    Kind("1811", 5, _NIGHT, STREET, 0.95, 0.0, "720 ILCS 550/4(a)"),
    Kind("4387", 12, _QUIET_TO_BUSY, HOME, 0.25, 0.9, "720 ILCS 5/12-3.4(a)(1)"),
    Kind("041A", 13, _NIGHT, STREET, 0.05, 0.01, "720 ILCS 5/12-3.05(e)(1)"),
    Kind("051A", 14, _NIGHT, STREET, 0.20, 0.05, "720 ILCS 5/12-2(c)(1)"),
    Kind("0420", 8, _NIGHT, STREET + HOME, 0.25, 0.2, "720 ILCS 5/12-3.05(f)(1)"),
    Kind("0325", 6, _NIGHT, STREET, 0.08, 0.0, "720 ILCS 5/18-3(a)"),
    Kind("0281", 5, _NIGHT, HOME, 0.06, 0.2, "720 ILCS 5/11-1.20(a)(1)"),
    Kind("3710", 5, _NIGHT, STREET, 0.9, 0.0, "720 ILCS 5/31-1(a)"),
    Kind("1305", 4, _NIGHT, STREET, 0.1, 0.0, "720 ILCS 5/21-1.3(a)"),
    Kind("1020", 2, _NIGHT, STREET, 0.1, 0.02, "720 ILCS 5/20-1(a)(1)"),
    Kind("0110", 3, _NIGHT, STREET, 0.25, 0.05, "720 ILCS 5/9-1(a)(1)"),
)
_WEIGHTS = [kind.weight for kind in KINDS]
VEHICLE_OFFENSES = {"0910", "0325", "1320"}


def draw_kind(random: Random) -> Kind:
    """Return the kind of one incident."""
    return random.choices(KINDS, _WEIGHTS)[0]


def draw_hour(random: Random, kind: Kind) -> int:
    """Return the hour at which one happens."""
    return random.choices(range(24), kind.hours)[0]
