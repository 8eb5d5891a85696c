"""Outlines of the invented city's areas and districts: the polygons in which its own rule puts a point."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import shapely
from shapely.geometry import MultiPoint, Point, mapping

from openclear.records.rows import BoundaryRow
from openclear.vocabulary.places import community_areas, districts, point_at

SINCE = date(2012, 12, 18)
# How far the city reaches beyond the outermost centres, in address numbers (800 are a mile).
MARGIN = 900


def draw_outlines() -> tuple[list[BoundaryRow], list[BoundaryRow]]:
    """Return the community areas and the districts. A point belongs to the area whose centre is nearest (Voronoi)."""
    cells = dict(_cells())
    areas = [
        BoundaryRow("community-area", str(number), area.name, _geojson(cells[number]), SINCE)
        for number, area in community_areas().items()
    ]
    parts: dict[str, list[Any]] = {}
    for number, area in community_areas().items():
        parts.setdefault(area.district, []).append(cells[number])
    outlines = [
        BoundaryRow("district", number, districts()[number], _geojson(shapely.union_all(shapes)), SINCE)
        for number, shapes in sorted(parts.items())
    ]
    return areas, outlines


def _cells() -> Iterator[tuple[int, Any]]:
    centres = {number: Point(area.west, area.north) for number, area in community_areas().items()}
    city = MultiPoint(list(centres.values())).convex_hull.buffer(MARGIN)
    cells = shapely.voronoi_polygons(MultiPoint(list(centres.values())), extend_to=city).geoms
    for number, centre in centres.items():
        cell = next(cell for cell in cells if cell.contains(centre))
        yield number, cell.intersection(city)


def _geojson(polygon: Any) -> Any:
    on_earth = shapely.transform(polygon, _degrees)
    return mapping(shapely.set_precision(on_earth, 1e-6))


def _degrees(grid: Any) -> Any:
    return [tuple(reversed(point_at(west, north))) for west, north in grid]
