"""Forms: signing in, drawing up an order. They report errors and keep valid input."""

from datetime import date
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter as factors_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from openclear.access import accounts
from openclear.vocabulary.actions import RECORD_DATASETS
from openclear.vocabulary.purposes import POLICE_WORK
from openclear.web.account.adapters import note_wrong_code, refuse_locked
from openclear.web.sessions import TOKENS_SAID

CODE_SECONDS = 180
_DAY = forms.DateInput(attrs={"type": "date", "class": "usa-input"}, format="%Y-%m-%d")


class SignInForm(LoginForm):  # type: ignore[misc] # allauth is not typed
    """Handle, password, and the acknowledgement of the banner (AC-8)."""

    acknowledged = forms.BooleanField(
        label=_("I have read this and consent."),
        error_messages={"required": _("Confirm that you have read the notice.")},
    )


class Counted:
    """For every form with a code: a wrong code counts toward the lock, and no code works twice."""

    user: Any

    def clean_code(self) -> str:
        """Return the code. Raises ValidationError if it is wrong or used, or if the account is locked."""
        code: str = super().clean_code()  # type: ignore[misc] # of the form with this mixin
        refuse_locked(self.user, context.request, factors_adapter().validation_error("incorrect_code"))
        return unused(self, code)

    def _emit_authentication_failed(self, authenticator: Any) -> None:
        note_wrong_code(self.user, context.request)
        super()._emit_authentication_failed(authenticator)  # type: ignore[misc] # as above


class SecondFactorForm(Counted, AuthenticateForm):  # type: ignore[misc] # allauth is not typed
    """A code at the sign-in."""


class ProveAgainForm(Counted, ReauthenticateForm):  # type: ignore[misc] # allauth is not typed
    """A code in the middle of a session."""


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc] # allauth is not typed
    """A new password; a wrong old one counts toward the lock, as at sign-in. Asks whether to end the tokens."""

    end_tokens = forms.BooleanField(
        required=False,
        label=_("End my tokens for programs too"),
        help_text=_(
            "A token is a separate key and stays valid after this. End them if somebody else may know your password; programs that use them need new ones."
        ),
    )

    def save(self) -> None:
        """Change the password, end the tokens if requested, and keep the outcome for the next page."""
        super().save()
        facts = {"address": str(context.request.META.get("REMOTE_ADDR", ""))}
        ended = accounts.end_tokens(self.user.handle, details=facts) if self.cleaned_data["end_tokens"] else 0
        left = accounts.live_tokens(self.user.handle)
        context.request.session[TOKENS_SAID] = {"ended": ended, "left": left}

    def clean_oldpassword(self) -> str:
        """Return the old password. Raises ValidationError if it is wrong or the account is locked."""
        try:
            old: str = super().clean_oldpassword()
        except forms.ValidationError:
            note_wrong_code(self.user, context.request)
            raise
        refuse_locked(self.user, context.request, get_adapter().validation_error("enter_current_password"))
        return old


def unused(form: Any, code: str) -> str:
    """Return a code that was not used before, for longer than any code is good (IA-2(8)). Raises ValidationError."""
    # The cache looks and then writes: two requests with one code, at the same moment, take turns.
    with accounts.own_turn(form.user.handle):
        is_new = form.authenticator.type != "totp" or cache.add(
            f"code-{form.authenticator.pk}-{code}", "used", CODE_SECONDS
        )
    if not is_new:
        note_wrong_code(form.user, context.request)
        raise forms.ValidationError(_("This code was already used; wait for the next one."))
    return code


class OrderForm(forms.Form):
    """An order as an administrator draws it up."""

    agency = forms.CharField(max_length=200)
    ground = forms.CharField(
        label=_("Legal basis"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    public_basis = forms.CharField(required=False, max_length=300)
    scope = forms.MultipleChoiceField(
        required=False, choices=[(str(item), str(item)) for item in RECORD_DATASETS]
    )
    purposes = forms.MultipleChoiceField(
        required=False, choices=[(str(item), str(item)) for item in POLICE_WORK]
    )
    review_on = forms.DateField(required=False, widget=_DAY)

    def clean_review_on(self) -> date | None:
        """Return the review date."""
        day: date | None = self.cleaned_data["review_on"]
        return day

    def problem(self) -> str:
        """Return the first error in one sentence, or ""."""
        if self.is_valid():
            return ""
        name, problems = next(iter(self.errors.items()))
        label = self.fields[name].label or name.replace("_", " ").capitalize()
        return f"{label}: {problems[0]}"
