"""One month converted to what the public may have. Pure: incidents in, published rows out."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from openclear.publishing.suppression import OTHER, Cell, coarsened, hidden_cells
from openclear.release.rows import PublicIncident
from openclear.vocabulary.city import city

# A square of about 200 meters: a block of a grid city is an eighth of a mile.
SQUARE_LATITUDE, SQUARE_LONGITUDE = 0.0018, 0.0024
Area = int | str


@dataclass(frozen=True, slots=True)
class Incident:
    """What publishing reads from a record. `occurred`: in local time. `is_sensitive`: no block is published for it."""

    occurred: datetime
    area: int | None
    primary_type: str
    description: str
    block: str
    latitude: float | None
    longitude: float | None
    arrest: bool | None
    is_sensitive: bool


@dataclass(frozen=True, slots=True)
class Withheld:
    """What the revisions of one month withheld: areas, types and cells (area, type), as in the records.

    `sensitive`: cells whose sensitive incidents they withheld.
    """

    areas: frozenset[Area] = frozenset()
    types: frozenset[str] = frozenset()
    cells: frozenset[tuple[Area, str]] = frozenset()
    sensitive: frozenset[tuple[Area, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Published:
    """A month as it may be published: its rows, its totals by primary type, and what neither it nor a later revision shows."""

    rows: Sequence[PublicIncident]
    totals: Mapping[str, int]
    withheld: Withheld


def published(incidents: Sequence[Incident], before: Withheld | None = None) -> Published:
    """Return a month as it may be published. `before`: what its earlier revisions withheld, if there are any.

    A row whose cell (community area, primary type) is hidden shows only its area, or not even that if the area is too
    small; so does a sensitive row of a cell with fewer than three of them. Every other row shows its hour, its block
    and the point of that block; a sensitive one only its area and type.

    A reader with two revisions of a month must not learn more than from one (docs/adr/0017): a later one shows
    nothing of a cell that an earlier one hid, and its hidden rows do not show their area.
    """
    held = before or Withheld()
    names = _Names(
        coarsened((row.area or OTHER for row in incidents), also=held.areas),
        coarsened((row.primary_type for row in incidents), also=held.types),
    )
    placed = [(row, names.cell_of(row.area or OTHER, row.primary_type)) for row in incidents]
    counts = Counter(cell for _, cell in placed)
    hidden = hidden_cells(
        counts,
        sensitive=Counter(cell for row, cell in placed if row.is_sensitive),
        also=names.cells_of(held.cells),
        also_sensitive=names.cells_of(held.sensitive),
    )
    gone = {cell for cell, amount in hidden.items() if amount == counts[cell]}
    told = [(cell not in hidden) if row.is_sensitive else (cell not in gone) for row, cell in placed]
    points = points_of_blocks([row for row, is_told in zip(incidents, told, strict=True) if is_told])
    rows = [
        _told(row, points) if is_told else _withheld(OTHER if before else cell[0])
        for (row, cell), is_told in zip(placed, told, strict=True)
    ]
    totals = Counter(str(names.types[row.primary_type]) for row in incidents)
    return Published(sorted(rows, key=_order), dict(totals), _held_now(held, names, placed, hidden, gone))


@dataclass(frozen=True, slots=True)
class _Names:
    """The published names of the areas and types of a month."""

    areas: Mapping[Area, Area | str]
    types: Mapping[str, str]

    def cell_of(self, area: Area, kind: str) -> Cell:
        return self.areas[area], self.types[kind]

    def cells_of(self, held: Iterable[tuple[Area, str]]) -> set[Cell]:
        return {self.cell_of(area, kind) for area, kind in held if area in self.areas and kind in self.types}


def _held_now(
    held: Withheld,
    names: _Names,
    placed: Iterable[tuple[Incident, Cell]],
    hidden: Mapping[Cell, int],
    gone: AbstractSet[Cell],
) -> Withheld:
    cells, sensitive = set(), set()
    for row, cell in placed:
        if cell in gone:
            cells.add((row.area or OTHER, row.primary_type))
        if cell in hidden and row.is_sensitive:
            sensitive.add((row.area or OTHER, row.primary_type))
    return Withheld(
        held.areas | {area for area, name in names.areas.items() if name == OTHER},
        held.types | {kind for kind, name in names.types.items() if name == OTHER},
        held.cells | cells,
        held.sensitive | sensitive,
    )


def points_of_blocks(incidents: Sequence[Incident]) -> dict[str, tuple[float, float]]:
    """Return one point for each block: the center of the 200-meter square that contains the middle of its incidents.

    `incidents`: those that are shown; hidden ones must not move a point. Sensitive ones are shown without a block, so
    they do not count either. Every incident of a block has the same point, so a point says no more than a block does.
    """
    found: dict[str, list[tuple[float, float]]] = {}
    for row in incidents:
        if row.latitude is not None and row.longitude is not None and not row.is_sensitive:
            found.setdefault(row.block, []).append((row.latitude, row.longitude))
    return {
        block: (
            _centre(median(place[0] for place in places), SQUARE_LATITUDE),
            _centre(median(place[1] for place in places), SQUARE_LONGITUDE),
        )
        for block, places in found.items()
    }


def _centre(degrees: float, side: float) -> float:
    return round((math.floor(degrees / side) + 0.5) * side, 5)


def _withheld(area: object) -> PublicIncident:
    return PublicIncident(area if isinstance(area, int) else None, "", "", "", None, None, None, None)


def _told(row: Incident, points: Mapping[str, tuple[float, float]]) -> PublicIncident:
    hour = row.occurred.replace(minute=0, second=0, microsecond=0)
    if row.is_sensitive:
        # No arrest flag either: it would distinguish one of the group from the others.
        return PublicIncident(row.area, row.primary_type, "", "", None, None, None, None)
    if not re.match(city().formats.block, row.block):
        # If a source has addresses instead of blocks, nothing finer than a block is published.
        return PublicIncident(row.area, row.primary_type, row.description, "", hour, None, None, row.arrest)
    latitude, longitude = points.get(row.block, (None, None))
    return PublicIncident(
        row.area, row.primary_type, row.description, row.block, hour, latitude, longitude, row.arrest
    )


def _order(row: PublicIncident) -> tuple[object, ...]:
    # The order of the rows says nothing about the order of the records.
    hour = row.hour.isoformat() if row.hour else ""
    return (hour, row.area or 0, row.primary_type, row.block, row.description, row.arrest is True)
