"""The officer site as gunicorn serves it.

Each worker loads it for itself before it accepts a connection. It is never loaded before workers are forked: they would share
the connections of a pool, and read each other's answers.
"""

import os

from django.core.wsgi import get_wsgi_application

from openclear.config.loading import for_good

os.environ["DJANGO_SETTINGS_MODULE"] = "openclear.config.settings.serving"
with for_good():
    application = get_wsgi_application()
    from django.db import connections

    from openclear.config import urls  # noqa: F401 - loaded here and not at the first request
    from openclear.config.warming import load_what_pages_need
    from openclear.config.wiring import wire
    from openclear.operations.setup import refuse_other_city

    wire()
    refuse_other_city()
    load_what_pages_need()
    connections.close_all()
