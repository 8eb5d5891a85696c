"""The public site as gunicorn serves it."""

import os

from django.core.wsgi import get_wsgi_application

from openclear.config.loading import for_good

os.environ["DJANGO_SETTINGS_MODULE"] = "openclear.config.settings.public"
with for_good():
    application = get_wsgi_application()
