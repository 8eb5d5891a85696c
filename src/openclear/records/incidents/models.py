"""The tables of incidents."""

from django.db import models

from openclear.records.people.models import Person
from openclear.records.record import Record


class Incident(Record):
    """An incident under its RD number. The portal gives one row per victim of a murder: RD is not a key."""

    rd_number = models.CharField(max_length=20, blank=True, db_index=True)
    occurred = models.DateTimeField(db_index=True)
    block = models.CharField(max_length=80, db_index=True)
    location = models.CharField(max_length=80, blank=True)
    beat = models.CharField(max_length=12, blank=True)
    district = models.CharField(max_length=12, blank=True)
    ward = models.PositiveSmallIntegerField(null=True, blank=True)
    community_area = models.PositiveSmallIntegerField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    x_coordinate = models.IntegerField(null=True, blank=True)
    y_coordinate = models.IntegerField(null=True, blank=True)
    # None: the source does not say.
    arrest_made = models.BooleanField(null=True, blank=True)
    domestic = models.BooleanField(default=False)
    narrative = models.TextField(blank=True)

    def __str__(self) -> str:
        """Return the RD number."""
        return f"RD {self.rd_number}"


class Offense(Record):
    """One offense of an incident: the city's code and words, FBI code, NIBRS code if the mapping has it."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="offenses")
    iucr = models.CharField(max_length=12, blank=True)
    primary_type = models.CharField(max_length=60)
    description = models.CharField(max_length=80)
    fbi_code = models.CharField(max_length=4, blank=True)
    nibrs = models.CharField(max_length=4, blank=True)

    def __str__(self) -> str:
        """Return the code."""
        return f"offense {self.iucr}"


class Involvement(Record):
    """A person's part in an incident: victim, witness, suspect, arrestee, reporting party."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="involvements")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="involvements")
    role = models.CharField(max_length=20)

    def __str__(self) -> str:
        """Return the role."""
        return self.role
