"""The invented incidents: place, hour, offense, people involved, arrests with charges, cases."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from openclear.records.rules import record_id
from openclear.sources.synthetic.invented import told
from openclear.sources.synthetic.offense_mix import Kind, draw_hour, draw_kind
from openclear.sources.synthetic.people import SOURCE, Rows
from openclear.sources.synthetic.property_items import draw_item
from openclear.sources.synthetic.streets import Place, draw_place
from openclear.vocabulary.city import city
from openclear.vocabulary.handling import handling_of
from openclear.vocabulary.labels import NO_LABEL, Label
from openclear.vocabulary.offenses import offense_codes

DAYS = 540
CASE_EVERY = 60
_CASE_KINDS = ("case", "case", "case", "dispatch", "warrant")


@dataclass(frozen=True, slots=True)
class _Drawn:
    number: int
    kind: Kind
    place: Place
    occurred: datetime
    labels: int
    domestic: bool
    arrest: bool


def draw_incidents(random: Random, count: int, labels_of: Sequence[int], until: date) -> Iterator[Rows]:
    """Yield the incidents one by one. `labels_of`: the handling labels of each person, by number."""
    for number in range(count):
        rows, drawn = Rows(), _draw(random, number, until)
        _add_incident(random, rows, drawn)
        people = _add_people(random, rows, drawn, labels_of)
        suspect = people[-1]
        if drawn.arrest:
            _add_arrest(rows, drawn, suspect, drawn.labels | labels_of[suspect])
        if number % CASE_EVERY == 0:
            _add_case(random, rows, drawn, until)
        if item := draw_item(number):
            owner = record_id(SOURCE, "person", str(people[0]))
            rows.add(
                "property",
                item | {"incident_id": _incident_id(drawn), "owner_id": owner, "labels": drawn.labels},
            )
        yield rows


def _draw(random: Random, number: int, until: date) -> _Drawn:
    kind, place = draw_kind(random), draw_place(random)
    domestic, arrest = random.random() < kind.domestic, random.random() < kind.arrest
    occurred = _moment(random, kind, until)
    labels = _labels(kind, domestic=domestic)
    return _Drawn(number, kind, place, occurred, labels, domestic=domestic, arrest=arrest)


def _moment(random: Random, kind: Kind, until: date) -> datetime:
    # More happens in summer and on weekends: of two random days, the busier one is used.
    days = [until - timedelta(days=random.randrange(1, DAYS)) for _ in range(2)]
    day = max(days, key=lambda drawn: (drawn.month in {6, 7, 8}) + (drawn.weekday() in {4, 5}))
    return datetime.combine(day, time(draw_hour(random, kind), random.randrange(60)), city().zone)


def _labels(kind: Kind, *, domestic: bool) -> int:
    code = offense_codes()[kind.iucr]
    labels = handling_of(code.code, code.primary_type, code.description).labels
    return (labels | (Label.DOMESTIC if domestic else NO_LABEL)).value


def _add_incident(random: Random, rows: Rows, drawn: _Drawn) -> None:
    code, place = offense_codes()[drawn.kind.iucr], drawn.place
    location = random.choice(drawn.kind.places)
    rows.add("incident", {
        "source_id": str(drawn.number), "rd_number": told("numbers")["incident"] % (told("numbers")["first"] + drawn.number), "occurred": drawn.occurred,
        "block": place.block, "location": location, "beat": place.beat, "district": place.area.district,
        "community_area": place.area.number if city().area_kind == "community-area" else None, "latitude": place.latitude, "longitude": place.longitude,
        "arrest_made": drawn.arrest, "domestic": drawn.domestic, "labels": drawn.labels,
        "narrative": f"Invented report. Assigned to a call of {code.primary_type.lower()} "
                     f"({code.description.lower()}) at the {location.lower()}, {place.address}. "
                     f"Beat {place.beat} answered.",
    })  # fmt: skip
    rows.add("offense", {
        "source_id": str(drawn.number), "incident_id": _incident_id(drawn), "iucr": drawn.kind.iucr,
        "primary_type": code.primary_type, "description": code.description, "nibrs": code.nibrs,
        "labels": drawn.labels,
    })  # fmt: skip


def _add_people(random: Random, rows: Rows, drawn: _Drawn, labels_of: Sequence[int]) -> list[int]:
    roles = ["victim"] if random.random() < 0.85 else ["reporting party"]
    roles += ["arrestee"] if drawn.arrest else ["suspect"] if random.random() < 0.25 else []
    # A few people are in many incidents: the square of a uniform draw prefers low numbers.
    people = [int(len(labels_of) * random.random() ** 2) for _ in roles]
    for role, person in zip(roles, people, strict=True):
        victim = Label.VICTIM.value if role == "victim" else 0
        rows.add("involvement", {
            "source_id": f"{drawn.number}-{role}", "person_id": record_id(SOURCE, "person", str(person)),
            "incident_id": _incident_id(drawn), "role": role,
            "labels": drawn.labels | labels_of[person] | victim,
        })  # fmt: skip
    return people


def _add_arrest(rows: Rows, drawn: _Drawn, person: int, labels: int) -> None:
    number = str(drawn.number)
    rows.add("arrest", {
        "source_id": number, "person_id": record_id(SOURCE, "person", str(person)),
        "incident_id": _incident_id(drawn), "cb_number": told("numbers")["arrest"] % drawn.number,
        "made": drawn.occurred + timedelta(minutes=40), "beat": drawn.place.beat, "labels": labels,
    })  # fmt: skip
    code = offense_codes()[drawn.kind.iucr]
    rows.add("charge", {
        "source_id": number, "arrest_id": record_id(SOURCE, "arrest", number), "statute": drawn.kind.statute,
        "description": f"{code.primary_type}: {code.description}", "labels": labels,
    })  # fmt: skip


def _add_case(random: Random, rows: Rows, drawn: _Drawn, until: date) -> None:
    opened = drawn.occurred.date()
    closed = opened + timedelta(days=random.randrange(20, 400))
    kind = random.choice(_CASE_KINDS)
    # Its subject is that of its incident; it has no other text.
    rows.add("case", {
        "source_id": str(drawn.number), "number": f"{kind[0].upper()}Z-{opened.year}-{drawn.number:06d}",
        "kind": kind, "opened": opened, "closed": closed if closed < until else None, "incident_id": _incident_id(drawn),
    })  # fmt: skip


def _incident_id(drawn: _Drawn) -> UUID:
    return record_id(SOURCE, "incident", str(drawn.number))
