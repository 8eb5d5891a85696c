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


def written(tmp_path, document):
    path = tmp_path / "beats.geojson"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def collection(*features, **more):
    return {"type": "FeatureCollection", "features": list(features), **more}


def beats_of(path):
    return boundaries_of(read_features(path), kind="beat", valid_from=SINCE)


RING = [[-87.7, 41.8], [-87.69, 41.8], [-87.69, 41.81], [-87.7, 41.8]]


def shaped(coordinates, kind="Polygon"):
    return collection(feature({"type": kind, "coordinates": coordinates}, BEAT_NUM="0111"))


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (shaped([]), "beat 0111 is empty"),
        (shaped([[]]), "beat 0111 is empty|not a polygon"),
        (shaped([], "MultiPolygon"), "beat 0111 is empty"),
        (shaped([[[-87.7, 41.8]] * 4]), "no area"),
        (shaped([[[-87.7, 41.8], [-87.69, 41.8], [-87.68, 41.8], [-87.7, 41.8]]]), "no area"),
        (shaped([[[-87.7, 41.8], [-87.69, 41.8]]]), "not a polygon"),
        (shaped([[["a", "b"]] * 4]), "not a polygon"),
        (shaped("none"), "not a polygon"),
        (shaped([[[-87.7, 41.8], ["x"], [-87.69, 41.81], [-87.7, 41.8]]]), "not a polygon"),
        (json.dumps(shaped([RING])).replace("-87.69", "NaN", 1), "is NaN, which is not a number"),
        (json.dumps(shaped([RING])).replace("-87.69", "Infinity", 1), "is Infinity, which is not a number"),
        (json.dumps(shaped([RING])).replace("-87.69", "1e999", 1), "not a number"),
        (shaped([[[y, x] for x, y in RING]]), "latitude before longitude"),
        (shaped([[[x + 15, y] for x, y in RING]]), "outside the city"),
        (shaped([[[x * 1000, y * 1000] for x, y in RING]]), "WGS 84"),
        (collection(feature(BEAT_NUM="0111"), crs={"type": "name", "properties": {"name": "EPSG:3435"}}), "declares its coordinates as EPSG:3435"),
        (collection(feature(BEAT_NUM="0111"), crs={"type": "link", "properties": {"href": "x"}}), "declares its coordinates"),
        (collection(feature(BEAT_NUM="0111"), crs="EPSG:3857"), "declares its coordinates"),
        ("[" * 100_000, "nested too deeply|not a GeoJSON"),
        ('{"type": "FeatureCollection", "features": ' + "[" * 5000 + "]" * 5000 + "}", "nested too deeply|not a GeoJSON"),
        ('{"a": ' * 100_000, "nested too deeply|not a GeoJSON"),
    ],
)  # fmt: skip
def test_a_shape_that_cannot_be_is_refused_with_its_code_and_why(tmp_path, document, said):
    with pytest.raises(WrongFile, match=said) as raised:
        beats_of(written(tmp_path, document))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "name",
    [
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "EPSG:4326",
        "urn:ogc:def:crs:EPSG::4269",
        "urn:ogc:def:crs:EPSG::4236",
    ],
)
def test_degrees_by_any_name_are_read(tmp_path, name):
    crs = {"type": "name", "properties": {"name": name}}
    assert beats_of(written(tmp_path, collection(feature(BEAT_NUM="0111"), crs=crs)))[0].code == "0111"


def test_heights_are_left_out(data):
    shape = beats_of(data / "imports" / "g_z.geojson")[0].shape
    assert {len(point) for ring in shape["coordinates"] for point in ring} == {2}


@pytest.mark.parametrize("name", ["g_nan.geojson", "g_emptypoly.geojson"])
def test_a_broken_shape_of_the_shared_files_replaces_no_beat(data, capsys, name):
    capsys.readouterr()
    before = list(Boundary.objects.filter(kind="beat").values_list("code", "valid_from"))
    assert main(["import", "beats", str(data / "imports" / name), "--json"], lambda: None) == 1
    out = capsys.readouterr()
    assert json.loads(out.out.splitlines()[-1]) == {"kind": "beat", "boundaries": 0, "valid_from": None}
    assert len(out.err.strip().splitlines()) == 1
    assert list(Boundary.objects.filter(kind="beat").values_list("code", "valid_from")) == before


def test_an_area_that_the_city_does_not_have_is_refused():
    with pytest.raises(WrongFile, match="no ward 51, only 1 to 50"):
        boundaries_of([feature(WARD="51")], kind="ward", valid_from=SINCE)


@pytest.mark.parametrize(
    ("name", "kind", "count"),
    [("beats", "beat", 275), ("districts", "district", 23), ("community_areas", "community-area", 77)],
)
def test_the_citys_real_boundaries_come_in_whole(data, name, kind, count):
    rows = boundaries_of(read_features(data / "chicago" / f"{name}.geojson.gz"), kind=kind, valid_from=SINCE)
    assert len(rows) == count


def test_a_name_that_one_shape_lacks_is_empty():
    features = [
        feature(BEAT_NUM="0111", name="north"),
        feature(BEAT_NUM="0112", name="south\x07 end"),
        feature(BEAT_NUM="0113"),
    ]
    rows = boundaries_of(features, kind="beat", valid_from=SINCE)
    assert [row.name for row in rows] == ["north", "south end", ""]
