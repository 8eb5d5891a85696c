"""How public addresses answer: each asks its question first; a question that is not understood is 400 with a sentence.

`page` is for people, `data` for programs: those may read from any site (CORS), and their mistakes are
`application/problem+json` (RFC 9457).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from openclear.citizen.questions import Question
from openclear.vocabulary.city import city

View = Callable[..., HttpResponseBase]
SAFE = "GET, HEAD, OPTIONS"
# What a browser lets scripts of other sites send and read (Fetch standard, CORS protocol).
ALLOWED = "If-Match, If-Modified-Since, If-None-Match, If-Range, If-Unmodified-Since, Range"
EXPOSED = "Accept-Ranges, Content-Disposition, Content-Length, Content-Location, Content-Range, ETag, Link"
PREFLIGHT_SECONDS = 86400


def page(question: type[Question] = Question) -> Callable[[View], View]:
    """Return a decorator: the view gets what was asked, checked; anything else is a page that says what is wrong."""

    def decorate(view: View) -> View:
        @wraps(view)
        @require_safe
        def answered(request: HttpRequest, **place: Any) -> HttpResponseBase:
            asked = question(request.GET)
            if asked.is_valid():
                return view(request, asked, **place)
            return render(
                request,
                "citizen/not_understood.html",
                {"question": asked, "action": request.path},
                status=400,
            )

        return answered

    return decorate


def data(question: type[Question] = Question) -> Callable[[View], View]:
    """Return a decorator like `page`, for open data: readable by scripts of any site, with a link to the license."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, **place: Any) -> HttpResponseBase:
            if request.method == "OPTIONS":
                return _open_to_all(HttpResponse(status=204, headers={"Allow": SAFE}))
            asked = question(request.GET)
            if asked.is_valid():
                return _open_to_all(require_safe(view)(request, asked, **place))
            return _open_to_all(_problem(asked))

        return answered

    return decorate


def _problem(asked: Question) -> HttpResponse:
    sentences = asked.sentences()
    facts = {
        "type": "about:blank",
        "title": gettext("Not understood"),
        "status": 400,
        "detail": " ".join(sentence for _, sentence in sentences),
        "parameters": [{"name": name, "reason": sentence} for name, sentence in sentences],
    }
    response = JsonResponse(facts, status=400, content_type="application/problem+json")
    patch_vary_headers(response, ["Accept-Language"])
    return response


def _open_to_all(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = SAFE
    response.headers["Access-Control-Allow-Headers"] = ALLOWED
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    license_link = f'<{city().license.address}>; rel="license"'
    response.headers["Link"] = ", ".join(filter(None, [response.headers.get("Link", ""), license_link]))
    return response
