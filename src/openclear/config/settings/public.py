"""The public site: a separate process that is given one folder and reads nothing else."""

import os
import secrets
from pathlib import Path

from openclear.config.city import profile_folder
from openclear.config.configuration import FILE_NAME, Configuration
from openclear.config.databases import public_database
from openclear.vocabulary.city import choose_city, city

PACKAGE = Path(__file__).resolve().parents[2]
_HOME = Path(os.environ.get("OPENCLEAR_HOME") or "var").absolute()
PUBLIC_FOLDER = Path(os.environ.get("OPENCLEAR_PUBLIC_FOLDER") or _HOME / "public").absolute()
choose_city(profile_folder(PUBLIC_FOLDER, founded=True))
EDITIONS_FOLDER = PUBLIC_FOLDER / "editions"
CONFIGURATION = Configuration.read(file=PUBLIC_FOLDER / FILE_NAME)

DEBUG = False
# Nothing is signed here: no sessions, no forms, no cookies.
SECRET_KEY = secrets.token_urlsafe(48)
ALLOWED_HOSTS = [host.strip() for host in CONFIGURATION.public_allowed_hosts.split(",") if host.strip()]
ROOT_URLCONF = "openclear.citizen.routes"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "openclear.citizen.headers.PublicHeaders",
    "openclear.citizen.headers.Compression",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
]
INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "openclear.release",
    "openclear.citizen",
]
DATABASE_ROUTERS = ["openclear.config.databases.Router"]
DATABASES = {
    "default": {},
    "public": public_database(CONFIGURATION.public_database, PUBLIC_FOLDER / "public.sqlite3", writes=False),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "openclear.citizen.context.page_facts",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "openclear.citizen.templatetags.public",
            ],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = PACKAGE / "citizen" / "assets"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
STORAGES = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
USE_TZ = True
TIME_ZONE = city().time_zone
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [PACKAGE / "citizen" / "locale"]
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
# For addresses in the site map and robots.txt.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIGURATION.tls == "proxy" else None
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "ERROR"},
}
