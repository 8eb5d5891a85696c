"""The room as Django knows it."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Exports, alerts and links."""

    name = "openclear.search"
    label = "search"
