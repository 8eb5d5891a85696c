"""The routes of the API. Every answer, refusal and error has its log entry before it leaves."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.security import HttpBearer

from openclear.access.gate.credentials import officer_of_token
from openclear.api import render, schemas
from openclear.api.asking import open_at_own_desk
from openclear.api.endpoint import add_endpoint
from openclear.api.kinds import PROBLEMS, add_kinds, one
from openclear.api.mistakes import answer_mistakes
from openclear.api.reports import add_report
from openclear.endpoints import ENDPOINTS
from openclear.records.cases.kind import CASES
from openclear.records.cases.queries import case_named
from openclear.reporting.reports import REPORTS
from openclear.search.find import open_record
from openclear.vocabulary.actions import Action
from openclear.vocabulary.endpoint import Door


class OfficerToken(HttpBearer):
    """A token identifies the requester; what they may do is decided again for each request."""

    def authenticate(self, request: HttpRequest, token: str) -> str | None:
        """Return the holder's handle, or None."""
        handle = officer_of_token(token)
        request.officer = handle or ""  # type: ignore[attr-defined] # for the log, if the view fails
        return handle


class DescribedAPI(NinjaAPI):
    """The API with an accurate description: problems as problem+json, receipts and pages in headers."""

    def get_openapi_schema(self, **named: Any) -> Any:
        """Return the description."""
        described = super().get_openapi_schema(**named)
        for operations in described["paths"].values():
            for status, response in operations["get"]["responses"].items():
                response["headers"] = {**_RECEIPT, **(_NEXT if int(status) == 200 else {})}
                if int(status) >= 400:
                    response["content"] = {render.PROBLEM: response["content"]["application/json"]}
        return described


api = DescribedAPI(
    title="OpenCLEAR", version="1", auth=OfficerToken(), docs_url=None, openapi_url="openapi.json",
    description="Police records behind one gate. Every answer carries the receipt of its log entry.",
)  # fmt: skip
answer_mistakes(api)
_TEXT = {"type": "string"}
_RECEIPT = {
    "OpenCLEAR-Receipt": {
        "description": "for an answer: number and leaf hash of its log entry; otherwise the token of its entry",
        "schema": _TEXT,
    }
}
_NEXT = {"Link": {"description": "for a search: the next page, rel=next (RFC 8288)", "schema": _TEXT}}
add_kinds(api)
for endpoint in ENDPOINTS:
    if Door.API in endpoint.doors:
        add_endpoint(api, endpoint)
for report in REPORTS:
    add_report(api, report)


@api.get("/cases/{record}", response={200: schemas.OneRecord, **PROBLEMS}, summary="Open one case")
def view_case(request: HttpRequest, record: schemas.CaseName) -> HttpResponse:
    """One case, by its number or its id: number, kind, subject, and the incident if the requester may see it."""
    grant = open_at_own_desk(request, Action.CASE_VIEW, record=record)
    identity = case_named(grant, name=record)
    row = open_record(grant, kind=CASES, record=identity) if identity else None
    return one(grant, row, identity or UUID(int=0))
