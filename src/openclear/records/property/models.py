"""The table of property."""

from django.db import models

from openclear.records.incidents.models import Incident
from openclear.records.people.models import Person
from openclear.records.record import Record


class PropertyItem(Record):
    """One item under its inventory number. `value`: in dollars; `serial_number`: normalized (letters and digits alone)."""

    inventory_number = models.CharField(max_length=12, db_index=True)
    description = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    serial_number = models.CharField(max_length=40, blank=True, db_index=True)
    value = models.PositiveIntegerField(null=True, blank=True)
    location = models.CharField(max_length=80, blank=True)
    incident = models.ForeignKey(
        Incident, on_delete=models.SET_NULL, null=True, blank=True, related_name="property"
    )
    owner = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="property"
    )

    def __str__(self) -> str:
        """Return the inventory number."""
        return f"inventory {self.inventory_number}"
