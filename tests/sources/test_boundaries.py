"""Boundaries as cities publish them: codes found by their form, days that do not overlap, files that are none."""

import gzip
import json
from datetime import date
from itertools import pairwise

import pytest

from openclear.cli.main import main
from openclear.records.boundaries.commands import keep_boundaries
from openclear.records.boundaries.queries import boundaries_on
from openclear.records.boundaries.rows import BoundaryRow
from openclear.records.models import Boundary
from openclear.sources.boundaries.fetch import read_features
from openclear.sources.boundaries.parse import boundaries_of
from openclear.sources.errors import WrongFile
from openclear.vocabulary.actions import Action
from openclear.vocabulary.purposes import Purpose
from tests.cast import grant

pytestmark = pytest.mark.anywhere

SINCE = date(2012, 1, 1)


def square(west=-87.7, south=41.88, side=0.01):
    corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    return {"type": "Polygon", "coordinates": [[[west + side * x, south + side * y] for x, y in corners]]}


def feature(geometry=None, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry or square()}


def keeper():
    return grant("importer", Action.BOUNDARY_KEEP, Purpose.RECORDS_MAINTENANCE)


def analyst():
    return grant("chen", Action.ANALYSIS_ASK, Purpose.CRIME_ANALYSIS)


def test_the_code_is_found_where_names_of_properties_say_nothing():
    features = [feature(AREA_NUMBE="DOUGLAS", COMMUNITY="35"), feature(AREA_NUMBE="OAKLAND", COMMUNITY="36")]
    rows = boundaries_of(features, kind="community-area", valid_from=SINCE)
    assert [(row.code, row.name) for row in rows] == [("35", "DOUGLAS"), ("36", "OAKLAND")]


def test_codes_get_their_zeros_and_two_polygons_of_one_are_joined():
    features = [
        feature(BEAT_NUM="111"),
        feature(square(west=-87.5), BEAT_NUM="111"),
        feature(BEAT_NUM="3100"),
    ]
    rows = boundaries_of(features, kind="beat", valid_from=SINCE)
    assert [row.code for row in rows] == ["0111", "3100"]
    assert rows[0].shape["type"] == "MultiPolygon"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"not json", "not a GeoJSON"),
        (b'{"type": "FeatureCollection", "features": []}', "not a GeoJSON"),
        (json.dumps({"type": "FeatureCollection", "features": [feature({"type": "Point", "coordinates": [1, 2]})]}).encode(), "not a GeoJSON"),
        (json.dumps({"type": "FeatureCollection", "features": [feature(NAME="north")]}).encode(), "--code"),
        (json.dumps({"type": "FeatureCollection", "features": [feature(square(west=1_176_000, side=10), BEAT="0111")]}).encode(), "WGS 84"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_boundaries_is_said_in_one_sentence(tmp_path, text, said):
    path = tmp_path / "beats.geojson"
    path.write_bytes(text)
    with pytest.raises(WrongFile, match=said):
        boundaries_of(read_features(path), kind="beat", valid_from=SINCE)


def test_a_torn_archive_is_said_too(tmp_path):
    path = tmp_path / "beats.geojson.gz"
    path.write_bytes(gzip.compress(b"x" * 10_000)[:40])
    with pytest.raises(WrongFile, match="complete"):
        read_features(path)


def test_boundaries_follow_each_other_day_by_day():
    def row(since):
        return BoundaryRow("ward", "1", "", square(), since)

    try:
        for since in (date(2003, 1, 1), date(2023, 5, 15), date(2015, 5, 18), date(2015, 5, 18)):
            keep_boundaries(keeper(), rows=[row(since)])
        kept = (
            Boundary.objects.filter(kind="ward").order_by("valid_from").values_list("valid_from", "valid_to")
        )
        days = [date(2003, 1, 1), date(2015, 5, 18), date(2023, 5, 15), None]
        assert list(kept) == list(pairwise(days))
        assert boundaries_on(analyst(), kind="ward", day=date(2015, 5, 17))[0].valid_from == date(2003, 1, 1)
        assert boundaries_on(analyst(), kind="ward", day=date(2015, 5, 18))[0].valid_from == date(2015, 5, 18)
        assert boundaries_on(analyst(), kind="ward", day=date(1990, 1, 1)) == []
    finally:
        Boundary.objects.filter(kind="ward").delete()


def test_the_invented_citys_points_lie_in_their_areas(capsys):
    capsys.readouterr()
    # Its own years: other stories bring the real city's incidents in.
    assert main(["boundaries", "community-area", "--since", "2025-01-01", "--json"], lambda: None) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["compared"] > 1000
    assert told["share"] > 0.99
    assert main(["boundaries", "ward"], lambda: None) == 1
    assert "openclear import wards" in capsys.readouterr().err
