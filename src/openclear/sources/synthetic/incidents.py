"""The invented incidents: place, hour, offense, who was in it, arrests with charges, cases."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from openclear.records.commands import record_id
from openclear.sources.synthetic.offense_mix import Kind, draw_hour, draw_kind
from openclear.sources.synthetic.people import SOURCE, Rows
from openclear.sources.synthetic.streets import Place, draw_place
from openclear.vocabulary.labels import NO_LABEL, Label
from openclear.vocabulary.offenses import iucr_codes

CHICAGO = ZoneInfo("America/Chicago")
DAYS = 540
CASE_EVERY = 60
_CASE_KINDS = ("case", "case", "case", "dispatch", "warrant")


def draw_incidents(random: Random, count: int, labels_of: Sequence[int], until: date) -> Iterator[Rows]:
    """Yield one incident after the other. `labels_of`: the handling labels of each person, by number."""
    for number in range(count):
        rows = Rows()
        kind, place = draw_kind(random), draw_place(random)
        domestic = random.random() < kind.domestic
        arrest = random.random() < kind.arrest
        occurred = _moment(random, kind, until)
        labels = _labels(kind, domestic=domestic)
        _add_incident(random, rows, number, kind, place, occurred, labels, arrest=arrest)
        suspect = _add_people(random, rows, number, labels_of, labels, arrest=arrest)
        if arrest:
            _add_arrest(rows, number, suspect, labels_of[suspect], kind, place, occurred)
        if number % CASE_EVERY == 0:
            _add_case(random, rows, number, kind, occurred, until)
        yield rows


def _moment(random: Random, kind: Kind, until: date) -> datetime:
    # More happens in summer and at weekends: of two days drawn the busier one is taken.
    days = [until - timedelta(days=random.randrange(1, DAYS)) for _ in range(2)]
    day = max(days, key=lambda drawn: (drawn.month in {6, 7, 8}) + (drawn.weekday() in {4, 5}))
    return datetime.combine(day, time(draw_hour(random, kind), random.randrange(60)), CHICAGO)


def _labels(kind: Kind, *, domestic: bool) -> int:
    assault = Label.SEXUAL_ASSAULT if kind.iucr.startswith("02") else NO_LABEL
    return (assault | (Label.DOMESTIC if domestic else NO_LABEL)).value


def _add_incident(  # noqa: PLR0913 - the facts of one incident
    random: Random, rows: Rows, number: int, kind: Kind, place: Place, occurred: datetime, labels: int, *, arrest: bool
) -> None:
    code, location = iucr_codes()[kind.iucr], random.choice(kind.places)
    rows.add("incident", {
        "source_id": str(number), "rd_number": f"ZZ{100000 + number:06d}", "occurred": occurred,
        "block": place.block, "location": location, "beat": place.beat, "district": place.area.district,
        "community_area": place.area.number, "latitude": place.latitude, "longitude": place.longitude,
        "arrest_made": arrest, "domestic": bool(labels & Label.DOMESTIC), "labels": labels,
        "narrative": f"Invented report. Assigned to a call of {code.primary_type.lower()} "
                     f"({code.description.lower()}) at the {location.lower()}, {place.address}. "
                     f"Beat {place.beat} answered{' and made an arrest' if arrest else ''}.",
    })  # fmt: skip
    rows.add("offense", {
        "source_id": str(number), "incident_id": record_id(SOURCE, "incident", str(number)), "iucr": kind.iucr,
        "primary_type": code.primary_type, "description": code.description, "nibrs": code.nibrs, "labels": labels,
    })  # fmt: skip


def _add_people(
    random: Random, rows: Rows, number: int, labels_of: Sequence[int], labels: int, *, arrest: bool
) -> int:
    incident = record_id(SOURCE, "incident", str(number))
    roles = ["victim"] if random.random() < 0.85 else ["reporting party"]
    roles += ["arrestee"] if arrest else ["suspect"] if random.random() < 0.25 else []
    # Few people are in many incidents: the square of a uniform draw prefers low numbers.
    people = [int(len(labels_of) * random.random() ** 2) for _ in roles]
    for role, person in zip(roles, people, strict=True):
        victim = Label.VICTIM.value if role == "victim" else 0
        rows.add("involvement", {
            "source_id": f"{number}-{role}", "person_id": record_id(SOURCE, "person", str(person)),
            "incident_id": incident, "role": role, "labels": labels | labels_of[person] | victim,
        })  # fmt: skip
    return people[-1]


def _add_arrest(  # noqa: PLR0913 - the facts of one arrest
    rows: Rows, number: int, person: int, labels: int, kind: Kind, place: Place, occurred: datetime
) -> None:
    rows.add("arrest", {
        "source_id": str(number), "person_id": record_id(SOURCE, "person", str(person)),
        "incident_id": record_id(SOURCE, "incident", str(number)), "cb_number": f"CB9{number:07d}",
        "made": occurred + timedelta(minutes=40), "beat": place.beat, "labels": labels,
    })  # fmt: skip
    code = iucr_codes()[kind.iucr]
    rows.add("charge", {
        "source_id": str(number), "arrest_id": record_id(SOURCE, "arrest", str(number)), "statute": kind.statute,
        "description": f"{code.primary_type}: {code.description}", "labels": labels,
    })  # fmt: skip


def _add_case(random: Random, rows: Rows, number: int, kind: Kind, occurred: datetime, until: date) -> None:
    opened = occurred.date()
    closed = opened + timedelta(days=random.randrange(20, 400))
    code, case_kind = iucr_codes()[kind.iucr], random.choice(_CASE_KINDS)
    rows.add("case", {
        "source_id": str(number), "number": f"{case_kind[0].upper()}Z-{opened.year}-{number:06d}", "kind": case_kind,
        "title": f"{code.primary_type.capitalize()}: {code.description.lower()}", "opened": opened,
        "closed": closed if closed < until else None,
        "incident_id": record_id(SOURCE, "incident", str(number)),
    })  # fmt: skip
