"""The tables of the log: headers, private bodies, checkpoints. Only ever appended to, but for erasure."""

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """One entry: its header as bytes, never written again, and the leaf hash over them."""

    index = models.BigIntegerField(primary_key=True)
    header = models.BinaryField()
    leaf = models.BinaryField()

    class Meta:
        """Headers are read in the order of the log."""

        ordering: ClassVar[list[str]] = ["index"]

    def __str__(self) -> str:
        """Return the number of the entry."""
        return f"entry {self.index}"


class Body(models.Model):
    """The private part of one entry: canonical JSON of its fields, each with its salt."""

    entry = models.BigIntegerField(primary_key=True)
    fields = models.TextField()

    class Meta:
        """Bodies are read in the order of the log."""

        ordering: ClassVar[list[str]] = ["entry"]

    def __str__(self) -> str:
        """Return the number of the entry, nothing of what is in it."""
        return f"body of entry {self.entry}"


class SignedCheckpoint(models.Model):
    """A checkpoint as it was signed and given away."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()

    class Meta:
        """Checkpoints are read oldest first."""

        ordering: ClassVar[list[str]] = ["size"]

    def __str__(self) -> str:
        """Return the size that it signs."""
        return f"checkpoint of {self.size} entries"
