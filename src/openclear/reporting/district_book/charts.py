"""The charts of a book as SVG: months as bars, beats as a map. A table or text next to them has the same data."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

import shapely
from shapely.geometry import shape

from openclear.records.boundaries.rows import BoundaryRow
from openclear.vocabulary.without_grant import without_grant

WIDTH, HEIGHT, FOOT = 640, 200, 34
SHADES = ("#eff6fb", "#bbd7ee", "#73b3e7", "#2378c3", "#162e51")
_FONT = 'font-family="Libertinus Serif" text-anchor="middle"'
# A drawing of 640 points: finer detail is not visible.
_SIMPLER = 0.0002


@without_grant("counts and draws what it is given; reads no table")
def bars(months: Sequence[tuple[date, int]]) -> str:
    """Return months as bars, the last one darker, each with its number."""
    most = max((count for _, count in months), default=0) or 1
    step = WIDTH / len(months)
    parts = []
    for place, (month, count) in enumerate(months):
        tall = (HEIGHT - FOOT - 16) * count / most
        left, top = place * step + step * 0.15, HEIGHT - FOOT - tall
        color, middle = SHADES[4 if place == len(months) - 1 else 2], place * step + step / 2
        parts.append(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{step * 0.7:.1f}" height="{tall:.1f}" fill="{color}"/>'
            f'<text x="{middle:.1f}" y="{top - 4:.1f}" {_FONT} font-size="11">{count:,}</text>'
            f'<text x="{middle:.1f}" y="{HEIGHT - FOOT + 14}" {_FONT} font-size="11">{month:%b}</text>'
            f'<text x="{middle:.1f}" y="{HEIGHT - FOOT + 27}" {_FONT} font-size="9" fill="#565c65">{month:%Y}</text>'
        )
    return _svg(WIDTH, HEIGHT, parts)


@without_grant("counts and draws what it is given; reads no table")
def shade_of(count: int, most: int) -> str:
    """Return the color of a count, one of five from light to dark."""
    return SHADES[min(len(SHADES) - 1, len(SHADES) * count // (most + 1))]


@without_grant("counts and draws what it is given; reads no table")
def locator(districts: Sequence[BoundaryRow], district: str) -> str:
    """Return a map of the city with one district dark."""
    shapes = {row.code: shape(row.shape).simplify(_SIMPLER) for row in districts}
    frame = _Frame(shapes.values(), 180)
    parts = [
        frame.path(outline, SHADES[4] if code == district else SHADES[1]) for code, outline in shapes.items()
    ]
    return _svg(frame.width, frame.height, parts)


@without_grant("counts and draws what it is given; reads no table")
def beat_map(beats: Sequence[BoundaryRow], counts: Mapping[str, int]) -> str:
    """Return the beats of a district, shaded by their incidents, each with its number."""
    shapes = {row.code: shape(row.shape).simplify(_SIMPLER) for row in beats}
    frame, most = _Frame(shapes.values(), 330), max(counts.values(), default=0)
    parts = [frame.path(outline, shade_of(counts.get(code, 0), most)) for code, outline in shapes.items()]
    for code, outline in shapes.items():
        x, y = frame.place(*outline.representative_point().coords[0])
        dark = shade_of(counts.get(code, 0), most) in SHADES[3:]
        parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" {_FONT} font-size="11" fill="{"white" if dark else "black"}">{escape(code)}</text>'
        )
    return _svg(frame.width, frame.height, parts)


class _Frame:
    """From longitude and latitude to points on the paper, north up."""

    def __init__(self, shapes: Any, width: float) -> None:
        self._west, self._south, east, self._north = shapely.union_all(list(shapes)).bounds
        self._narrow = math.cos(math.radians((self._south + self._north) / 2))
        self._scale = width / ((east - self._west) * self._narrow)
        self.width, self.height = width, (self._north - self._south) * self._scale

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        return (longitude - self._west) * self._narrow * self._scale, (self._north - latitude) * self._scale

    def path(self, outline: Any, color: str) -> str:
        rings = [
            ring for part in getattr(outline, "geoms", [outline]) for ring in (part.exterior, *part.interiors)
        ]
        drawn = " ".join("M" + " L".join(self._at(point) for point in ring.coords) + " Z" for ring in rings)
        return f'<path d="{drawn}" fill="{color}" fill-rule="evenodd" stroke="white" stroke-width="1"/>'

    def _at(self, point: Sequence[float]) -> str:
        x, y = self.place(point[0], point[1])
        return f"{x:.1f} {y:.1f}"


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    inner = "".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 {width + 4:.0f} {height + 4:.0f}">{inner}</svg>'
