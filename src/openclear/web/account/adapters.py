"""Adapters for allauth: five failures lock an account, every step is logged, a changed password ends other sessions."""

from base64 import urlsafe_b64encode
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from openclear.access import accounts
from openclear.web import sessions
from openclear.web.context import first_place
from openclear.web.returning import own_path, unmarked, way_for

WRONG = _(
    "Handle and password do not match, or the account is locked or disabled. After five failures within 15 minutes an account stays locked until an access administrator releases it."
)
WRONG_CODE = _("This code is not valid, or the account is locked.")
_WHAT = {
    "account/email/password_changed": "password changed",
    "account/email/password_set": "password set",
    "mfa/email/totp_activated": "authenticator app added",
    "mfa/email/totp_deactivated": "authenticator app removed",
    "mfa/email/recovery_codes_generated": "recovery codes made",
    "mfa/email/webauthn_added": "passkey added",
    "mfa/email/webauthn_removed": "passkey removed",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth is not typed
    """Accounts of the registry; there is no sign-up."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": WRONG,
        "incorrect_password": WRONG,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Only administrators register people."""
        del request
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Return the account that the credentials prove, or None: the same for locked, disabled, unknown and wrong.

        The password is hashed once in every case, because that determines the response time.
        """
        claimed = str(credentials.get("username", ""))
        locked = accounts.is_locked(claimed)
        user = super().authenticate(request, **credentials)
        if user is None or locked or not user.is_active:
            accounts.note_failure(claimed, details=_facts(request))
            return None
        return user

    def pre_login(self, request: HttpRequest, user: Any, **more: Any) -> HttpResponse | None:
        """Refuse a locked account for every kind of proof: a passkey does not open it either."""
        if accounts.is_locked(user.handle):
            accounts.note_failure(user.handle, details=_facts(request))
            return render(request, "web/locked.html", status=403)
        sessions.note_proof(request, user)
        response: HttpResponse | None = super().pre_login(request, user, **more)
        return response

    def login(self, request: HttpRequest, user: Any) -> None:
        """Start the session, unless the password was changed since it was checked: then sign-in starts over."""
        proof = sessions.take_proof(request)
        _need_proof(request, user, proof)
        super().login(request, user)
        methods = [item["method"] for item in get_authentication_records(request, user)]
        sessions.begin(request, user, " and ".join(dict.fromkeys(methods)) or sessions.DEMONSTRATION)
        # A password change from here on finds this session and ends it.
        _need_proof(request, user, proof)

    def is_safe_url(self, url: str | None) -> bool:
        """Say whether a page of this site is meant: after signing in, and after a fresh proof, nobody is led elsewhere."""
        return bool(own_path(unmarked(url or "")))

    def post_login(self, request: HttpRequest, user: Any, **named: Any) -> HttpResponse:
        """Lead a person who has just signed in to the page that they asked for, otherwise to their first page."""
        wanted = named.pop("redirect_url", None) or request.POST.get("next") or request.GET.get("next") or ""
        way = way_for(user.handle, str(wanted)) or self.get_login_redirect_url(request)
        response: HttpResponse = super().post_login(request, user, redirect_url=way, **named)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return the first page of a session: the desk for the role, or the account page if the second factor is missing."""
        if request.session.get(sessions.ENROLLING):
            return "/account/"
        return first_place(request.session.get(sessions.ROLES, []))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return the account page."""
        del request
        return "/account/"

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Return the methods of reauthentication: never the password alone for anyone with a second factor; passkeys first."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if sessions.has_second_factor(user):
            methods = [method for method in methods if method["id"] != "reauthenticate"]
        return sorted(methods, key=lambda method: "passkeys" not in method["url"])

    def send_notification_mail(self, template_prefix: str, user: Any, *more: Any, **named: Any) -> None:
        """Log a change of an account instead of allauth's email; a new password ends other sessions."""
        del more, named
        accounts.note_account(
            user.handle, _WHAT.get(template_prefix, "account changed"), details=_facts(self.request)
        )
        if "password" in template_prefix:
            # allauth gave this session a new key: it is stored, so that an order and the next password change find
            # it.
            session = str(self.request.session.session_key)
            accounts.end_sessions(user.handle, but=session)
            accounts.remember_session(session, user.handle)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc] # allauth is not typed
    """Second factors: their secrets are stored encrypted with a key that is not in the database."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG_CODE,
    }

    def get_totp_issuer(self) -> str:
        """Return the name that authenticator apps show."""
        return "OpenCLEAR"

    def encrypt(self, text: str) -> str:
        """Return `text` as it may be stored in the database."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return what `encrypt` was given."""
        return _box().decrypt(encrypted_text.encode()).decode()


def _need_proof(request: HttpRequest, user: Any, proof: str) -> None:
    if not sessions.still_proves(user, proof):
        accounts.note_failure(user.handle, details=_facts(request))
        accounts.forget_session(str(request.session.session_key))
        request.session.flush()
        raise ImmediateHttpResponse(HttpResponseRedirect(reverse("sign-in")))


def refuse_locked(user: Any, request: HttpRequest, wrong: ValidationError) -> None:
    """Raise `wrong`, the error of a wrong code or password, for a locked account. Called after that check, never instead."""
    if accounts.is_locked(user.handle):
        accounts.note_failure(user.handle, details=_facts(request))
        raise wrong


def note_wrong_code(user: Any, request: HttpRequest) -> None:
    """Count a wrong code like a wrong password."""
    accounts.note_failure(user.handle, details=_facts(request))


def _facts(request: HttpRequest | None) -> dict[str, str]:
    return {"address": str(request.META.get("REMOTE_ADDR", "")) if request else ""}


def _box() -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"openclear second factors").derive(
        settings.SECRET_KEY.encode()
    )
    return Fernet(urlsafe_b64encode(derived))
