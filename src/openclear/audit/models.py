"""The tables of the log: headers, private bodies, checkpoints. Append-only, except for erasure."""

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """One entry: its header as bytes, never rewritten, and its leaf hash."""

    index = models.BigIntegerField(primary_key=True)
    header = models.BinaryField()
    leaf = models.BinaryField()
    # On the last entry of each batch: a code made with the key, which proves at start that the log's writer made the
    # batch.
    batch_code = models.BinaryField(null=True)

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
    # Only an index for finding one's own entries, never proof of whose they are: that is in `fields`. Erased with it.
    officer = models.CharField(max_length=40, blank=True, default="")
    # The case that was named, so that reuse of a number can be counted. Erased with it, too.
    case = models.CharField(max_length=40, blank=True, default="")
    # What it was (a case, a dispatch event, a warrant) if it grounded an act that was allowed; "" otherwise.
    grounded_by = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        """Bodies are read in the order of the log."""

        ordering: ClassVar[list[str]] = ["entry"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["officer", "entry"], name="bodies_by_asker"),
            models.Index(fields=["case", "officer"], name="bodies_by_case"),
        ]

    def __str__(self) -> str:
        """Return the number of the entry, nothing of its content."""
        return f"body of entry {self.entry}"


class UnansweredEntry(models.Model):
    """The number of the entry of a refusal or mistake, by its leaf hash: the token that the requester has.

    Only an index: a lookup here compares the entry's own leaf hash with the token.
    """

    leaf = models.CharField(max_length=64, primary_key=True)
    entry = models.BigIntegerField()

    def __str__(self) -> str:
        """Return the number of the entry."""
        return f"entry {self.entry}"


class SignedCheckpoint(models.Model):
    """A signed and published checkpoint."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()
    # The list of all checkpoints up to this one, signed with it; empty for checkpoints older than such lists.
    listing = models.TextField(blank=True, default="")

    class Meta:
        """Checkpoints are read oldest first."""

        ordering: ClassVar[list[str]] = ["size"]

    def __str__(self) -> str:
        """Return the size that it signs."""
        return f"checkpoint of {self.size} entries"


class Replay(models.Model):
    """One requested replay of the stored log, and its progress.

    In the police database, because anyone who can change the log must not be able to write that it is valid.
    """

    began = models.DateTimeField()
    ended = models.DateTimeField(null=True, blank=True)
    total = models.BigIntegerField(default=0)
    checked = models.BigIntegerField(default=0)
    ok = models.BooleanField(null=True)
    root = models.CharField(max_length=64, blank=True)
    faults = models.JSONField(default=list)

    def __str__(self) -> str:
        """Return the number of the replay."""
        return f"replay {self.pk}"


class KnownLog(models.Model):
    """One row, in the police database: which log this city began. `leaf`: hexadecimal leaf hash of its entry 0."""

    leaf = models.CharField(max_length=64)
    key = models.TextField()

    def __str__(self) -> str:
        """Return the key that signs it."""
        return self.key
