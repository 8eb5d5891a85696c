"""Property of invented incidents: what was stolen and found again, or taken as evidence."""

from random import Random
from typing import Any

_ITEMS = (
    ("electronics", ("silver laptop", "black phone with a cracked screen", "game console", "camera in a brown case"), 900),
    ("jewelry", ("gold chain", "watch with a leather strap", "silver ring"), 1500),
    ("bicycle", ("red road bicycle", "blue child's bicycle", "electric bicycle"), 700),
    ("firearm", ("9 mm pistol", ".38 revolver"), 500),
    ("vehicle part", ("catalytic converter", "set of wheels"), 1200),
    ("currency", ("envelope of banknotes",), 400),
    ("other", ("backpack with tools", "kitchen knife", "ring of keys"), 60),
)  # fmt: skip
# One in this many incidents has an item.
ONE_IN = 6
_PLACES = ("Evidence and Recovered Property Section", "District evidence locker", "Released to the owner")


def draw_item(number: int) -> dict[str, Any] | None:
    """Return the item of the incident with this number, as a row of its table, or None; the same one on every machine.

    It is drawn separately, so the rest of the city is the same as without property.
    """
    random = Random(f"property {number}")
    if random.randrange(ONE_IN):
        return None
    kind, descriptions, most = random.choice(_ITEMS)
    return {
        "source_id": str(number), "inventory_number": f"9{number:07d}", "description": random.choice(descriptions),
        "kind": kind, "serial_number": f"SN{random.randrange(16**6):06X}{number}" if kind in {"electronics", "firearm"} else "",
        "value": random.randrange(most // 10, most), "location": random.choice(_PLACES),
    }  # fmt: skip
