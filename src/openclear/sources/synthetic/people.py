"""The invented people: names, descriptors, homes, identifiers, vehicles, handling labels."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from openclear.records.rules import record_id
from openclear.sources.synthetic.invented import told
from openclear.sources.synthetic.names import draw_name, other_names
from openclear.sources.synthetic.streets import draw_place
from openclear.vocabulary.city import city
from openclear.vocabulary.labels import NO_LABEL, Label

SOURCE = "synthetic"
Row = dict[str, Any]
_HAIR = ("BLACK", "BLACK", "BLACK", "BROWN", "BROWN", "BLONDE", "RED")
_EYES = ("BROWN", "BLUE", "GREEN", "HAZEL")
_MARKS = ("", "", "", "scar on left forearm", "tattoo: rose, right hand", "tattoo: initials on neck",
          "gold upper tooth", "tattoo: star behind ear", "scar above right eye")  # fmt: skip
_MAKES = {"Toyota": ("Camry", "Corolla"), "Honda": ("Civic", "Accord"), "Ford": ("Fusion", "Explorer"),
          "Chevrolet": ("Malibu", "Impala"), "Nissan": ("Altima", "Sentra"), "Jeep": ("Cherokee", "Compass"),
          "Hyundai": ("Elantra", "Sonata"), "Kia": ("Optima", "Soul"), "Dodge": ("Charger", "Durango")}  # fmt: skip
_COLORS = ("black", "white", "silver", "gray", "blue", "red", "green", "beige")
_ADULT = 18
# One person in this many has the label.
_RARE = {
    Label.INFORMANT: 900,
    Label.GANG: 120,
    Label.INTELLIGENCE: 500,
    Label.SEALED: 150,
    Label.EXPUNGED: 300,
}


@dataclass
class Rows:
    """Rows by table, as they are inserted."""

    tables: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, row: Row) -> None:
        """Add one row."""
        self.tables.setdefault(table, []).append(row)


def draw_people(random: Random, count: int, until: date) -> Iterator[tuple[int, Rows]]:
    """Yield the people one by one, as rows of all their tables."""
    for number in range(count):
        rows = Rows()
        labels = _draw_person(random, rows, number, until)
        if random.random() < 0.5:
            _draw_vehicle(random, rows, number)
        yield labels, rows


def _draw_person(random: Random, rows: Rows, number: int, until: date) -> int:
    name = draw_name(random)
    age = min(88.0, max(12.0, random.gammavariate(6, 4.2) + 8))
    labels = _labels(random, age)
    person = record_id(SOURCE, "person", str(number))
    place = draw_place(random)
    tall = 69 if name.sex == "M" else 64
    height = round(random.gauss(tall, 3))
    rows.add("person", {
        "source_id": str(number), "family": name.family, "given": name.given, "sex": name.sex,
        "birth_date": until - timedelta(days=int(age * 365.25)), "height_inches": height,
        "weight_pounds": max(85, round(random.gauss(height * 2.6, 25))), "hair": _hair(random, age),
        "eyes": random.choice(_EYES), "marks": random.choice(_MARKS), "home_address": place.address,
        "labels": labels,
    })  # fmt: skip
    names = [("main", name.given, name.family), *other_names(random, name)]
    for place_in_list, (kind, given, family) in enumerate(names):
        rows.add("name", {
            "source_id": f"{number}-{place_in_list}", "person_id": person, "kind": kind, "given": given,
            "family": family, "labels": labels,
        })  # fmt: skip
    _draw_addresses(Random(f"addresses of {number}"), rows, number, place.address, until)
    if random.random() < 0.45:
        rows.add("identifier", {
            "source_id": str(number), "person_id": person, "kind": "IR number",
            "value": f"IR9{number:07d}", "labels": labels,
        })  # fmt: skip
    return labels


def _draw_addresses(random: Random, rows: Rows, number: int, home: str, until: date) -> None:
    # A separate stream of random numbers: the rest of the city stays the same as before addresses were added.
    moved = until
    for place in range(1 + (random.random() < 0.4) + (random.random() < 0.15)):
        began = moved - timedelta(days=random.randrange(200, 2500))
        rows.add("address", {
            "source_id": f"{number}-{place}", "person_id": record_id(SOURCE, "person", str(number)),
            "kind": "former" if place else "home", "line": draw_place(random).address if place else home,
            "since": began, "until": moved if place else None, "labels": rows.tables["person"][0]["labels"],
        })  # fmt: skip
        moved = began


def _hair(random: Random, age: float) -> str:
    if random.random() * 110 < age - 35:
        return random.choice(("GRAY", "GRAY", "BALD"))
    return random.choice(_HAIR)


def _labels(random: Random, age: float) -> int:
    labels = Label.JUVENILE if age < _ADULT else NO_LABEL
    for label, one_in in _RARE.items():
        if random.randrange(one_in) == 0:
            labels |= label
    return labels.value


def _draw_vehicle(random: Random, rows: Rows, number: int) -> None:
    make = random.choice(list(_MAKES))
    rows.add("vehicle", {
        "source_id": str(number), "plate": f"OC{number:05d}", "plate_state": _plate_state(random),
        "year": random.randrange(2002, 2026), "make": make, "model": random.choice(_MAKES[make]),
        "color": random.choice(_COLORS), "registered_owner_id": record_id(SOURCE, "person", str(number)),
        "stolen": random.random() < 0.01,
    })  # fmt: skip


def _plate_state(random: Random) -> str:
    return city().plate_state if random.random() < 0.9 else str(told("grid")["neighbor_state"])
