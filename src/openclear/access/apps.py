"""Django's name for this room."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The `access` room."""

    name = "openclear.access"
    label = "access"
