"""What rises with every change, what the log was seen to be, and the rules that the city was served with."""

from django.db import models


class Epoch(models.Model):
    """The one counter that rises with every change to orders, agencies, affiliations, agreements.

    `sealings`: how often records were sealed. What was read before the newest of them is read again before it leaves.
    """

    value = models.BigIntegerField(default=0)
    sealings = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        """Return the number."""
        return str(self.value)


class CommittedEpoch(models.Model):
    """An epoch whose change was committed: one in the log but not in this table is void."""

    value = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        """Return the number."""
        return str(self.value)


class SeenCheckpoint(models.Model):
    """One row: the newest signed checkpoint of the log that this database saw. A log that does not reach it was cut back."""

    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    note = models.TextField()

    def __str__(self) -> str:
        """Return how many entries it signs."""
        return f"checkpoint of {self.size} entries"


class PolicyVersion(models.Model):
    """The rules that this city was served with, in the order in which they came: an older set must not come back."""

    digest = models.CharField(max_length=64, unique=True)
    epoch = models.BigIntegerField()
    moment = models.DateTimeField()

    def __str__(self) -> str:
        """Return the digest."""
        return self.digest
