"""Open data: the map as GeoJSON, the files of editions, their list, the log, and what search engines read."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse

from openclear.citizen import maps, places, queries
from openclear.citizen.answering import data
from openclear.citizen.files import send_file
from openclear.citizen.questions import BlocksQuestion, DuringQuestion, Question, TypeQuestion
from openclear.release.dictionary import FILES, GEOJSON, PACKAGE, TEXT
from openclear.release.models import Edition
from openclear.vocabulary import clock
from openclear.vocabulary.city import city

# Blocks and files stay out of search engines: what is withdrawn would remain readable there.
ROBOTS = """User-agent: *
Disallow: /editions/
Disallow: /log.tar.gz
Disallow: /map/
Disallow: /*/blocks/
Disallow: /*?

Sitemap: {sitemap}
"""


@data(TypeQuestion)
def areas_map(_request: HttpRequest, asked: TypeQuestion) -> HttpResponse:
    """Return the outlines with their counts."""
    chosen = asked.cleaned_data
    during = queries.period(chosen["since"], chosen["until"])
    found = places.areas(during, primary_type=chosen["type"]) if during else []
    return _geojson(maps.outlines({row.code: row.incidents for row in found}))


@data(BlocksQuestion)
def blocks_map(_request: HttpRequest, asked: BlocksQuestion) -> HttpResponse:
    """Return the blocks of one area, of a search, or those with the most incidents."""
    chosen = asked.cleaned_data
    during = queries.period(chosen["since"], chosen["until"])
    if not during:
        return _geojson(maps.points([]))
    found = places.blocks_named(during, text=chosen["q"], code=chosen["area"], primary_type=chosen["type"])
    return _geojson(maps.points(found.blocks))


@data(DuringQuestion)
def streets_map(_request: HttpRequest, asked: DuringQuestion) -> HttpResponse:
    """Return the names of streets at published blocks."""
    during = queries.period(asked.cleaned_data["since"], asked.cleaned_data["until"])
    return _geojson(maps.street_names(during) if during else maps.points([]))


@data()
def edition_file(request: HttpRequest, _asked: Question, name: str, file: str) -> HttpResponseBase:
    """Return a file of an edition. A withdrawn one is gone (410), with the reason."""
    edition = queries.edition_named(name)
    if edition is None or file not in FILES:
        raise Http404
    if edition.withdrawn:
        return HttpResponse(f"{edition.reason}\n", status=410, content_type=TEXT)
    digests = {each["name"]: each["sha256"] for each in queries.files_of(edition)}
    response = send_file(
        request, settings.EDITIONS_FOLDER / str(edition) / file, media=FILES[file],
        name=f"openclear-{edition}-{file}", tag=digests.get(file, ""),
    )  # fmt: skip
    response.headers["Content-Location"] = reverse("edition-file", args=[edition, file])
    if file != PACKAGE and PACKAGE in digests:
        response.headers["Link"] = f'<{reverse("edition-file", args=[edition, PACKAGE])}>; rel="describedby"'
    return response


@data()
def editions_list(_request: HttpRequest, _asked: Question) -> HttpResponse:
    """Return every edition with its files, and withdrawn editions with the reason."""
    facts = {
        "license": {"title": city().license.name, "path": city().license.address},
        "latest": {name: reverse("edition-file", args=[queries.LATEST, name]) for name in FILES},
        "editions": [_described(edition) for edition in queries.editions()],
    }
    return JsonResponse(facts)


def _described(edition: Edition) -> dict[str, Any]:
    return {
        "edition": str(edition),
        "month": f"{edition.month:%Y-%m}",
        "revision": edition.revision,
        "made": clock.stamp(edition.made),
        "incidents": edition.incidents,
        "entry": edition.entry,
        "withdrawn": clock.stamp(edition.withdrawn) if edition.withdrawn else None,
        "reason": edition.reason,
        "files": [
            {**file, "address": reverse("edition-file", args=[edition, file["name"]])}
            for file in queries.files_of(edition)
        ],
    }


@data()
def log_file(request: HttpRequest, _asked: Question) -> HttpResponseBase:
    """Return the public part of the log, with its verifier, as one archive."""
    path = settings.PUBLIC_FOLDER / "log.tar.gz"
    return send_file(request, path, media="application/gzip", name="openclear-log.tar.gz")


@data()
def healthz(_request: HttpRequest, _asked: Question) -> HttpResponse:
    """Say that the site is up."""
    return HttpResponse("ok", content_type=TEXT)


@data()
def robots(request: HttpRequest, _asked: Question) -> HttpResponse:
    """Say what search engines may keep (RFC 9309)."""
    address = request.build_absolute_uri(reverse("sitemap"))
    return HttpResponse(ROBOTS.format(sitemap=address), content_type=TEXT)


def _geojson(facts: dict[str, Any]) -> HttpResponse:
    return JsonResponse(facts, content_type=GEOJSON, json_dumps_params={"separators": (",", ":")})
