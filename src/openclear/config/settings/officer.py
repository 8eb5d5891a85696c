"""The police side: officer site, API and command line."""

from openclear.config.secrets import web_secret
from openclear.config.settings.accounts import *  # noqa: F403 - a settings module is the sum of its parts
from openclear.config.settings.accounts import ACCOUNT_ROUTES
from openclear.config.settings.shared import *  # noqa: F403 - a settings module is the sum of its parts
from openclear.config.settings.shared import CONFIGURATION, KEYS_FOLDER, PACKAGE

SECRET_KEY = web_secret(KEYS_FOLDER)
ALLOWED_HOSTS = [host.strip() for host in CONFIGURATION.allowed_hosts.split(",") if host.strip()]
ROOT_URLCONF = "openclear.config.urls"
WSGI_APPLICATION = "openclear.config.wsgi.application"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "openclear.web.headers.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "openclear.web.sessions.SessionLimits",
    "allauth.account.middleware.AccountMiddleware",
    "openclear.web.problems.ProblemPages",
    "openclear.access.gate.middleware.ReleaseStampMiddleware",
]
# What every template may use without loading it.
TAGS = tuple(f"openclear.web.templatetags.{name}" for name in ("officer", "moments", "recorded"))
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "openclear.web.context.page_facts",
            ],
            "builtins": ["django.templatetags.i18n", *TAGS],
        },
    }
]
# Built by ./run from npm packages and our own files; names contain a hash, so a browser keeps them forever.
STATIC_URL = "static/"
STATIC_ROOT = PACKAGE / "web" / "assets"
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
# The routes that may answer without a release stamp, each with its reason (docs/public-routes.md).
PUBLIC_ROUTES = frozenset(
    {
        "sign-in",
        "sign-out",
        "set-language",
        "healthz",
        "api-1:openapi-json",
        "account",
        "confirm",
        *ACCOUNT_ROUTES,
    }
)
SESSION_ENGINE = "openclear.access.accounts.session_store"
APPEND_SLASH = False
SESSION_COOKIE_AGE = 12 * 3600
# A session does not outlive the browser (IA-5).
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIGURATION.tls == "proxy"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIGURATION.tls == "proxy" else None
SECURE_HSTS_SECONDS = 31_536_000 if CONFIGURATION.tls == "proxy" else 0
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if CONFIGURATION.tls == "proxy" else []
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "openclear.web.problems.form_not_accepted"
