"""How often each offense happens, where, at what hour, and how often with an arrest. Proportions are rounded."""

from dataclasses import dataclass
from functools import cache
from random import Random

from openclear.sources.synthetic.invented import table

HOURS = 24


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


@cache
def kinds() -> list[Kind]:
    """Return the mix of this city."""
    hours = {row["hours"]: tuple(int(row[str(hour)]) for hour in range(HOURS)) for row in table("hours.csv")}
    return [
        Kind(
            row["code"], int(row["weight"]), hours[row["hours"]], tuple(row["places"].split("|")),
            float(row["arrest"]), float(row["domestic"]), row["statute"],
        )
        for row in table("offenses.csv")
    ]  # fmt: skip


def draw_kind(random: Random) -> Kind:
    """Return the kind of one incident."""
    mix = kinds()
    return random.choices(mix, [kind.weight for kind in mix])[0]


def draw_hour(random: Random, kind: Kind) -> int:
    """Return the hour of one incident."""
    return random.choices(range(HOURS), kind.hours)[0]
