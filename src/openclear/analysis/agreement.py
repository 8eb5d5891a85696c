"""Differences between recorded and computed places: the beat on the report and the polygon that contains its point."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape

from openclear.analysis.questions import EVERYTHING, points
from openclear.analysis.rows import FigureFilters
from openclear.records.boundaries.queries import boundaries_of_kind
from openclear.records.boundaries.rows import BOUNDARY_KINDS
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible, WrongUsage
from openclear.vocabulary.grants import Grant

# Published points are moved along their block, which is an eighth of a mile long: 201 meters.
BLOCK_METRES = 201
METRES_PER_DEGREE = 111_195
_COLUMN = {"beat": "beat", "community-area": "community_area", "district": "district", "ward": "ward"}
_LONG_AGO, _FAR_AHEAD = date(1800, 1, 1), date(9999, 1, 1)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many points are in the polygon that their report names, and why the others are not. Unit: incidents.

    `without_boundaries`: with a point and a recorded code, on a day for which the city has no boundaries of this kind.
    `compared`: all others with a point and a recorded code. Why they differ is taken from the boundaries of their day:
    `within_a_block`: the recorded polygon is at most a block away, and points are published up to a block away.
    `renamed`: no boundary of that day has the recorded code.
    """

    kind: str
    incidents: int
    without_point: int
    without_code: int
    without_boundaries: int
    compared: int
    equal: int
    renamed: int
    outside: int
    within_a_block: int
    farther: int

    @property
    def share(self) -> float | None:
        """Return the share of compared points that agree, between 0 and 1."""
        return round(self.equal / self.compared, 4) if self.compared else None


def agreement(grant: Grant, *, kind: str, filters: FigureFilters = EVERYTHING) -> Agreement:
    """Compare every recorded code of one kind with the polygon that contains the point, on the day of the incident.

    Raises WrongUsage for another kind, NotPossible if there are no boundaries of this kind.
    """
    grant.require(Action.ANALYSIS_ASK)
    if kind not in BOUNDARY_KINDS:
        raise WrongUsage(
            f"Boundaries have one of these kinds: {', '.join(BOUNDARY_KINDS)}; not '{kind[:20]}'."
        )
    held = boundaries_of_kind(grant, kind=kind)
    if not held:
        raise NotPossible(
            f"There are no boundaries of this kind yet; import them: openclear import {kind}s FILE."
        )
    found = points(grant, column=_COLUMN[kind], filters=filters)
    has_point, has_code = ~np.isnan(found["longitude"]), found["code"] != ""
    take = has_point & has_code
    verdicts = Counter(_verdicts(held, {name: values[take] for name, values in found.items()}))
    without = verdicts.pop("without_boundaries", 0)
    return Agreement(
        kind, len(take), int((~has_point).sum()), int((has_point & ~has_code).sum()), without, verdicts.total(),
        *(verdicts[name] for name in ("equal", "renamed", "outside", "within_a_block", "farther")),
    )  # fmt: skip


def _verdicts(held: list[Any], found: dict[str, Any]) -> list[str]:
    # The days on which the same boundaries were in force are one time; each is compared with these alone.
    edges = sorted(
        {
            _LONG_AGO,
            *(row.valid_from or _LONG_AGO for row in held),
            *(row.valid_to for row in held if row.valid_to),
        }
    )
    number = np.searchsorted(np.array(edges, "datetime64[D]"), found["day"], side="right") - 1
    verdicts: list[str] = []
    for place in np.unique(number):
        in_force = [
            row
            for row in held
            if (row.valid_from or _LONG_AGO) <= edges[place] < (row.valid_to or _FAR_AHEAD)
        ]
        verdicts += _of_one_time(in_force, {name: values[number == place] for name, values in found.items()})
    return verdicts


def _of_one_time(in_force: list[Any], found: dict[str, Any]) -> list[str]:
    if not in_force:
        return ["without_boundaries"] * len(found["code"])
    polygons = [shape(row.shape) for row in in_force]
    shapely.prepare(polygons)
    codes = np.array([row.code for row in in_force])
    places = shapely.points(found["longitude"], found["latitude"])
    number, polygon = shapely.STRtree(polygons).query(places, predicate="intersects")
    inside, equal = np.zeros(len(places), bool), np.zeros(len(places), bool)
    inside[number] = True
    equal[number[codes[polygon] == found["code"][number]]] = True
    return [
        "equal" if equal[one] else _reason(one, found, polygons, codes, places, inside=bool(inside[one]))
        for one in range(len(places))
    ]


def _reason(
    one: int, found: dict[str, Any], polygons: list[Any], codes: Any, places: Any, *, inside: bool
) -> str:
    recorded = np.flatnonzero(codes == found["code"][one])
    if not len(recorded):
        return "renamed"
    if not inside:
        return "outside"
    degrees = min(polygons[index].distance(places[one]) for index in recorded)
    return "within_a_block" if degrees * METRES_PER_DEGREE <= BLOCK_METRES else "farther"
