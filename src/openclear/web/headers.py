"""The headers of every answer: nothing is loaded from other sites, no scripts but ours, no frames."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class SecurityHeaders:
    """Adds the content security policy and keeps pages out of every cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """`get_response`: the view."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the view's answer with the headers."""
        if request.META.get("REMOTE_ADDR") in settings.TRUSTED_PROXIES:
            # The last address is the one that our own proxy saw; the client can forge those before it.
            seen = request.META.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", 1)[-1].strip()
            if _is_address(seen):
                request.META["REMOTE_ADDR"] = seen
        response = self._get_response(request)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(self), microphone=()"
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def _is_address(text: str) -> bool:
    # Any other text would be in the log as an address.
    try:
        return bool(ip_address(text))
    except ValueError:
        return False
