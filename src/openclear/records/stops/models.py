"""The tables of stops and calls that an officer on patrol started."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from openclear.records.people.models import Person


class Stop(models.Model):
    """A stop or call that an officer started for one hour. `outcome`: what came of it, in the officer's words.

    `plate` is normalized (letters and digits alone). `asked`: how many people were asked for, found or not.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    number = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=4)
    officer = models.CharField(max_length=40, db_index=True)
    place = models.CharField(max_length=120)
    plate = models.CharField(max_length=10, blank=True)
    opened = models.DateTimeField(db_index=True)
    until = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=200, blank=True)
    asked = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """Each officer has one open at a time."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["officer"], condition=models.Q(ended=None), name="one_stop_at_a_time"
            )
        ]

    def __str__(self) -> str:
        """Return the number."""
        return self.number


class StopPerson(models.Model):
    """A person whom the officer met at a stop and named with full name and date of birth."""

    stop = models.ForeignKey(Stop, on_delete=models.CASCADE, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    class Meta:
        """A person is at a stop once."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["stop", "person"], name="person_once_at_a_stop")
        ]

    def __str__(self) -> str:
        """Return the ids."""
        return f"person {self.person_id} at {self.stop_id}"
