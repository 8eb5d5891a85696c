"""A report as a route of the API: parse, ask the gate, make, release the file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Query

from openclear.api.asking import open_question
from openclear.api.endpoint import query_of
from openclear.api.kinds import PROBLEMS
from openclear.reporting.declared import DeclaredReport

_TYPES = {"pdf": "application/pdf", "csv": "text/csv"}
_FILE = {"schema": {"type": "string", "format": "binary"}}


def add_report(api: NinjaAPI, report: DeclaredReport) -> None:
    """Add the route of a report: made at once, handed out if it is no larger than the limit for an answer."""
    asked_as = query_of(report.kind, report.params)

    def make(request: HttpRequest, query: Query[asked_as]) -> HttpResponse:  # type: ignore[valid-type] # created at start
        return _answer(request, query.dict(), report)  # type: ignore[attr-defined] # as above

    make.__name__, make.__doc__ = route_of(report), report.words["text"]
    told = {"description": "the file", "content": {_TYPES[report.format]: _FILE}}
    api.get(
        f"/reports/{report.plural}",
        response=PROBLEMS,
        summary=report.words["button"],
        url_name=route_of(report),
        openapi_extra={"responses": {200: told}},
    )(make)


def route_of(report: DeclaredReport) -> str:
    """Return the name of a report's route."""
    return f"make_{report.kind}"


def _answer(request: HttpRequest, asked: dict[str, Any], report: DeclaredReport) -> HttpResponse:
    grant = open_question(request, report.action, report.purpose, **report.inquiry(asked))
    watermark = {"made for": grant.officer, "purpose": str(grant.purpose)}
    data, _ = report.make(grant, asked, watermark)
    return grant.release(HttpResponse(data, content_type=_TYPES[report.format]))
