"""Agencies, what their paths were, and the agreements that give them access."""

from typing import ClassVar

from django.db import models


class Agency(models.Model):
    """One agency. Its path says what is above it; every link of the path must be an agency here."""

    path = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    oris = models.JSONField(default=list)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        """Agencies are listed in the order of the tree."""

        ordering: ClassVar[list[str]] = ["path"]

    def __str__(self) -> str:
        """Return the path."""
        return self.path


class AgencyMove(models.Model):
    """A change of a path: moved, renamed, merged into another, or split off. Append-only; a path that was left is never used again."""

    kind = models.CharField(max_length=12)
    old = models.CharField(max_length=200, db_index=True)
    new = models.CharField(max_length=200)
    moment = models.DateTimeField()
    entry = models.BigIntegerField()

    def __str__(self) -> str:
        """Return the path before and after."""
        return f"{self.old} {self.kind} {self.new}"


class Agreement(models.Model):
    """A signed agreement on access. It covers its agency and all below it."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    number = models.CharField(max_length=60, unique=True)
    signed_on = models.DateField()
    ends_on = models.DateField()

    def __str__(self) -> str:
        """Return the number."""
        return self.number
