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
    """An agreement on access with an agency and all below it. Its terms say from when until when, and for what."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    number = models.CharField(max_length=60, unique=True)
    # Who signed, as text: one for each party.
    parties = models.JSONField(default=list)

    def __str__(self) -> str:
        """Return the number."""
        return self.number


class AgreementTerm(models.Model):
    """One term of an agreement: the first, or a renewal. Both days count. It is never changed, only ended."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="terms")
    starts_on = models.DateField()
    ends_on = models.DateField()
    datasets = models.JSONField(default=list)
    purposes = models.JSONField(default=list)
    # What was signed: where it is kept, its SHA-256, and where each clause is in it.
    document = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    clauses = models.JSONField(default=dict)
    signed = models.DateTimeField()
    signed_by = models.CharField(max_length=40)
    approved_by = models.CharField(max_length=40)
    entry = models.BigIntegerField()
    # From this second on it gives no access.
    ended = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=40, blank=True)
    ended_because = models.CharField(max_length=200, blank=True)
    ended_by_entry = models.BigIntegerField(null=True, blank=True)

    class Meta:
        """Terms are listed in the order in which they were signed."""

        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        """Return the days."""
        return f"{self.starts_on} - {self.ends_on}"
