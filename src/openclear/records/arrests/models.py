"""The tables of arrests."""

from django.db import models

from openclear.records.incidents.models import Incident
from openclear.records.people.models import Person
from openclear.records.record import Record


class Arrest(Record):
    """An arrest under its CB (central booking) number."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="arrests")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="arrests")
    cb_number = models.CharField(max_length=12, db_index=True)
    made = models.DateTimeField()
    beat = models.CharField(max_length=12, blank=True)

    def __str__(self) -> str:
        """Return the CB number."""
        return f"CB {self.cb_number}"


class Charge(Record):
    """One charge of an arrest: statute and words."""

    arrest = models.ForeignKey(Arrest, on_delete=models.CASCADE, related_name="charges")
    statute = models.CharField(max_length=40)
    description = models.CharField(max_length=120)
    grade = models.CharField(max_length=20, blank=True)

    def __str__(self) -> str:
        """Return the statute."""
        return self.statute
