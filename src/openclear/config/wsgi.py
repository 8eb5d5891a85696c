"""The officer site as gunicorn serves it."""

import os

from django.core.wsgi import get_wsgi_application

from openclear.config.loading import for_good

os.environ["DJANGO_SETTINGS_MODULE"] = "openclear.config.settings.serving"
with for_good():
    application = get_wsgi_application()
    from django.db import connections

    from openclear.config import urls  # noqa: F401 - loaded here and not at the first request
    from openclear.config.wiring import wire
    from openclear.operations.setup import refuse_other_city

    wire()
    # A worker that starts later reads the profile again.
    refuse_other_city()
    connections.close_all()
