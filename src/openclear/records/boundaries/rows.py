"""Boundaries as they leave the room, frozen."""

from dataclasses import dataclass
from datetime import date
from typing import Any

BOUNDARY_KINDS = ("beat", "community-area", "district", "ward")


@dataclass(frozen=True, slots=True)
class BoundaryRow:
    """One polygon. `shape`: GeoJSON geometry, longitude and latitude (WGS 84). `valid_to`: first day on which it no longer holds."""

    kind: str
    code: str
    name: str
    shape: Any
    valid_from: date
    valid_to: date | None = None
