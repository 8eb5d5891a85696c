"""Outlines of the invented city's areas and districts: the polygons that match its rule for points."""

from collections.abc import Iterator
from typing import Any

import shapely
from shapely.geometry import MultiPoint, Point, mapping

from openclear.records.boundaries.rows import BoundaryRow
from openclear.sources.synthetic.grid import areas, districts, point_at
from openclear.sources.synthetic.invented import told
from openclear.vocabulary.city import city

# How far the city reaches beyond the outermost centers, in address numbers (800 are a mile).
MARGIN = 900


def draw_outlines() -> list[list[BoundaryRow]]:
    """Return the districts, and the areas if the city has any.

    A point belongs to the area whose center is nearest (Voronoi).
    """
    cells, since = dict(_cells()), told("grid")["outlines_since"]
    parts: dict[str, list[Any]] = {}
    for area in areas():
        parts.setdefault(area.district, []).append(cells[area.number])
    of_districts = [
        BoundaryRow("district", number, districts()[number], _geojson(shapely.union_all(shapes)), since)
        for number, shapes in sorted(parts.items())
    ]
    of_areas = [
        BoundaryRow("community-area", str(area.number), area.name, _geojson(cells[area.number]), since)
        for area in areas()
    ]
    return [of_areas, of_districts] if city().area_kind == "community-area" else [of_districts]


def _cells() -> Iterator[tuple[int, Any]]:
    centers = {area.number: Point(area.west, area.north) for area in areas()}
    whole = MultiPoint(list(centers.values())).convex_hull.buffer(MARGIN)
    cells = shapely.voronoi_polygons(MultiPoint(list(centers.values())), extend_to=whole).geoms
    for number, center in centers.items():
        # A city of one area is that area.
        cell = next((cell for cell in cells if cell.contains(center)), whole)
        yield number, cell.intersection(whole)


def _geojson(polygon: Any) -> Any:
    on_earth = shapely.transform(polygon, _degrees)
    return mapping(shapely.set_precision(on_earth, 1e-6))


def _degrees(grid: Any) -> Any:
    return [tuple(reversed(point_at(west, north))) for west, north in grid]
