"""Addresses of this desk."""

from allauth.account import views as account_views
from allauth.mfa.base import views as factor_views
from allauth.mfa.recovery_codes import urls as recovery_urls
from allauth.mfa.totp import urls as totp_urls
from allauth.mfa.webauthn import urls as webauthn_urls
from django.urls import include, path
from django.views.generic import RedirectView

from openclear.web.account import tokens, views

# allauth finds its own pages by the names that begin with account_ and mfa_.
urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("confirm", views.confirm, name="confirm"),
    path("account/", views.account, name="account"),
    path(
        "account/login", RedirectView.as_view(pattern_name="sign-in", query_string=True), name="account_login"
    ),
    path("account/logout", views.sign_out, name="account_logout"),
    path("account/again", account_views.reauthenticate, name="account_reauthenticate"),
    path("account/password", account_views.password_change, name="account_change_password"),
    path("account/first-password", account_views.password_set, name="account_set_password"),
    path("account/factors", RedirectView.as_view(pattern_name="account"), name="mfa_index"),
    path("account/second-factor", factor_views.authenticate, name="mfa_authenticate"),
    path("account/factor-again", factor_views.reauthenticate, name="mfa_reauthenticate"),
    path("account/authenticator/", include(totp_urls)),
    path("account/passkeys/", include(webauthn_urls)),
    path("account/recovery-codes/", include(recovery_urls)),
    path("account/tokens", tokens.own_tokens, name="tokens"),
    path("account/tokens/create", tokens.create, name="create-token"),
    path("account/tokens/<number:token>/end", tokens.end, name="end-token"),
]
