"""Nothing leaves the officer side without a release stamp: an answer without one becomes a 500 and an alarm."""

import json
import logging
import traceback
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from openclear.access import gate
from openclear.access.barrier.lines import Line
from openclear.access.errors import NotAnswered, RecordsChanged, Refused
from openclear.access.gate.asker import asker_of
from openclear.audit.errors import LogUnavailable
from openclear.vocabulary.errors import OpenClearError

alarm = logging.getLogger("openclear.alarm")
_UNAVAILABLE = b'{"title": "Not answered", "status": 503, "detail": "Nothing can be answered now; try again in a moment."}'
_FAILED = b'{"title": "Error", "status": 500, "detail": "This failed here and was noted; call the operator if it persists."}'
MOST_RETRIES = 5
_READING = ("GET", "HEAD")
_METHOD = b'{"title": "Not allowed", "status": 405, "detail": "This address does not answer this method."}'
_ABSENT = b'{"title": "Not found", "status": 404, "detail": "There is no such page."}'
_FORM = b'{"title": "Form not accepted", "status": 403, "detail": "This form was opened before the last sign-in, or on another site. Go back, reload the page, and send it again."}'
# What the framework answers before any view is called, and what leaves instead: the same few words for everyone.
_BEFORE_THE_VIEW = {403: (_FORM, 403), 404: (_ABSENT, 404), 405: (_METHOD, 405)}


class ReleaseStampMiddleware:
    """Passes stamped answers and the routes on the public list, and gives every hold to the connection."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """`get_response`: the view."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the view's answer if it may leave, else a 500, 503 or 404 that holds nothing."""
        # Read before the view: an act that continues after a fresh proof brings the earlier request.
        line = request.META.get("gunicorn.socket")
        response = self._get_response(request)
        if request.resolver_match is None:
            return self._noted(request, _plain(_ABSENT, 404), "no such address", "none")
        # An act that waited for a fresh proof continues from a public route; its answer is held like any other.
        hold = getattr(response, "barrier_hold", None)
        if hold and isinstance(line, Line):
            line.carry(hold)
        if request.resolver_match.view_name in settings.PUBLIC_ROUTES and response.status_code < 500:
            return response
        if getattr(response, "release_stamp", None) is None:
            return self._unstamped(request, response)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Ask again if records were sealed meanwhile; turn a failure of the log or the barrier into a 503.

        Everything else becomes a 500.
        """
        match = request.resolver_match
        if match is None or request.method not in _READING:
            return self._turned(error)
        for _ in range(MOST_RETRIES if isinstance(error, RecordsChanged) else 0):
            # Only a question: it was not answered, and is not in the log yet.
            with suppress(RecordsChanged):
                answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
                return answer
        return self._turned(error)

    @staticmethod
    def _turned(error: Exception) -> HttpResponse | None:
        if isinstance(error, LogUnavailable | NotAnswered):
            alarm.error("not answered: %s", error)
            response = _plain(_UNAVAILABLE, 503)
            response.release_stamp = "nothing was released"  # type: ignore[attr-defined] # no data in it
            return response
        if type(error).__name__ in settings.TURNED_ASIDE:
            return None
        # Only where it happened, never the values: messages and values may hold personal data.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        alarm.error("%s at %s:%s", type(error).__name__, frame.filename, frame.lineno)
        return None

    def _unstamped(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
        route = request.resolver_match.view_name if request.resolver_match else "?"
        response.close()
        if response.status_code in _BEFORE_THE_VIEW:
            # An unknown page, a method that is not answered, a form from another site: nothing was read.
            return self._noted(
                request, _plain(*_BEFORE_THE_VIEW[response.status_code]), "no such request", route
            )
        alarm.critical("route %s answered %s without a release stamp", route, response.status_code)
        return self._noted(request, _plain(_FAILED, 500), "an answer without a release stamp", route)

    @staticmethod
    def _noted(request: HttpRequest, answer: HttpResponse, problem: str, route: str) -> HttpResponse:
        try:
            asker = asker_of(request)
            receipt = gate.log_bad_request(
                asker.officer,
                problem,
                details={"route": route, "address": request.META.get("REMOTE_ADDR", "")},
                through=asker.through,
                on_behalf_of=asker.on_behalf_of,
            )
        except Refused as refused:
            return gate.stamp(_plain(refused.as_problem(), 403), refused.receipt)
        except OpenClearError:
            return _plain(_UNAVAILABLE, 503)
        answer.content = json.dumps(
            {**json.loads(answer.content), "receipt": {"token": receipt.token}}
        ).encode()
        return gate.stamp(answer, receipt)


def _plain(content: bytes, status: int) -> HttpResponse:
    return HttpResponse(content, status=status, content_type="application/problem+json")
