"""Django's name for this room."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """The `records` room."""

    name = "openclear.records"
    label = "records"
