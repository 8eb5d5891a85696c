"""Orders: their states, places, proofs, notices."""

from typing import ClassVar

from django.db import models


class OrderState(models.Model):
    """One state that an order was set to. Append-only: the newest row of an order is in force."""

    sequence = models.BigAutoField(primary_key=True)
    order = models.CharField(max_length=40, db_index=True)
    agency = models.CharField(max_length=200)
    state = models.CharField(max_length=20)
    scope = models.JSONField(default=list)
    purposes = models.JSONField(default=list)
    legal_basis = models.TextField()
    ordered_by = models.CharField(max_length=40)
    approved_by = models.CharField(max_length=40)
    review_on = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=200, blank=True)
    public_basis = models.CharField(max_length=300, blank=True)
    moment = models.DateTimeField(null=True, blank=True)
    epoch = models.BigIntegerField()
    entry = models.BigIntegerField()

    def __str__(self) -> str:
        """Return the order and its state."""
        return f"{self.order} {self.state}"


class OrderPlace(models.Model):
    """A place in the tree that an order covers besides its own agency, because an agency under it moved there."""

    order = models.CharField(max_length=40, db_index=True)
    agency = models.CharField(max_length=200)

    class Meta:
        """An order covers a place once."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["order", "agency"], name="place_once_per_order")
        ]

    def __str__(self) -> str:
        """Return the order and the place."""
        return f"{self.order} also {self.agency}"


class OrderProof(models.Model):
    """What an order did, target by target: its plan from the moment it came into force, its receipts once it was proved."""

    order = models.CharField(max_length=40, db_index=True)
    epoch = models.BigIntegerField()
    receipts = models.JSONField(default=list)
    plan = models.JSONField(default=dict)

    def __str__(self) -> str:
        """Return which order."""
        return f"proof of {self.order}"


class Notice(models.Model):
    """What partner agencies are told before an order: what changes, and that nothing changes for them."""

    agency = models.CharField(max_length=200, db_index=True)
    about = models.CharField(max_length=200)
    text = models.TextField()
    written_by = models.CharField(max_length=40)
    since = models.DateTimeField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        """Return whom it is for."""
        return f"notice to {self.agency}"
