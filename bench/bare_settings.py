"""The officer site's settings without the gate's middleware."""

from openclear.config.settings.serving import *  # noqa: F403 - the same settings
from openclear.config.settings.serving import MIDDLEWARE

ROOT_URLCONF = "bench.bare_site"
MIDDLEWARE = [
    name for name in MIDDLEWARE if name != "openclear.access.gate.middleware.ReleaseStampMiddleware"
]
