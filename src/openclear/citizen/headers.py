"""The headers of every public page: nothing from other sites, no frames, no cookies, cached for minutes at most."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FRESH = "public, max-age=60"


class PublicHeaders:
    """Adds the content security policy. A page is cached for a minute, so that withdrawn data disappears quickly."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """`get_response`: the view."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the view's answer with the headers."""
        response = self._get_response(request)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers.setdefault("Cache-Control", FRESH)
        return response


class Compression(GZipMiddleware):
    """Compresses texts, whole: a range of a file is a range of the file as it is, and other files are compressed already."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Return the response, compressed if the reader takes it and it is a text."""
        media = response.headers.get("Content-Type", "").partition(";")[0]
        is_text = media.startswith("text/") or media.endswith(("json", "xml"))
        return (
            super().process_response(request, response)
            if is_text and response.status_code != 206
            else response
        )
