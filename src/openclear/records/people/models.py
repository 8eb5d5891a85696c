"""The tables of people."""

from typing import Any, ClassVar

from django.db import models

from openclear.records.record import Record, RowsWithin


class Person(Record):
    """A person whom the department has dealt with. `family` and `given` are of the main name."""

    family = models.CharField(max_length=80)
    given = models.CharField(max_length=80)
    birth_date = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    height_inches = models.PositiveSmallIntegerField(null=True, blank=True)
    weight_pounds = models.PositiveSmallIntegerField(null=True, blank=True)
    hair = models.CharField(max_length=20, blank=True)
    eyes = models.CharField(max_length=20, blank=True)
    marks = models.CharField(max_length=200, blank=True)
    home_address = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        """Return the id, never a name."""
        return f"person {self.id}"


class PersonName(Record):
    """A name that a person is known by: legal, alias, nickname, as misspelled in a report."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="names")
    kind = models.CharField(max_length=12)
    family = models.CharField(max_length=80, blank=True)
    given = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        """Return the id."""
        return f"name {self.id}"


class NameWord(models.Model):
    """One word of one name, normalized, and how it sounds (Metaphone): what a name search looks up."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="words")
    name = models.ForeignKey(PersonName, on_delete=models.CASCADE, related_name="words")
    word = models.CharField(max_length=80)
    sound = models.CharField(max_length=80)
    labels = models.IntegerField(default=0)

    objects: ClassVar[Any] = RowsWithin.as_manager()

    class Meta:
        """Words and sounds are looked up."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["word", "person", "labels"], name="words_by_spelling"),
            models.Index(fields=["sound", "person", "labels"], name="words_by_sound"),
        ]

    def __str__(self) -> str:
        """Return the id."""
        return f"word {self.pk}"


class Identifier(Record):
    """A number that names a person: IR number, state identification number, driver's license."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=40, db_index=True)

    def __str__(self) -> str:
        """Return the id."""
        return f"identifier {self.id}"


class Address(Record):
    """Where a person lives, lived or works, and from when to when."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=12)
    line = models.CharField(max_length=120)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        """Return the id."""
        return f"address {self.id}"
