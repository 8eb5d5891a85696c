"""Django's name for this room."""

from django.apps import AppConfig


class ReleaseConfig(AppConfig):
    """The tables of the public database."""

    name = "openclear.release"
    label = "release"
