"""From features to boundaries. Pure: GeoJSON in, boundaries out."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from math import isfinite
from typing import Any

import shapely
from shapely.geometry import mapping, shape

from openclear.records.boundaries.rows import BoundaryRow
from openclear.sources.errors import WrongFile
from openclear.vocabulary.city import city
from openclear.vocabulary.numbers import code_pattern

# For each kind: the form of its code in a file, its length here, and common names of the property.
_BEAT, _DISTRICT = city().formats.beat, city().formats.district
_CODES: Mapping[str, tuple[str, int, tuple[str, ...]]] = {
    "beat": (code_pattern(_BEAT), _BEAT, ("beat_num", "beat_number", "beat")),
    "district": (code_pattern(_DISTRICT), _DISTRICT, ("dist_num", "district", "dist_label")),
    "community-area": (
        r"[1-9]\d?",
        1,
        ("area_numbe", "area_num_1", "area_number", "community", "comarea_id"),
    ),
    "ward": (r"[1-9]\d?", 1, ("ward", "ward_id")),
}
DECIMALS = 6


def boundaries_of(
    features: Sequence[Mapping[str, Any]], *, kind: str, valid_from: date, code: str | None = None
) -> list[BoundaryRow]:
    """Return one boundary for each code.

    `code`: the property with the code; found by its form if not named. Raises WrongFile for coordinates that are not
    longitude and latitude or lie outside the city, for an empty shape, or if no property has codes of this kind.
    """
    held = code or _code_property(features, kind)
    named = _name_property(features, held)
    shapes: dict[str, list[Any]] = {}
    names: dict[str, str] = {}
    for feature in features:
        properties = feature["properties"]
        key = _code(properties.get(held), kind, held)
        shapes.setdefault(key, []).append(_polygon(feature["geometry"], f"{kind} {key}"))
        names[key] = _plain(properties.get(named)) if named else ""
    return [
        BoundaryRow(kind, key, names[key], _geojson(shapely.union_all(parts), f"{kind} {key}"), valid_from)
        for key, parts in sorted(shapes.items())
    ]


def _code_property(features: Sequence[Mapping[str, Any]], kind: str) -> str:
    form, _, usual = _CODES[kind]
    candidates = [
        name
        for name in features[0]["properties"]
        if all(re.fullmatch(form, _text(feature["properties"].get(name))) for feature in features)
    ]
    # A district may have two polygons, a beat or an area rarely does: the property with the most values is the code.
    candidates.sort(
        key=lambda name: (name.lower() not in usual, -len({_text(f["properties"][name]) for f in features}))
    )
    if not candidates:
        message = f"No property of this file has codes of a {kind}; name the right one with --code."
        raise WrongFile(message)
    return str(candidates[0])


def _name_property(features: Sequence[Mapping[str, Any]], code: str) -> str | None:
    first = features[0]["properties"]
    worded = [
        name for name in first if name != code and re.fullmatch(r"[A-Za-z][\w .,'/-]+", _text(first[name]))
    ]
    for name in worded:
        if len({_text(feature["properties"].get(name)) for feature in features}) > 1:
            return str(name)
    return None


def _text(value: object) -> str:
    return str(value).strip().removesuffix(".0") if value is not None else ""


def _plain(name: object) -> str:
    return "".join(character for character in _text(name) if character.isprintable())[:80]


def _code(value: object, kind: str, held: str) -> str:
    form, width, _ = _CODES[kind]
    text = _text(value)
    if not re.fullmatch(form, text):
        raise WrongFile(
            f"'{text[:20]}' in {held} is not a code of a {kind}; name the right property with --code."
        )
    last = _last_of(kind)
    if last and text.isdecimal() and int(text) > last:
        raise WrongFile(f"The city has no {kind} {text}, only 1 to {last}; choose the city's own file.")
    return text.zfill(width)


def _last_of(kind: str) -> int | None:
    ranges = city().ranges
    return {"ward": ranges.wards, "community-area": ranges.community_areas, "district": ranges.districts}.get(
        kind
    )


def _polygon(geometry: dict[str, Any], key: str) -> Any:
    try:
        polygon = shapely.force_2d(shape(geometry))  # heights say nothing here
    except (
        ValueError,
        TypeError,
        IndexError,
        KeyError,
        AttributeError,
        RecursionError,
        shapely.errors.ShapelyError,
    ):
        message = f"The shape of {key} is not a polygon of longitudes and latitudes; correct it, and import it again."
        raise WrongFile(message) from None
    whole = (
        polygon if polygon.is_valid else shapely.make_valid(polygon, method="structure", keep_collapsed=False)
    )
    if not isfinite(polygon.area):
        raise WrongFile(
            f"The shape of {key} has a coordinate that is not a number; correct it, and import it again."
        )
    if whole.is_empty or whole.area == 0:
        raise WrongFile(f"The shape of {key} is empty, or has no area; correct it, and import it again.")
    _check_place(whole, key)
    return whole


def _check_place(polygon: Any, key: str) -> None:
    west, south, east, north = polygon.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        message = "The coordinates are not longitude and latitude in degrees; export the file in WGS 84 (EPSG 4326)."
        raise WrongFile(message)
    ranges = city().ranges
    if ranges.holds(south, west) and ranges.holds(north, east):
        return
    if ranges.holds(west, south) and ranges.holds(east, north):
        message = f"The shape of {key} has latitude before longitude; GeoJSON has longitude first (RFC 7946), so export it again."
        raise WrongFile(message)
    message = (
        f"The shape of {key} lies outside the city ({west:.4f}, {south:.4f} to {east:.4f}, {north:.4f}); "
        "choose the city's own file, or correct [ranges] in its profile."
    )
    raise WrongFile(message)


def _geojson(polygon: Any, key: str) -> dict[str, Any]:
    rounded = shapely.set_precision(polygon, 10**-DECIMALS)
    if rounded.is_empty:
        raise WrongFile(f"The shape of {key} is smaller than a handbreadth; correct it, and import it again.")
    plain: dict[str, Any] = json.loads(json.dumps(mapping(rounded)))
    return plain
