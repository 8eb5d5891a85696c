"""Signing in: allauth for passwords, second factors and passkeys, under the rules of the CJIS Security Policy."""

from openclear.config.settings.shared import CONFIGURATION

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("handle", "name", "title")},
    },
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "openclear.web.account.passwords.NoPoliceWords"},
]
LOGIN_URL, LOGIN_REDIRECT_URL = "sign-in", "/"
ACCOUNT_ADAPTER = "openclear.web.account.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD, ACCOUNT_USER_MODEL_EMAIL_FIELD = "handle", None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# The lock after five failures is ours (access/accounts/sign_in.py) and counts per account across machines; these
# only slow a flood down, and are high enough for a whole station behind one address.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": None,
    "reauthenticate": "60/m/user",
    "change_password": "60/m/user",
}
# Raised by allauth to redirect a request to another of its pages; nothing failed.
TURNED_ASIDE = frozenset({"ReauthenticationRequired", "ImmediateHttpResponse", "RateLimited"})
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}
MFA_ADAPTER = "openclear.web.account.adapters.SecondFactorAdapter"
ACCOUNT_FORMS = {"change_password": "openclear.web.forms.NewPasswordForm"}
MFA_FORMS = {
    "authenticate": "openclear.web.forms.SecondFactorForm",
    "reauthenticate": "openclear.web.forms.ProveAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# A phone whose clock is half a minute off can still sign in.
MFA_TOTP_TOLERANCE = 1
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Browsers allow passkeys without TLS on http://localhost alone; elsewhere the site is behind TLS.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = CONFIGURATION.tls != "proxy"
# Used codes are remembered across the processes of the site, so none works twice (IA-2(8)).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(CONFIGURATION.police / "cache"),
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}
# The pages of the user's own account: allauth's, none of which reads a record (docs/public-routes.md).
ACCOUNT_ROUTES = frozenset(
    {
        "account_login", "account_logout", "account_reauthenticate", "account_change_password",
        "account_set_password", "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp",
        "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn",
        "mfa_remove_webauthn", "mfa_edit_webauthn", "mfa_login_webauthn",
    }
)  # fmt: skip
