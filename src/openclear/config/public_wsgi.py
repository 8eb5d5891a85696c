"""The public site as gunicorn serves it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "openclear.config.settings.public"
application = get_wsgi_application()
