"""What waits for a second person."""

from django.db import models


class Proposal(models.Model):
    """An act that one person has asked for and that waits for a second. `facts`: what the act takes, as its kind says."""

    kind = models.CharField(max_length=20)
    agency = models.CharField(max_length=200)
    # What the act changes, such as an order, or its result.
    about = models.CharField(max_length=40, blank=True)
    reason = models.TextField()
    facts = models.JSONField(default=dict)
    proposed_by = models.CharField(max_length=40)
    proposed = models.DateTimeField()
    # Whom it means, as its proposer saw it: a second person approves this and nothing else.
    plan = models.JSONField(default=dict)
    meaning = models.CharField(max_length=16, blank=True)
    state = models.CharField(max_length=12, default="open", db_index=True)
    decided_by = models.CharField(max_length=40, blank=True)
    decided = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Return what is proposed."""
        return f"{self.kind} of {self.agency}"
