"""Django's name for this room."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The `web` room."""

    name = "openclear.web"
    label = "web"
