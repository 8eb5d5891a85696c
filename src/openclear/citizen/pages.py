"""The public pages. Each takes its question from the URL and answers from released data."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import get_language_from_request

from openclear.citizen import charts, places, queries
from openclear.citizen.answering import page
from openclear.citizen.questions import BlockQuestion, DuringQuestion, MapQuestion, Question, TypeQuestion
from openclear.release.dictionary import FILES, MISSING, columns_of

LISTED = 40


@page()
def entrance(request: HttpRequest, _asked: Question) -> HttpResponse:
    """Redirect to the language that the browser prefers."""
    return HttpResponseRedirect(f"/{get_language_from_request(request)}/")


@page()
def home(request: HttpRequest, _asked: Question) -> HttpResponse:
    """Say what this site is, and how many incidents there were."""
    during = queries.period()
    counted = queries.totals(during)[:5] if during else []
    chart = charts.bars(queries.monthly()[-24:])
    areas = places.areas(during) if during else []
    return _page(
        request, "home", during=during, totals=counted, chart=chart, access=queries.access(), areas=areas
    )


@page(MapQuestion)
def map_page(request: HttpRequest, asked: MapQuestion) -> HttpResponse:
    """Show incidents by area and block, on a map and in a table."""
    chosen = asked.cleaned_data
    during = queries.period(chosen["since"], chosen["until"])
    facts: dict[str, Any] = {
        "question": asked,
        "during": during,
        "q": chosen["q"],
        "primary_type": chosen["type"],
    }
    if during:
        facts |= {"areas": places.areas(during, primary_type=chosen["type"])} | _addresses(asked)
        if chosen["q"]:
            facts["named"] = named = places.areas_named(facts["areas"], text=chosen["q"])
            facts["found"] = found = places.blocks_named(
                during, text=chosen["q"], primary_type=chosen["type"]
            )
            facts["others"] = found.others + max(len(found.blocks) - LISTED, 0)
            facts["focus"] = named[0].code if len(named) == 1 and not found.blocks else ""
    return _page(request, "map", **facts)


@page(DuringQuestion)
def area_page(request: HttpRequest, asked: DuringQuestion, code: int) -> HttpResponse:
    """Show one area: its types and its blocks."""
    if code not in places.area_codes():
        raise Http404
    facts: dict[str, Any] = {"question": asked, "outline": places.outline(code=code)}
    during = queries.period(asked.cleaned_data["since"], asked.cleaned_data["until"])
    if during:
        counted, withheld = places.area(during, code=code)
        facts |= {"counts": counted, "withheld": withheld, "focus": code}
        facts |= {"found": places.blocks_of_area(during, code=code)} | _addresses(asked, area=code)
    return _page(request, "area", during=during, **facts)


@page(BlockQuestion)
def block_page(request: HttpRequest, asked: BlockQuestion) -> HttpResponse:
    """Show the incidents of one block."""
    chosen = asked.cleaned_data
    during = queries.period(chosen["since"], chosen["until"])
    rows, older = places.incidents_of_block(during, block=chosen["block"]) if during else ([], 0)
    return _page(
        request, "block", question=asked, during=during, named=chosen["block"], rows=rows, older=older,
        most=places.MOST_INCIDENTS,
    )  # fmt: skip


@page(TypeQuestion)
def trends(request: HttpRequest, asked: TypeQuestion) -> HttpResponse:
    """Show the whole city month by month, for all types or one."""
    chosen = asked.cleaned_data
    during = queries.period(chosen["since"], chosen["until"])
    monthly = queries.monthly(primary_type=chosen["type"], since=chosen["since"], until=chosen["until"])
    return _page(
        request, "trends", question=asked, during=during, monthly=monthly[::-1], chart=charts.bars(monthly),
        totals=queries.totals(during) if during else [], primary_type=chosen["type"],
        period_query=_query(asked, "since", "until"),
    )  # fmt: skip


@page()
def transparency(request: HttpRequest, _asked: Question) -> HttpResponse:
    """Show who has access and on what legal basis, the orders in force, and the searches and refusals in the verified log."""
    return _page(request, "transparency", access=queries.access(), statement=queries.statement())


@page()
def downloads(request: HttpRequest, _asked: Question) -> HttpResponse:
    """List every edition with its files, withdrawn editions with the reason, the meaning of the columns and the license."""
    editions = [(edition, queries.files_of(edition)) for edition in queries.editions()]
    return _page(
        request, "downloads", editions=editions, latest=queries.edition_named(queries.LATEST), names=tuple(FILES),
        dictionary=columns_of(), missing=MISSING,
    )  # fmt: skip


@page()
def about(request: HttpRequest, _asked: Question) -> HttpResponse:
    """Say what is published and what is not, and how to check."""
    key = settings.EDITIONS_FOLDER / "editions.vkey"
    return _page(request, "about", key=key.read_text().strip() if key.exists() else "")


def _page(request: HttpRequest, name: str, **facts: Any) -> HttpResponse:
    return render(request, f"citizen/{name}.html", {"action": request.path} | facts)


def _addresses(asked: Question, **also: Any) -> dict[str, str]:
    # What the map of this page loads, and the period for the links to other pages.
    return {
        "areas_query": _query(asked, "type", "since", "until"),
        "blocks_query": _query(asked, "q", "type", "since", "until", **also),
        "period_query": _query(asked, "since", "until"),
    }


def _query(asked: Question, *names: str, **also: Any) -> str:
    told = {name: asked.data.get(name, "").strip() for name in names if name in asked.fields}
    return urlencode({name: value for name, value in (told | also).items() if value})
