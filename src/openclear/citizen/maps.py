"""Released data as GeoJSON (RFC 7946) for the map and for programs: areas, blocks, names of streets."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openclear.citizen.places import BlockCount, every_block, in_words
from openclear.citizen.queries import Period
from openclear.release.models import Outline
from openclear.vocabulary.blocks import number_of, street_of
from openclear.vocabulary.city import city

# One name of a street for about each half mile to a mile, in degrees.
BETWEEN_NAMES = 0.01


def outlines(counts: Mapping[int, int | None]) -> dict[str, Any]:
    """Return the areas as GeoJSON, each with its count: None if it is not shown."""
    features = [
        {
            "type": "Feature",
            "id": int(row.code),
            "geometry": row.shape,
            "properties": {
                "code": int(row.code),
                "name": row.name,
                "incidents": counts.get(int(row.code)),
            },
        }
        for row in Outline.objects.filter(kind=city().area_kind)
    ]
    return {"type": "FeatureCollection", "features": features}


def points(found: Sequence[BlockCount]) -> dict[str, Any]:
    """Return blocks as GeoJSON points."""
    features = [
        _point(row, {"block": row.block, city().area_column: row.area, "incidents": row.incidents})
        for row in found
        if row.latitude is not None
    ]
    return {"type": "FeatureCollection", "features": features}


def street_names(during: Period) -> dict[str, Any]:
    """Return the names of streets as GeoJSON points, each at published blocks about half a mile apart."""
    form = city().formats.block
    streets: dict[str, list[BlockCount]] = {}
    for row in every_block(during):
        if row.latitude is not None:
            streets.setdefault(street_of(row.block, form), []).append(row)
    features = [
        _point(row, {"street": in_words(name)})
        for name, found in sorted(streets.items())
        if name
        for row in _spread(sorted(found, key=lambda row: (number_of(row.block), row.block)))
    ]
    return {"type": "FeatureCollection", "features": features}


def _spread(found: Sequence[BlockCount]) -> Iterator[BlockCount]:
    last: BlockCount | None = None
    for row in found:
        if last is None or _apart(last, row) >= BETWEEN_NAMES:
            yield row
            last = row


def _apart(one: BlockCount, other: BlockCount) -> float:
    latitude = (one.latitude or 0) - (other.latitude or 0)
    longitude = (one.longitude or 0) - (other.longitude or 0)
    return max(abs(latitude), abs(longitude))


def _point(row: BlockCount, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": [row.longitude, row.latitude]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}
