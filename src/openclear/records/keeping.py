"""Tables of the warehouse that are no records: boundaries, marks of change, sealings, the tables that labels came from."""

from typing import ClassVar

from django.db import models


class Boundary(models.Model):
    """A polygon of the city from one day until another: a beat, a district, a community area, a ward.

    `shape`: a GeoJSON geometry in longitude and latitude (WGS 84). Public facts, so without labels.
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


class ChangedMonth(models.Model):
    """A month, by the city's clock, in which incidents came, changed or were sealed. Written in the change's own transaction.

    Whoever keeps something made from incidents makes the month anew and removes the marks that it saw before.
    """

    month = models.DateField()
    reader = models.CharField(max_length=12)

    def __str__(self) -> str:
        """Return the month."""
        return f"{self.month:%Y-%m}"


class Sealing(models.Model):
    """What a court ordered to be sealed or expunged: begun before it is logged.

    Done when every row carries the label and nothing that was read before is under way any more.
    """

    kind = models.CharField(max_length=10)
    record = models.UUIDField()
    label = models.IntegerField()
    court_order = models.CharField(max_length=80)
    by = models.CharField(max_length=40)
    begun = models.DateTimeField()
    done = models.BooleanField(default=False)

    def __str__(self) -> str:
        """Return the court's order."""
        return self.court_order


class LabelTable(models.Model):
    """The city's tables of offenses by which everything here was labelled. The newest counts."""

    codes = models.TextField()
    wordings = models.TextField()

    def __str__(self) -> str:
        """Return the number."""
        return f"tables {self.pk}"
