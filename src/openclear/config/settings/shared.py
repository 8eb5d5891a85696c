"""What every process of OpenCLEAR shares: databases, applications, language, time."""

import sys
from pathlib import Path

from openclear.config.city import profile_folder
from openclear.config.configuration import Configuration
from openclear.config.databases import database, public_database
from openclear.vocabulary.city import choose_city, city

CONFIGURATION = Configuration.read()
PACKAGE = Path(__file__).resolve().parents[2]
# Before any room is loaded: some read the profile on import.
choose_city(profile_folder(CONFIGURATION.public, founded=any(CONFIGURATION.keys.glob("*.key"))))

POLICE_FOLDER = CONFIGURATION.police
LOG_FOLDER = CONFIGURATION.log
KEYS_FOLDER = CONFIGURATION.keys
BARRIER_FOLDER = CONFIGURATION.police / "barrier"
PROGRAM_COMMAND = [sys.executable, "-m", "openclear.config.program"]
SEQUENCER_COMMAND = [*PROGRAM_COMMAND, "sequencer"] if CONFIGURATION.sequencer == "auto" else []
SEQUENCER_ENVIRONMENT = {"OPENCLEAR_HOME": str(CONFIGURATION.home)}

PUBLIC_FOLDER = CONFIGURATION.public
EDITIONS_FOLDER = CONFIGURATION.public / "editions"
EXPORTS_FOLDER = CONFIGURATION.police / "exports"
MAIL_SERVER, MAIL_FROM = CONFIGURATION.mail, CONFIGURATION.mail_from
LOOKUPS_ON_A_CASE = CONFIGURATION.lookups_on_a_case
WEBHOOK_TARGETS = [target.strip() for target in CONFIGURATION.webhook_targets.split(",") if target.strip()]
# The proxies whose X-Forwarded-For is trusted and that a receipt names; none if no proxy is in front of the site.
TRUSTED_PROXIES = (
    tuple(address.strip() for address in CONFIGURATION.trusted_proxies.split(",") if address.strip())
    if CONFIGURATION.tls == "proxy"
    else ()
)
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

DEBUG = False
USE_TZ = True
TIME_ZONE = city().time_zone
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASE_ROUTERS = ["openclear.config.databases.Router"]
DATABASES = {
    "default": database(CONFIGURATION.database, CONFIGURATION.police / "police.sqlite3"),
    "audit": database(CONFIGURATION.audit_database, CONFIGURATION.log / "audit.sqlite3"),
    "public": public_database(
        CONFIGURATION.public_database, CONFIGURATION.public / "public.sqlite3", writes=True
    ),
}
AUTH_USER_MODEL = "access.Officer"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "openclear.audit",
    "openclear.access",
    "openclear.records",
    "openclear.delivery",
    "openclear.release",
    "django_tasks_db",
    "openclear.web",
]
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # Django's request log has paths with search words: personal data never enters a text log.
    "loggers": {"django.request": {"handlers": [], "level": "CRITICAL", "propagate": False}},
}
