"""The tables of vehicles."""

from django.db import models

from openclear.records.people.models import Person
from openclear.records.record import Record


class Vehicle(Record):
    """A vehicle; `plate` is normalized (letters and digits alone)."""

    plate = models.CharField(max_length=10, db_index=True)
    plate_state = models.CharField(max_length=2)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    make = models.CharField(max_length=30)
    model = models.CharField(max_length=30)
    color = models.CharField(max_length=20)
    registered_owner = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="vehicles"
    )
    stolen = models.BooleanField(default=False)

    def __str__(self) -> str:
        """Return the id."""
        return f"vehicle {self.id}"
