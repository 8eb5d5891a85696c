"""The way back to the page that somebody asked for before they signed in: a page of this site, and only for them.

The way carries a mark of the person whose session ended. If somebody else signs in at that screen, they begin at their
own first page: no search is made in their name that another person asked for.
"""

import re
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

LONGEST = 2000
HTMX, ANSWER = "HX-Request", "answer"
PAGE_OF = "OpenCLEAR-Page-Of"
_MARK = re.compile(r"[?&]of=([0-9a-f]{16})$")
# Pages that nobody returns to: parts of pages, and steps of signing in and out.
_NEVER = frozenset(
    {
        "sign-in", "sign-out", "set-language", "suggest", "healthz", "confirm", "account_login", "account_logout",
        "account_reauthenticate", "mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
        "mfa_login_webauthn",
    }
)  # fmt: skip


def own_path(wanted: str) -> str:
    """Return `wanted` if it is the address of a page of this site, otherwise ""."""
    if not wanted.startswith("/") or not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return ""
    try:
        match = resolve(urlsplit(wanted).path)
    except (Resolver404, ValueError):
        return ""
    is_page = match.view_name not in _NEVER and not match.view_name.startswith("api-")
    return wanted if is_page and len(wanted) <= LONGEST else ""


def mark_of(handle: str) -> str:
    """Return the mark of a person in a way back and on a page; it does not tell who they are."""
    return salted_hmac("openclear.web.returning", handle).hexdigest()[:16]


def unmarked(wanted: str) -> str:
    """Return a way back without its mark."""
    return _MARK.sub("", wanted)


def way_for(handle: str, wanted: str) -> str:
    """Return the way back for a person who has just signed in, or "" if there is none or it is another person's."""
    marked = _MARK.search(wanted)
    if marked and marked[1] != mark_of(handle):
        return ""
    return own_path(unmarked(wanted))


def sign_in_then(way: str, was: str, *, unsent: bool = False) -> str:
    """Return the address of the sign-in page that leads on to `way`. `was`: whose session ended, or "".

    `unsent`: whether a form was sent that was not carried out.
    """
    there = reverse("sign-in")
    if not own_path(way) or way == "/":
        return there
    marked = f"{way}{'&' if '?' in way else '?'}of={mark_of(was)}" if was else way
    return f"{there}?{urlencode({'next': marked, **({'unsent': 1} if unsent else {})}, safe='/')}"


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Return the answer to a request without a session: the sign-in page as a whole page; to a script, 401."""
    was = getattr(request, "was_officer", "")
    if HTMX in request.headers:
        return _whole_page(request, was)
    if is_for_script(request):
        problem = {
            "title": "Not signed in",
            "status": 401,
            "detail": gettext("Your session has ended; sign in again."),
        }
        return JsonResponse(problem, status=401, content_type="application/problem+json")
    if request.method in {"GET", "HEAD"}:
        return HttpResponseRedirect(sign_in_then(request.get_full_path(), was))
    return HttpResponseRedirect(sign_in_then(page_before(request), was, unsent=True))


def is_for_script(request: HttpRequest) -> bool:
    """Say whether a script asks that reads the answer itself, not a browser that shows it as a page."""
    accepted = request.headers.get("Accept", "")
    return request.headers.get("Sec-Fetch-Dest") == "empty" or ("json" in accepted and "html" not in accepted)


def page_before(request: HttpRequest) -> str:
    """Return the path of the page from which a request was sent, if it is one of this site, otherwise ""."""
    sent_from = urlsplit(request.headers.get("Referer", ""))
    path = f"{sent_from.path}?{sent_from.query}" if sent_from.query else sent_from.path
    return own_path(path) if sent_from.netloc == request.get_host() else ""


def is_of_another(request: HttpRequest, officer: str) -> bool:
    """Say whether the middle of a page is asked for, on a page that was made for somebody else."""
    shown_to = request.headers.get(PAGE_OF, "")
    is_middle = request.method == "GET" and request.headers.get("HX-Target") == ANSWER
    return is_middle and shown_to not in {"", mark_of(officer)}


def afresh(request: HttpRequest) -> HttpResponse:
    """Return the answer that has a browser load the address as a whole page."""
    response = HttpResponse(status=200, content_type="text/plain")
    response.headers["HX-Redirect"] = request.get_full_path()
    return response


def _whole_page(request: HttpRequest, was: str) -> HttpResponse:
    # Of a swapped page only the middle would be new: the sign-in form would stand under somebody's name and menu.
    response = HttpResponse(status=401, content_type="text/plain")
    if request.headers.get("HX-Target") == ANSWER and request.method == "GET":
        response.headers["HX-Redirect"] = sign_in_then(request.get_full_path(), was)
    elif request.headers.get("HX-Target") == ANSWER:
        response.headers["HX-Redirect"] = sign_in_then(page_before(request), was, unsent=True)
    else:
        # Suggestions while somebody types: what is typed stays, and the next page leads to the sign-in.
        response.headers["HX-Reswap"] = "none"
    return response
