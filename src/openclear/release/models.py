"""Tables of the public database. Everything in them is public: data that not everyone may read is never written here."""

from typing import ClassVar

from django.db import models


class Edition(models.Model):
    """One month's incidents as published once. Never changed: a faulty edition is withdrawn, with a reason."""

    month = models.DateField()
    revision = models.PositiveSmallIntegerField()
    made = models.DateTimeField()
    incidents = models.PositiveIntegerField()
    manifest = models.TextField()
    signature = models.TextField()
    entry = models.BigIntegerField()
    withdrawn = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        """A revision of a month is published once."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["month", "revision"], name="edition_once")
        ]

    def __str__(self) -> str:
        """Return the name of the edition."""
        return f"{self.month:%Y-%m}.{self.revision}"


class PublishedIncident(models.Model):
    """An incident as everyone may see it. An empty field is withheld, or missing in the record.

    `area`: a unit of the city's map, None if withheld. `hour`: local time, without minutes. The point is that of its
    block.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="rows")
    area = models.PositiveSmallIntegerField(null=True, blank=True)
    primary_type = models.CharField(max_length=60, blank=True)
    description = models.CharField(max_length=80, blank=True)
    block = models.CharField(max_length=80, blank=True, db_index=True)
    hour = models.DateTimeField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    arrest = models.BooleanField(null=True, blank=True)

    class Meta:
        """Pages query by month, area and type."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["edition", "area", "primary_type"], name="published_by_cell")
        ]

    def __str__(self) -> str:
        """Return what happened."""
        return self.primary_type or "withheld"


class TypeTotal(models.Model):
    """A month's incidents of one primary type in the whole city ("" for all types too rare to name)."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="totals")
    primary_type = models.CharField(max_length=60, blank=True)
    incidents = models.PositiveIntegerField()

    def __str__(self) -> str:
        """Return the type."""
        return self.primary_type


class Outline(models.Model):
    """The polygon of a community area or a district: GeoJSON in longitude and latitude."""

    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=6)
    name = models.CharField(max_length=80)
    shape = models.JSONField()

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Statement(models.Model):
    """What the log says about access, as of one signed checkpoint. The newest counts; the others stay."""

    made = models.DateTimeField()
    size = models.BigIntegerField()
    checkpoint = models.TextField()
    facts = models.JSONField()

    def __str__(self) -> str:
        """Return the size of the log that it covers."""
        return f"statement at {self.size}"


class Access(models.Model):
    """Who has access and which orders are in force, as of one epoch. One row: the newest epoch that was published."""

    epoch = models.BigIntegerField(unique=True)
    made = models.DateTimeField()
    orders = models.JSONField()
    agencies = models.JSONField()

    def __str__(self) -> str:
        """Return the epoch."""
        return f"access at epoch {self.epoch}"
