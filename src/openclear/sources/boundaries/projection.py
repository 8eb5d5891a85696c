"""Which coordinates a file of boundaries says that it has. Pure."""

import re

from openclear.sources.errors import WrongFile

# Longitude and latitude on WGS 84, and on NAD 83 (EPSG 4269), which is within two meters of it in North America. EPSG 4236,
# a datum of Taiwan, is how a common program misspelled 4326: such files have plain longitude and latitude, and where they lie
# is checked with each shape.
_DEGREES = frozenset({"CRS84", "4326", "4269", "4236"})
_LAST = re.compile(r"([0-9A-Za-z]+)$")


def check_projection(crs: object) -> None:
    """Raise WrongFile if the file declares coordinates other than longitude and latitude in degrees (`crs` of GeoJSON 2008)."""
    if crs is None:
        return
    named = _LAST.search(_name(crs).strip().upper())
    if named is None or named[1] not in _DEGREES:
        told = _name(crs)[:60] or "something else"
        message = (
            f"The file declares its coordinates as {told}, which is not longitude and latitude; "
            "export it in WGS 84 (EPSG 4326)."
        )
        raise WrongFile(message)


def _name(crs: object) -> str:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) else ""
