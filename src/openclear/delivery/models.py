"""Saved work: an export, an alert, a link. Each names its owner, purpose and case, never a permission."""

from typing import ClassVar
from uuid import uuid4

from django.db import models


class SavedWork(models.Model):
    """What an export, an alert and a link have in common: the owner, and the inquiry that is decided at every use."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    owner = models.CharField(max_length=40, db_index=True)
    kind = models.CharField(max_length=12)
    purpose = models.CharField(max_length=40)
    case = models.CharField(max_length=30, blank=True)
    text = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=12, db_index=True)
    created = models.DateTimeField()
    expires = models.DateTimeField()

    class Meta:
        """Each table has its own copy of these columns."""

        abstract = True

    def __str__(self) -> str:
        """Return the id, nothing of the question."""
        return str(self.id)


class Export(SavedWork):
    """An extract as a job and then as a file. States: queued, running, ready, failed, ended.

    `attempt`: the entry of its request, then of its making, until the outcome of that is in the log.
    """

    filters = models.JSONField(default=dict)
    format = models.CharField(max_length=8)
    rows = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    shown_under = models.CharField(max_length=64, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    attempt = models.BigIntegerField(null=True, blank=True)


class Alert(SavedWork):
    """An alert: a search that runs again and notifies its owner of new hits. States: active, ended."""

    filters = models.JSONField(default=dict)
    channel = models.CharField(max_length=8)
    address = models.CharField(max_length=200, blank=True)
    secret = models.CharField(max_length=64, blank=True)
    asked = models.DateTimeField(null=True, blank=True)


class AlertHit(models.Model):
    """A row that an alert found. Shown only after it is found again under a grant of the reader."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="hits")
    record = models.UUIDField()
    found = models.DateTimeField()

    class Meta:
        """A row is reported once."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["alert", "record"], name="hit_once_per_alert")
        ]

    def __str__(self) -> str:
        """Return the id."""
        return f"hit {self.pk}"


class Link(SavedWork):
    """A link to one record that one person gives another.

    Both people are decided when it is opened. States: active, ended.
    """

    record = models.UUIDField()
