"""The tables of cases."""

from typing import ClassVar

from django.db import models

from openclear.records.incidents.models import Incident
from openclear.records.record import ForAgency, Record


class Case(Record):
    """A case, dispatch event or warrant that a search can name.

    A partner's own case is registered here first (kind `external`): its number there, its offense, and the sponsor of
    this department who confirms it; until then it cannot be named.
    """

    number = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=120)
    opened = models.DateField()
    closed = models.DateField(null=True, blank=True)
    incident = models.ForeignKey(
        Incident, on_delete=models.SET_NULL, null=True, blank=True, related_name="cases"
    )
    registered_by = models.CharField(max_length=40, blank=True)
    sponsor = models.CharField(max_length=40, blank=True, db_index=True)
    confirmed = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        """Return the number."""
        return self.number


class CaseShare(ForAgency):
    """A case that was shared with another agency, and all below it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="shares")
    shared_by = models.CharField(max_length=40)
    since = models.DateField()

    class Meta:
        """A case is shared with an agency once."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "agency"], name="share_once_per_agency")
        ]


class ShareRequest(ForAgency):
    """A case that an officer of its department asks to share; deleted when another one approves it or turns it down."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="share_requests")
    asked_by = models.CharField(max_length=40)
    asked = models.DateTimeField()

    class Meta:
        """One request for each agency."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "agency"], name="ask_once_per_agency")
        ]
