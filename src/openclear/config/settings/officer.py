"""The police side: officer site, API and command line."""

from openclear.config.secrets import web_secret
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
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "openclear.access.middleware.ReleaseStampMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "OPTIONS": {"context_processors": ["openclear.web.context.page_facts"]},
    }
]
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# What may leave without a release stamp, each with its reason (docs/public-routes.md).
PUBLIC_ROUTES = frozenset({"sign-in", "sign-out", "set-language", "healthz", "api-1:openapi-json"})
SESSION_ENGINE = "openclear.access.sessions"
APPEND_SLASH = False
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_SAMESITE = "Lax"
