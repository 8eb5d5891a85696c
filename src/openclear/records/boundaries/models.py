"""The table of boundaries."""

from datetime import date
from typing import ClassVar

from django.db import models

from openclear.vocabulary.without_grant import without_grant


class Boundary(models.Model):
    """A polygon of the city from one day until another: a beat, a district, a community area, a ward.

    `shape`: a GeoJSON geometry in longitude and latitude (WGS 84). Public facts, so no labels.
    """

    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=6)
    name = models.CharField(max_length=80, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    shape = models.JSONField()

    class Meta:
        """One polygon for each code and first day."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "code", "valid_from"], name="boundary_once")
        ]

    def __str__(self) -> str:
        """Return kind and code."""
        return f"{self.kind} {self.code}"


@without_grant("makes a condition; reads nothing")
def in_force_on(day: date) -> models.Q:
    """Return the condition on boundaries in force on a day."""
    return models.Q(valid_from__lte=day) & (models.Q(valid_to=None) | models.Q(valid_to__gt=day))
