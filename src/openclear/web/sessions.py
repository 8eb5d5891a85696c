"""A person's session: its contents, how long it lasts, how recent the proof of identity is.

Sessions live on the server, end after 30 minutes without use and after 12 hours in any case (CJIS Security
Policy AC-11, IA-5, IA-11), and are written at most once a minute.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from openclear.access import accounts, gate
from openclear.audit.queries import is_demo

OFFICER, NAME, ROLES, BEGAN, SEEN, ENROLLING = (
    "officer",
    "officer_name",
    "roles",
    "began",
    "seen",
    "enrolling",
)
IDLE_SECONDS, LONGEST_SECONDS, NOTED_SECONDS = 30 * 60, 12 * 3600, 60
FRESH_SECONDS = 10 * 60
DEMONSTRATION = "demonstration"
_PROOF = "proof"
# What happened to the tokens when the password was changed, for the next page.
TOKENS_SAID = "tokens_said"
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
View = Callable[..., HttpResponse]


class SessionLimits:
    """Ends sessions that are idle, old, or from before a password change.

    No view sees them; the next page is the sign-in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """`get_response`: the view."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, ending the session first if necessary."""
        # Whose session ends here, so that nobody else returns to the page that they asked for.
        request.was_officer = str(request.session.get(OFFICER, ""))  # type: ignore[attr-defined] # read by `returning`
        if OFFICER in request.session:
            self._limit(request)
        if OFFICER in request.session:
            # Django ends a session from before a password change only when its user is read.
            # A disabled account keeps its session: the gate says why it gets nothing.
            bool(request.user)
        return self._get_response(request)

    @staticmethod
    def _limit(request: HttpRequest) -> None:
        now = time.time()
        began, seen = request.session.get(BEGAN, 0), request.session.get(SEEN, 0)
        if now - seen > IDLE_SECONDS or now - began > LONGEST_SECONDS:
            request.session.flush()
        elif now - seen > NOTED_SECONDS:
            request.session[SEEN] = now


def begin(request: HttpRequest, user: Any, method: str) -> None:
    """Fill a session that Django has just opened for `user`. Raises LogUnavailable: then it must not start."""
    now = time.time()
    enrolling = not is_demo() and not has_second_factor(user)
    request.session.update(
        {
            OFFICER: user.handle,
            NAME: user.name,
            ROLES: user.roles,
            BEGAN: now,
            SEEN: now,
            ENROLLING: enrolling,
        }
    )
    request.session.save()
    facts = {"address": str(request.META.get("REMOTE_ADDR", ""))}
    accounts.begin_session(str(request.session.session_key), user.handle, method=method, details=facts)


def note_proof(request: HttpRequest, user: Any) -> None:
    """Remember the password with which a sign-in began: its next step may come much later."""
    request.session[_PROOF] = user.get_session_auth_hash()


def take_proof(request: HttpRequest) -> str:
    """Return what `note_proof` stored, and delete it."""
    return str(request.session.pop(_PROOF, ""))


def still_proves(user: Any, proof: str) -> bool:
    """Say whether the account's password in the database is still the one in `proof`."""
    now = type(user).objects.filter(pk=user.pk).first()
    return now is not None and constant_time_compare(now.get_session_auth_hash(), proof)


def has_second_factor(user: Any) -> bool:
    """Say whether a person has a second factor: an authenticator app or a passkey."""
    return bool(is_mfa_enabled(user, SECOND_FACTORS))


def must_enrol(request: HttpRequest) -> bool:
    """Say whether a person must still set up a second factor: nothing else is available until then (IA-2)."""
    if not request.session.get(ENROLLING):
        return False
    if has_second_factor(request.user):
        request.session[ENROLLING] = False
    return bool(request.session[ENROLLING])


def is_fresh(request: HttpRequest) -> bool:
    """Say whether the user has proved their identity in the last ten minutes with a second factor (IA-11).

    In a demonstration, where naming a person is enough, a user without a second factor confirms with a button.
    """
    user = request.user
    accepted = "mfa" if has_second_factor(user) or not is_demo() else DEMONSTRATION
    records = get_authentication_records(request, user)
    return any(item["method"] == accepted and time.time() - item["at"] < FRESH_SECONDS for item in records)


def recently_authenticated(view: View) -> View:
    """Require a recent proof of identity before `view`: the act waits, with all input, until it is given."""

    @wraps(view)
    def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
        if request.session.get(OFFICER) and not is_fresh(request):
            waiting: HttpResponse = suspend_request(request, reverse("confirm"))
            receipt = gate.log_bad_request(
                request.session[OFFICER], "no fresh proof", details={"path": request.path}
            )
            return gate.stamp(waiting, receipt)
        return view(request, **named)

    return guarded
