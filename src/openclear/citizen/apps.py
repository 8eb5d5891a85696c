"""Django's name for this room."""

from django.apps import AppConfig


class CitizenConfig(AppConfig):
    """The public portal."""

    name = "openclear.citizen"
    label = "citizen"
