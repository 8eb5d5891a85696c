"""Opening a file of boundaries. Raises WrongFile if it is not one."""

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

from openclear.sources.boundaries.projection import check_projection
from openclear.sources.errors import WrongFile

LARGEST = 200 << 20


def read_features(path: Path) -> list[dict[str, Any]]:
    """Return the features of a GeoJSON file, plain or gzipped. Raises WrongFile with what to do."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        message = f"{path} cannot be read ({type(error).__name__}); check its name and that it is complete."
        raise WrongFile(message) from None
    if len(data) > LARGEST:
        raise WrongFile(f"{path.name} is larger than 200 MB; boundaries of one city are smaller.")
    return _features(path.name, data)


def _features(name: str, data: bytes) -> list[dict[str, Any]]:
    document = _document(name, data)
    try:
        features = document["features"]
        if document["type"] == "FeatureCollection" and features and all(map(_is_polygon, features)):
            check_projection(document.get("crs"))
            return list(features)
    except (KeyError, TypeError):
        pass
    message = f"{name} is not a GeoJSON FeatureCollection of polygons; export the boundaries as GeoJSON."
    raise WrongFile(message)


def _document(name: str, data: bytes) -> Any:
    try:
        return json.loads(data, parse_constant=_refuse_constant)
    except RecursionError:
        raise WrongFile(
            f"{name} is nested too deeply for boundaries; export them as GeoJSON again."
        ) from None
    except ValueError:  # not JSON, or not text
        message = f"{name} is not a GeoJSON file; export the boundaries as GeoJSON (RFC 7946, UTF-8)."
        raise WrongFile(message) from None


def _refuse_constant(text: str) -> Any:
    raise WrongFile(
        f"A coordinate or value in this file is {text}, which is not a number; correct that shape, and import it again."
    )


def _is_polygon(feature: dict[str, Any]) -> bool:
    return feature["geometry"]["type"] in {"Polygon", "MultiPolygon"} and isinstance(
        feature["properties"], dict
    )
