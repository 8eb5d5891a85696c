"""Whether the compiled clearance and Cedar, asked for each of a row's labels, ever disagree: over worlds that nobody chose.

Not a matter of speed but of number: a hundred thousand decisions take minutes, so the tests compare the first five thousand.
"""

import random
from dataclasses import dataclass, field
from typing import Any

from bench.city import FEW, new_city
from openclear.access.policy.engine import HIDEABLE
from openclear.access.policy.facts import OrderRow, RequesterClass
from openclear.vocabulary.actions import RECORD_DATASETS, Action
from openclear.vocabulary.grants import Ground, Inquiry
from openclear.vocabulary.labels import Label, label_name
from openclear.vocabulary.purposes import POLICE_WORK, Purpose

DEFAULT_SCALE = "full"
DECISIONS = {"tiny": 500, "small": 5_000, "full": 100_000}
AGENCIES = (
    "il.chicago.pd",
    "us.doj.fbi",
    "us.dhs.ice.ero",
    "us.dhs.ice.hsi",
    "us.dhs.cbp",
    "il.isp",
    "il.oaklawn.pd",
)
ROLES = ("officer", "detective", "supervisor", "analyst", "records", "approver", "inspector-general")
PURPOSES = (*POLICE_WORK, Purpose.CRIME_ANALYSIS, Purpose.RECORDS_MAINTENANCE)
ACTS = (
    Action.PERSON_SEARCH,
    Action.INCIDENT_SEARCH,
    Action.VEHICLE_SEARCH,
    Action.ARREST_SEARCH,
    Action.CASE_VIEW,
)


def a_world(draw: random.Random) -> tuple[tuple[OrderRow, ...], RequesterClass, Inquiry]:
    """Return some orders, and somebody who asks something."""
    orders = tuple(
        OrderRow(
            f"2026-{number}",
            draw.choice(("us.dhs.ice", "us.dhs", "us.doj", "il.isp", "us.doj.fbi")),
            "in-force",
            draw.choice(("all", ("people",), ("people", "arrests"), ("vehicles",))),
            draw.choice(("all", ("traffic-stop",), ("criminal-investigation",))),
            "ground",
            number,
            draw.choice(((), ("il.oaklawn",))),
        )  # fmt: skip
        for number in range(draw.randrange(3))
    )
    agencies = tuple(sorted(draw.sample(AGENCIES, draw.randrange(1, 3))))
    subject = RequesterClass(
        agencies, tuple(sorted(draw.sample(ROLES, draw.randrange(1, 4)))), draw.random() < 0.5, draw.random() < 0.9,
        draw.random() < 0.9, "", tuple(sorted(draw.sample(RECORD_DATASETS, draw.randrange(3, len(RECORD_DATASETS) + 1)))),
    )  # fmt: skip
    ground = draw.choice((None, Ground("case", "", is_open=True)))
    ask = Inquiry(draw.choice(ACTS), draw.choice(PURPOSES), "C-1" if ground else "", ground)
    return orders, subject, ask


def by_cedar(engine: Any, subject: RequesterClass, ask: Inquiry, dataset: Any, labels: int) -> bool:
    """Say whether Cedar, asked for each of a row's labels, shows the row."""
    asked = [label_name(label) for label in Label if labels & label] or ["none"]
    return all(engine.seen(subject, ask, dataset, label=name).allowed for name in ["none", *asked])


@dataclass
class Compared:
    """How many rows were decided on, how many of them hidden, and where the two ways disagreed."""

    decisions: int = 0
    hidden: int = 0
    disagreements: list[Any] = field(default_factory=list)


def compare(least: int) -> Compared:
    """Compare at least so many decisions, the same ones each time."""
    from openclear.access.gate.decide import policies

    draw, compared = random.Random(2019), Compared()
    while compared.decisions < least:
        orders, subject, ask = a_world(draw)
        engine = policies().under(orders)
        compiled = engine.clearances(subject, ask)
        for dataset in RECORD_DATASETS:
            for _ in range(20):
                labels = sum({draw.choice(list(Label)).value for _ in range(draw.randrange(4))})
                shown = by_cedar(engine, subject, ask, dataset, labels)
                compared.decisions, compared.hidden = compared.decisions + 1, compared.hidden + (not shown)
                if compiled[dataset].shows(labels) != shown:
                    compared.disagreements.append((orders, subject, ask, dataset, labels))
            for name in HIDEABLE.get(dataset, ()):
                seen = _sees_field(engine, subject, ask, dataset, name)
                if (name not in compiled[dataset].hidden_fields) != seen:
                    compared.disagreements.append((orders, subject, ask, dataset, name))
    return compared


def _sees_field(engine: Any, subject: RequesterClass, ask: Inquiry, dataset: Any, name: str) -> bool:
    asked = ({"name": name}, {"label": "none"})
    return all(engine.seen(subject, ask, dataset, **what).allowed for what in asked)


def run(scale: str) -> list[dict[str, Any]]:
    """Return one row."""
    new_city(*FEW)
    compared = compare(DECISIONS[scale])
    return [
        {
            "decisions": compared.decisions,
            "hidden": round(compared.hidden / compared.decisions, 3),
            "disagreements": len(compared.disagreements),
        }
    ]
