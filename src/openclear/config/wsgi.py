"""The officer site as gunicorn serves it."""

import os

from django.core.wsgi import get_wsgi_application

from openclear.config.loading import for_good

os.environ["DJANGO_SETTINGS_MODULE"] = "openclear.config.settings.serving"
with for_good():
    application = get_wsgi_application()
    from openclear.config import urls  # noqa: F401 - loaded here and not at the first request
    from openclear.config.wiring import wire

    wire()
