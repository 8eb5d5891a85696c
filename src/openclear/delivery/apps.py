"""Django's name for this room."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """Exports, alerts and links."""

    name = "openclear.delivery"
    label = "delivery"
