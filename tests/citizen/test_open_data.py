"""Downloads for programs: stable addresses, tags, ranges, other sites' scripts, GeoJSON as RFC 7946 has it, what columns mean."""

import csv
import hashlib
import io
import json
import re
from xml.etree import ElementTree as ET

import pytest
import shapely
from shapely.geometry import shape

from openclear.publishing.outlines import right_handed
from openclear.release.dictionary import FILES, columns_of
from openclear.release.models import Edition
from openclear.vocabulary.city import city

# The public site reads the folder `public/` alone, whichever database the officers' side has.
pytestmark = pytest.mark.anywhere

LATEST = "/editions/latest/incidents.csv"
OPEN = (
    "/map/areas.geojson", "/map/blocks.geojson", "/map/streets.geojson", "/editions.json", LATEST, "/robots.txt",
    "/sitemap.xml",
)  # fmt: skip


def newest():
    return Edition.objects.filter(withdrawn=None).order_by("-month").first()


def test_the_latest_edition_and_a_month_have_addresses_that_stay(site):
    edition = newest()
    for name in ("latest", f"{edition.month:%Y-%m}", str(edition)):
        for file in FILES:
            answer = site.ask(f"/editions/{name}/{file}")
            assert answer.status == 200, (name, file)
            assert answer.headers["Content-Location"] == f"/editions/{edition}/{file}"
            assert f"openclear-{edition}-{file}" in answer.headers["Content-Disposition"]
            assert answer.headers["Content-Type"] == FILES[file]
    for name in ("newest", "2026-13", "2026-5", "2026-05.", "2026-05.0", "2026-05.²", "LATEST", "1999-01"):
        assert site.ask(f"/editions/{name}/incidents.csv").status == 404, name
    page = site.page("/en/data/")
    assert 'href="/editions/latest/incidents.csv"' in page


def test_the_list_of_editions_names_every_file_with_its_digest(site):
    told = site.ask("/editions.json").json
    assert told["license"]["path"] == city().license.address
    assert told["latest"]["incidents.csv"] == LATEST
    assert len(told["editions"]) == Edition.objects.count()
    for file in told["editions"][0]["files"]:
        body = site.ask(file["address"]).body
        assert (len(body), hashlib.sha256(body).hexdigest()) == (file["bytes"], file["sha256"])


def test_a_file_has_a_tag_and_is_not_sent_twice(site):
    answer = site.ask(LATEST)
    tag = answer.headers["ETag"]
    assert tag == f'"{hashlib.sha256(answer.body).hexdigest()}"'
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = site.ask(LATEST, If_None_Match=known)
        assert (again.status, again.body) == (304, b""), known
        assert again.headers["ETag"] == tag
    assert site.ask(LATEST, If_None_Match='"x"').status == 200
    assert site.ask(LATEST, If_Match='"x"').status == 412


@pytest.mark.parametrize("address", ["/en/", "/en/map/", *OPEN])
def test_pages_and_maps_have_a_tag_too_also_when_they_are_compressed(site, address):
    tag = site.ask(address).headers["ETag"]
    assert site.ask(address, If_None_Match=tag).status == 304
    packed = site.ask(address, Accept_Encoding="gzip")
    assert site.ask(address, If_None_Match=packed.headers["ETag"], Accept_Encoding="gzip").status == 304


def test_a_file_is_sent_in_ranges(site):
    whole = site.ask(LATEST)
    size, tag = len(whole.body), whole.headers["ETag"]
    assert whole.headers["Accept-Ranges"] == "bytes"
    for asked, first, last in (
        ("bytes=0-0", 0, 0), ("bytes=0-99", 0, 99), ("bytes=100-", 100, size - 1), ("bytes=-10", size - 10, size - 1),
        (f"bytes=0-{size * 2}", 0, size - 1), (f"bytes=-{size * 2}", 0, size - 1),
    ):  # fmt: skip
        part = site.ask(LATEST, Range=asked, Accept_Encoding="gzip")
        assert (part.status, part.body) == (206, whole.body[first : last + 1]), asked
        assert part.headers["Content-Range"] == f"bytes {first}-{last}/{size}"
        assert part.headers["Content-Length"] == str(last - first + 1)
        assert "Content-Encoding" not in part.headers
    assert site.ask(LATEST, Range="bytes=0-9", If_Range=tag).status == 206
    assert site.ask(LATEST, Range="bytes=0-9", If_Range='"older"').body == whole.body
    assert site.ask(LATEST, Range="bytes=0-9", If_None_Match=tag).status == 304
    assert site.ask(LATEST, Range="bytes=0-9", method="HEAD").status == 200


@pytest.mark.parametrize("asked", ["bytes=99999999999-", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_satisfied(site, asked):
    answer = site.ask(LATEST, Range=asked)
    assert answer.status == 416
    assert re.fullmatch(r"bytes \*/\d+", answer.headers["Content-Range"])


@pytest.mark.parametrize(
    "asked", ["bytes=", "bytes=-", "bytes=9-1", "bytes=a-b", "items=0-9", "bytes=0-9,20-29", f"bytes=0-{'9' * 5000}", "bytes=²-3", "0-9"]
)  # fmt: skip
def test_a_range_that_is_none_is_ignored(site, asked):
    assert site.ask(LATEST, Range=asked).status == 200


STRANGE = (
    "",
    "*",
    ",",
    ";;q=x",
    '"',
    'W/"',
    "bytes=" + "9" * 5000,
    "\u00b2",
    "x" * 9000,
    "Sat, 99 Foo 2026",
    "9" * 5000,
)


@pytest.mark.parametrize(
    "name",
    ["Range", "If-Range", "If-None-Match", "If-Match", "If-Modified-Since", "If-Unmodified-Since", "Accept", "Accept-Encoding",
     "Accept-Language", "Origin", "Content-Length", "Content-Type", "Cookie", "Referer", "X-Forwarded-Proto", "X-Forwarded-Host"],
)  # fmt: skip
def test_no_header_is_a_fault_of_the_site(site, name):
    for address in ("/", "/en/map/", "/map/areas.geojson", LATEST):
        for value in STRANGE:
            answer = site.ask(address, **{name.replace("-", "_"): value})
            assert answer.status < 500, (address, name, value[:20], answer.status)


@pytest.mark.parametrize("address", OPEN)
def test_scripts_of_other_sites_may_read_open_data(site, address):
    answer = site.ask(address, Origin="https://paper.example")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    before = site.ask(
        address, method="OPTIONS", Origin="https://paper.example", Access_Control_Request_Method="GET"
    )
    assert (before.status, before.body) == (204, b"")
    assert "If-None-Match" in before.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    wrong = site.ask(f"{address}?x=1", Origin="https://paper.example")
    assert (wrong.status, wrong.headers["Access-Control-Allow-Origin"]) == (400, "*")
    assert site.ask(address, method="POST").status == 405


@pytest.mark.parametrize("address", ["/map/areas.geojson", "/map/blocks.geojson?q=ave", "/map/streets.geojson", "/editions/latest/blocks.geojson"])  # fmt: skip
def test_geojson_is_that_of_rfc_7946(site, address):
    answer = site.ask(address)
    assert answer.headers["Content-Type"] == "application/geo+json"
    assert answer.json["features"]
    for row in answer.json["features"]:
        assert set(row) <= {"type", "id", "geometry", "properties"}
        geometry = shape(row["geometry"])
        west, south, east, north = geometry.bounds
        assert -180 <= west <= east <= 180
        assert -90 <= south <= north <= 90
        for polygon in getattr(geometry, "geoms", [geometry]):
            if polygon.geom_type == "Polygon":
                assert polygon.exterior.is_ccw
                assert not [ring for ring in polygon.interiors if ring.is_ccw]


def test_rings_are_turned_the_right_way():
    square, hole = [(0, 0), (0, 9), (9, 9), (9, 0)], [(3, 3), (6, 3), (6, 6), (3, 6)]
    wrong = shapely.Polygon(square, [hole])
    assert (wrong.exterior.is_ccw, wrong.interiors[0].is_ccw) == (False, True)
    for given in (wrong, shapely.MultiPolygon([wrong])):
        turned = shape(right_handed(shapely.geometry.mapping(given)))
        for polygon in getattr(turned, "geoms", [turned]):
            assert (polygon.exterior.is_ccw, polygon.interiors[0].is_ccw) == (True, False)
        assert turned.equals(given)


def test_every_column_of_every_file_has_its_meaning_and_every_download_its_license(site):
    package = site.ask("/editions/latest/datapackage.json").json
    resources = {row["path"]: row for row in package["resources"]}
    assert package["licenses"] == [{"title": city().license.name, "path": city().license.address}]
    assert set(resources) == set(FILES) - {"datapackage.json", "manifest.json", "manifest.sig"}
    for file in ("incidents.csv", "totals.csv"):
        header = next(csv.reader(io.StringIO(site.ask(f"/editions/latest/{file}").text)))
        assert header == [field["name"] for field in resources[file]["schema"]["fields"]]
        assert all(field["description"] for field in resources[file]["schema"]["fields"])
        body = site.ask(f"/editions/latest/{file}").body
        assert resources[file]["hash"] == f"sha256:{hashlib.sha256(body).hexdigest()}"
    blocks = site.ask("/editions/latest/blocks.geojson").json
    assert list(blocks["features"][0]["properties"]) == [
        column.name for column in columns_of()["blocks.geojson"]
    ]
    for language in ("en", "es"):
        page = site.page(f"/{language}/data/")
        for column in {column for columns in columns_of().values() for column in columns}:
            assert f"<code>{column.name}</code>" in page
        assert page.count(city().license.address) >= 2
    assert "Número de zona comunitaria" in page
    for address in (LATEST, "/map/areas.geojson", "/editions.json"):
        assert f'<{city().license.address}>; rel="license"' in site.ask(address).headers["Link"]
    assert 'datapackage.json>; rel="describedby"' in site.ask(LATEST).headers["Link"]


def test_the_manifest_names_the_data_package(site):
    manifest = site.ask("/editions/latest/manifest.json").json
    assert "datapackage.json" in [file["name"] for file in manifest["files"]]


def test_search_engines_read_which_pages_to_keep(site):
    robots = site.ask("/robots.txt")
    assert robots.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Sitemap: http://testserver/sitemap.xml" in robots.text
    assert "Disallow: /editions/" in robots.text, "what is withdrawn would remain readable elsewhere"
    found = ET.fromstring(site.ask("/sitemap.xml").body)
    space = {"": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    addresses = [row.text.removeprefix("http://testserver") for row in found.findall("url/loc", space)]
    assert {"/en/", "/es/", "/en/map/", "/es/areas/25/", "/en/data/"} <= set(addresses)
    assert len(addresses) == len(set(addresses)) == 2 * (6 + 77)
    for address in addresses:
        if "/areas/" not in address:
            assert site.ask(address).status == 200, address


def test_files_are_read_by_json_too(site):
    assert json.loads(site.ask("/editions/latest/manifest.json").text)["unit"] == "incidents"
