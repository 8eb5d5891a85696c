"""The public pages. Each takes its question from the URL and answers from released data."""

import re
from datetime import date
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_GET, require_safe

from openclear.citizen import charts, queries

FILES = {
    "incidents.csv": "text/csv; charset=utf-8",
    "incidents.parquet": "application/vnd.apache.parquet",
    "blocks.geojson": "application/geo+json",
    "totals.csv": "text/csv; charset=utf-8",
    "manifest.json": "application/json",
    "manifest.sig": "text/plain; charset=utf-8",
}
LONGEST = 80
AREA = re.compile("[0-9]{1,4}")


@require_safe
def entrance(request: HttpRequest) -> HttpResponse:
    """Redirect to the language that the browser prefers."""
    return HttpResponseRedirect(f"/{get_language_from_request(request)}/")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what this site is, and how many incidents there were."""
    during = queries.period()
    counted = queries.totals(during)[:5] if during else []
    chart = charts.bars(queries.monthly()[-24:])
    return _page(request, "home", during=during, totals=counted, chart=chart, access=queries.access())


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """Show incidents by community area and block, on a map and in a table."""
    during, chosen = _chosen(request)
    facts: dict[str, Any] = {"during": during, **chosen, "months": queries.months()}
    if during:
        facts["types"] = queries.types(during)
        facts["areas"] = queries.areas(during, primary_type=chosen["primary_type"])
        facts["blocks"] = (
            queries.blocks(during, text=chosen["q"], primary_type=chosen["primary_type"])
            if chosen["q"]
            else []
        )
    return _page(request, "map", **facts)


@require_safe
def area_page(request: HttpRequest, code: int) -> HttpResponse:
    """Show one community area: its types and its blocks."""
    during, chosen = _chosen(request)
    if during is None:
        raise Http404
    outline, counted, withheld = queries.area(during, code=code)
    if outline is None:
        raise Http404
    found = queries.blocks(during, code=code)
    return _page(
        request,
        "area",
        during=during,
        outline=outline,
        counts=counted,
        withheld=withheld,
        blocks=found,
        **chosen,
    )


@require_safe
def block_page(request: HttpRequest) -> HttpResponse:
    """Show the incidents of one block."""
    during, chosen = _chosen(request)
    block = request.GET.get("block", "").replace("\x00", "").upper().strip()[:LONGEST]
    if during is None or not block:
        raise Http404
    rows = queries.incidents_of_block(during, block=block)
    return _page(request, "block", during=during, named=block, rows=rows, **chosen)


@require_safe
def trends(request: HttpRequest) -> HttpResponse:
    """Show the whole city month by month, for all types or one."""
    during, chosen = _chosen(request)
    monthly = queries.monthly(primary_type=chosen["primary_type"])
    facts = {"types": queries.types(during), "totals": queries.totals(during)} if during else {}
    return _page(
        request, "trends", during=during, monthly=monthly[::-1], chart=charts.bars(monthly), **facts, **chosen
    )


@require_safe
def transparency(request: HttpRequest) -> HttpResponse:
    """Show who has access and on what legal basis, the orders in force, and the searches and refusals in the verified log."""
    return _page(request, "transparency", access=queries.access(), statement=queries.statement())


@require_safe
def downloads(request: HttpRequest) -> HttpResponse:
    """List every edition with its files, and withdrawn editions with the reason."""
    return _page(request, "downloads", editions=queries.editions(), files=FILES)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Say what is published and what is not, and how to check."""
    key = settings.EDITIONS_FOLDER / "editions.vkey"
    return _page(request, "about", key=key.read_text().strip() if key.exists() else "")


@require_safe
def areas_map(request: HttpRequest) -> HttpResponse:
    """Return the outlines with their counts, for the map."""
    during, chosen = _chosen(request)
    found = queries.areas(during, primary_type=chosen["primary_type"]) if during else []
    return JsonResponse(queries.outlines({row.code: row.incidents for row in found}))


@require_safe
def blocks_map(request: HttpRequest) -> HttpResponse:
    """Return the blocks of one area, or of a search, for the map."""
    during, chosen = _chosen(request)
    code = request.GET.get("area", "")
    found = (
        queries.blocks(
            during, text=chosen["q"], code=int(code) if AREA.fullmatch(code) else None,
            primary_type=chosen["primary_type"],
        )
        if during
        else []
    )  # fmt: skip
    return JsonResponse(queries.points(found))


@require_safe
def edition_file(_request: HttpRequest, name: str, file: str) -> FileResponse | HttpResponse:
    """Return a file of an edition. A withdrawn one is gone (410), with the reason."""
    edition = queries.edition_named(name)
    if edition is None or file not in FILES:
        raise Http404
    if edition.withdrawn:
        return HttpResponse(f"{edition.reason}\n", status=410, content_type="text/plain; charset=utf-8")
    path = settings.EDITIONS_FOLDER / str(edition) / file
    if not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), content_type=FILES[file], filename=f"openclear-{edition}-{file}")


@require_safe
def log_file(_request: HttpRequest) -> FileResponse:
    """Return the public part of the log, with its verifier, as one archive."""
    path = settings.PUBLIC_FOLDER / "log.tar.gz"
    if not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), content_type="application/gzip", filename="openclear-log.tar.gz")


@require_GET
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that the site is up."""
    return HttpResponse("ok", content_type="text/plain")


def _page(request: HttpRequest, name: str, **facts: Any) -> HttpResponse:
    return render(request, f"citizen/{name}.html", facts)


def _chosen(request: HttpRequest) -> tuple[queries.Period | None, dict[str, Any]]:
    since, until = (_month(request.GET.get(name, "")) for name in ("since", "until"))
    text, primary_type = (
        request.GET.get(name, "").replace("\x00", "").strip()[:LONGEST] for name in ("q", "type")
    )
    chosen = {"q": text, "primary_type": primary_type.upper(), "since": since, "until": until}
    return queries.period(since, until), chosen


def _month(text: str) -> date | None:
    # An invalid month is ignored: the page shows the newest twelve.
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return None
