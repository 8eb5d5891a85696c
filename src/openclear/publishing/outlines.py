"""The outlines of the public map: the city's boundaries of today as GeoJSON geometries of RFC 7946."""

from typing import Any

from openclear.records.boundaries.queries import boundaries_on
from openclear.release import commands as release
from openclear.release.rows import PublicOutline
from openclear.vocabulary.actions import Action
from openclear.vocabulary.city import city
from openclear.vocabulary.grants import Grant
from openclear.vocabulary.numbers import is_area_number
from openclear.vocabulary.without_grant import without_grant


def publish_outlines(grant: Grant) -> None:
    """Write the outlines of the city's areas and districts for the public map, replacing the earlier ones."""
    grant.require(Action.EDITION_MAKE)
    release.keep_outlines(
        [
            PublicOutline(kind, row.code, _in_words(row.name), right_handed(row.shape))
            for kind in sorted({city().area_kind, "district"})
            for row in boundaries_on(grant, kind=kind)
            # The public map knows areas by number.
            if is_area_number(row.code)
        ]
    )


@without_grant("turns the rings of a shape; reads nothing")
def right_handed(geometry: Any) -> dict[str, Any]:
    """Return a polygon whose outer rings run counterclockwise and whose holes run clockwise (RFC 7946, section 3.1.6)."""
    import shapely  # noqa: PLC0415 - heavy, and only the making of an edition needs it
    from shapely.geometry import mapping, shape  # noqa: PLC0415 - as above

    turned: dict[str, Any] = mapping(shapely.orient_polygons(shape(geometry), exterior_cw=False))
    return turned


def _in_words(name: str) -> str:
    return name.title() if name.isupper() else name
