"""From rows to JSON and from errors to problem+json (RFC 9457)."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse

from openclear.access.errors import Refused
from openclear.access.gate import stamp
from openclear.records.found import FoundRows
from openclear.vocabulary.grants import Grant, RefusalReceipt

PROBLEM = "application/problem+json"


def answer(value: Mapping[str, Any], grant: Grant) -> HttpResponse:
    """Return an answer with a placeholder for the receipt."""
    return _json({**value, "receipt": grant.receipt_marker}, 200, "application/json")


def found(rows: FoundRows[Any], grant: Grant, next_page: str, hint: str = "") -> HttpResponse:
    """Return the results of a search, each with its reasons, the total count, and what was left out because nothing is recorded.

    `hint`: by what this kind is found, if nothing was.

    `next_page`: the address of the next page, sent in the header Link (RFC 8288), or "".
    """
    reasons = {row: [asdict(reason) for reason in why] for row, why in rows.reasons.items()}
    results = [asdict(row) | {"reasons": reasons.get(row.id, [])} for row in rows.rows]
    told: dict[str, Any] = {"results": results, "count": rows.count}
    if rows.unrecorded:
        told["unrecorded"] = dict(rows.unrecorded)
    if hint:
        told["hint"] = hint
    response = answer(told, grant)
    if next_page:
        response.headers["Link"] = f'<{next_page}>; rel="next"'
    return response


def absent() -> HttpResponse:
    """Return the answer for a record that does not exist or is hidden: the same bytes for both."""
    return _json({"title": "Not found", "status": 404, "detail": "There is no such record."}, 404, PROBLEM)


def refusal(error: Refused, status: int = 403) -> HttpResponse:
    """Return a refusal with rule, reason, source and next step. It is already logged."""
    response = HttpResponse(error.as_problem(status), status=status, content_type=PROBLEM)
    return stamp(response, error.receipt)


def bad_request(detail: str, receipt: RefusalReceipt, status: int) -> HttpResponse:
    """Return what is wrong with a request, in one sentence. It is already logged."""
    problem = {"title": "Not understood", "status": status, "detail": detail, "receipt": asdict(receipt)}
    return stamp(_json(problem, status, PROBLEM), receipt)


def _json(value: Mapping[str, Any], status: int, content_type: str) -> HttpResponse:
    text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type=content_type)
