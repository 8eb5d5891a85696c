"""Signing in: password and second factor, passkey, first sign-in by token; in a demonstration, by name."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.account.views import LoginView
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from openclear.access import accounts
from openclear.access.gate.credentials import officer_of_token
from openclear.access.registry.queries import account_of, officers
from openclear.audit.queries import is_demo
from openclear.web import sessions
from openclear.web.forms import SignInForm
from openclear.web.guard import address_of
from openclear.web.returning import sign_in_then, way_for

PASSWORD_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"  # noqa: S105 - a module, not a password


class SignIn(LoginView):  # type: ignore[misc] # allauth is not typed
    """The sign-in page. Shows the banner; in a demonstration, the cast. Shows nothing about records."""

    form_class = SignInForm
    template_name = "web/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        """Accept a name (in a demonstration only), a first token, or allauth's form."""
        if request.method == "POST" and "officer" in request.POST:
            return _pick(request)
        if request.method == "POST" and "token" in request.POST:
            return _first(request)
        answer: HttpResponseBase = super().dispatch(request, *args, **named)
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again with the errors."""
        answer: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=403)
        return answer

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        """Return the context of the page."""
        people = [row for row in officers() if not row.is_machine] if is_demo() else []
        return {**super().get_context_data(**named), "people": people}


sign_in = SignIn.as_view()


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session on the server (CJIS Security Policy AC-12).

    A page that ends it because nobody used it sends its own address along: the same person returns to it.
    """
    officer = str(request.session.get(sessions.OFFICER, ""))
    if officer:
        accounts.note_account(officer, "signed out", details={"address": address_of(request)})
    request.session.flush()
    return HttpResponseRedirect(sign_in_then(request.POST.get("next", ""), officer))


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Have the user prove their identity again before an act that needs it (IA-11), then continue with the act."""
    if not request.user.is_authenticated or not request.session.get(sessions.OFFICER):
        return HttpResponseRedirect(reverse("sign-in"))
    if not is_demo() or sessions.has_second_factor(request.user):
        way = "mfa_reauthenticate" if _has_codes(request.user) else "mfa_reauthenticate_webauthn"
        return HttpResponseRedirect(f"{reverse(way)}?{request.GET.urlencode()}")
    if request.method == "GET":
        return render(request, "web/confirm.html", {"next": request.GET.get("next", "/")})
    record_authentication(request, request.user, sessions.DEMONSTRATION)
    return resume_request(request) or HttpResponseRedirect("/")


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Show the user's sign-in methods: password, second factors, recovery codes."""
    if not request.user.is_authenticated or not request.session.get(sessions.OFFICER):
        return HttpResponseRedirect(reverse("sign-in"))
    user: Any = request.user
    held = Authenticator.objects.filter(user_id=request.user.pk).values_list("type", flat=True)
    facts = {
        "held": list(held),
        "has_password": user.has_usable_password(),
        "must": sessions.must_enrol(request),
        "tokens_said": request.session.pop(sessions.TOKENS_SAID, None),
    }
    return render(request, "web/account.html", facts)


@require_GET
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that the process is up, and nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


def _has_codes(user: Any) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists())


def _pick(request: HttpRequest) -> HttpResponse:
    handle = request.POST["officer"]
    person = next((row for row in officers() if row.handle == handle and not row.is_machine), None)
    if not is_demo() or person is None:
        return _turned_away(request, "", gettext("Sign-in failed; check what you entered and try again."))
    return _begin(request, handle, sessions.DEMONSTRATION)


def _first(request: HttpRequest) -> HttpResponse:
    # A token starts a session only while its holder has neither password nor second factor: afterwards it is a
    # key to the API only.
    handle = officer_of_token(request.POST["token"])
    if handle is None:
        unknown = gettext(
            "This token is not known or has expired; ask your access administrator for a new one."
        )
        return _turned_away(request, "", unknown)
    # Only the person who has the token of an account reads what is said of it.
    if _is_machine(handle):
        return _turned_away(
            request, "", gettext("This token belongs to a program and works for the API alone.")
        )
    if not accounts.is_new(handle) or _has_factor(handle):
        return _turned_away(
            request,
            "",
            gettext(
                "You have set up how you sign in; the token works for programs alone. Sign in with your password or passkey."
            ),
        )
    if accounts.is_locked(handle):
        return _turned_away(
            request,
            handle,
            gettext(
                "This account is locked after five failures within 15 minutes. An access administrator has to release it; your token stays valid, so use it again then."
            ),
        )
    return _begin(request, handle, "token")


def _begin(request: HttpRequest, handle: str, method: str) -> HttpResponse:
    request.session.flush()
    user = account_of(handle)
    user.backend = PASSWORD_BACKEND
    record_authentication(request, user, method)
    sessions.note_proof(request, user)
    get_adapter().login(request, user)
    way = way_for(handle, request.POST.get("next", ""))
    return HttpResponseRedirect(way or get_adapter().get_login_redirect_url(request))


def _turned_away(request: HttpRequest, claimed: str, problem: str) -> HttpResponse:
    accounts.note_failure(claimed or "-", details={"address": address_of(request)})
    people = [row for row in officers() if not row.is_machine] if is_demo() else []
    facts = {"people": people, "problem": problem, "form": SignInForm(request=request)}
    return render(request, "web/sign_in.html", facts, status=403)


def _has_factor(handle: str) -> bool:
    return bool(Authenticator.objects.filter(user__handle=handle).exists())


def _is_machine(handle: str) -> bool:
    return any(row.is_machine for row in officers() if row.handle == handle)
