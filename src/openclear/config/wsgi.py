"""The officer site as gunicorn serves it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "openclear.config.settings.serving"
application = get_wsgi_application()

from openclear.config.wiring import wire  # noqa: E402 - the rooms are there only now

wire()
