"""Django's name for this room."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The `audit` room."""

    name = "openclear.audit"
    label = "audit"
