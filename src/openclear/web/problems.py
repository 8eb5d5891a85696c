"""Problems as pages: what a program reads as JSON, a browser shows as a page with the same words and a way on.

For every address but the API's. The gate has logged and stamped the answer; here only its form changes.
"""

import json
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext, gettext_noop

from openclear.vocabulary.errors import OpenClearError
from openclear.web.returning import HTMX, is_for_script, page_before

PROBLEM = "application/problem+json"
# The words of the gate, so that the catalogs have them.
_WORDS = (
    gettext_noop("Not answered"), gettext_noop("Nothing can be answered now; try again in a moment."),
    gettext_noop("Error"), gettext_noop("This failed here and was noted; call the operator if it persists."),
    gettext_noop("Not allowed"), gettext_noop("This address does not answer this method."),
    gettext_noop("Not found"), gettext_noop("There is no such page."),
    gettext_noop("Form not accepted"),
    gettext_noop("This form was opened before the last sign-in, or on another site. Go back, reload the page, and send it again."),
)  # fmt: skip
_NOT_ACCEPTED = {"title": _WORDS[8], "status": 403, "detail": _WORDS[9]}


class ProblemPages:
    """Shows a browser every problem as a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """`get_response`: the view."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the view's answer, a problem as a page if a browser asked."""
        response = self._get_response(request)
        is_problem = response.headers.get("Content-Type") == PROBLEM
        if is_problem and isinstance(response, HttpResponse) and wants_page(request):
            _show(request, response)
        return response


def wants_page(request: HttpRequest) -> bool:
    """Say whether a browser asks, which shows the answer as a page."""
    if request.path.startswith("/api/"):
        return False
    is_for_browser = "text/html" in request.headers.get("Accept", "") and not is_for_script(request)
    return HTMX in request.headers or is_for_browser


def form_not_accepted(_request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the answer to a form without the secret of this session (CSRF), with the same words for every reason."""
    del reason
    return JsonResponse(_NOT_ACCEPTED, status=403, content_type=PROBLEM)


def _show(request: HttpRequest, response: HttpResponse) -> None:
    facts: dict[str, Any] = json.loads(response.content)
    template = "web/refused_early.html" if "rule_ids" in facts else "web/problem.html"
    told = {
        "title": gettext(facts["title"]), "detail": gettext(facts.get("detail", "")), "facts": facts,
        "before": page_before(request), "noted": facts.get("receipt", {}).get("token", ""),
    }  # fmt: skip
    try:
        page = render_to_string(template, told, request=request)
    except (DatabaseError, OpenClearError):
        # The frame names who is signed in: without the database the plain answer leaves.
        return
    response.content = page.encode()
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    if "Content-Length" in response.headers:
        response.headers["Content-Length"] = str(len(response.content))
