"""Agencies, people, affiliations, orders, epoch, tokens. Changed by this room's commands alone."""

from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from openclear.vocabulary import clock


class Agency(models.Model):
    """One agency. Its path says what stands above it; every link of the path must be an agency here."""

    path = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    oris = models.JSONField(default=list)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        """Agencies are listed in the order of the tree."""

        ordering: ClassVar[list[str]] = ["path"]

    def __str__(self) -> str:
        """Return the path."""
        return self.path


class AgencyMove(models.Model):
    """A change of a path: moved, renamed, merged into another, or split off. Append-only; a path that was left is never used again."""

    kind = models.CharField(max_length=12)
    old = models.CharField(max_length=200, db_index=True)
    new = models.CharField(max_length=200)
    moment = models.DateTimeField()
    entry = models.BigIntegerField()

    def __str__(self) -> str:
        """Return from where to where."""
        return f"{self.old} {self.kind} {self.new}"


class Agreement(models.Model):
    """A signed agreement on access. It covers its agency and all below it."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    number = models.CharField(max_length=60, unique=True)
    signed_on = models.DateField()
    ends_on = models.DateField()

    def __str__(self) -> str:
        """Return the number."""
        return self.number


class Officer(AbstractBaseUser):
    """Anyone who can ask: officers, analysts, administrators, oversight, machine accounts."""

    handle = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120)
    roles = models.JSONField(default=list)
    certified_until = models.DateField()
    machine_purpose = models.CharField(max_length=40, blank=True)
    is_integration = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    mail = models.EmailField(blank=True)
    registered = models.DateTimeField(default=clock.now)
    registered_by = models.CharField(max_length=40, blank=True)
    approved_by = models.CharField(max_length=40, blank=True)
    temporary_until = models.DateTimeField(null=True, blank=True)
    last_used = models.DateField(null=True, blank=True)
    disabled_for = models.CharField(max_length=80, blank=True)

    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()
    USERNAME_FIELD = "handle"

    class Meta:
        """People are listed by handle."""

        ordering: ClassVar[list[str]] = ["handle"]

    def __str__(self) -> str:
        """Return the handle."""
        return self.handle


class Affiliation(models.Model):
    """A dated tie of a person to an agency. An order on any of them, or above, reaches the person."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="affiliations")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    kind = models.CharField(max_length=20)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    entry = models.BigIntegerField()
    # Who ended it, and the entry of that: a receipt that misses somebody can say why.
    ended_by = models.CharField(max_length=40, blank=True)
    ended_by_entry = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        """Return who is tied to what, and how."""
        return f"{self.officer_id} {self.kind} {self.agency_id}"


class OrderState(models.Model):
    """One state that an order was set to. Append-only: the newest row of an order is what holds."""

    sequence = models.BigAutoField(primary_key=True)
    order = models.CharField(max_length=40, db_index=True)
    agency = models.CharField(max_length=200)
    state = models.CharField(max_length=20)
    scope = models.JSONField(default=list)
    purposes = models.JSONField(default=list)
    ground = models.TextField()
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
    """A place in the tree that an order holds besides its own agency, because an agency under it moved there."""

    order = models.CharField(max_length=40, db_index=True)
    agency = models.CharField(max_length=200)

    class Meta:
        """An order holds a place once."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["order", "agency"], name="place_once_per_order")
        ]

    def __str__(self) -> str:
        """Return the order and the place."""
        return f"{self.order} also {self.agency}"


class PolicyVersion(models.Model):
    """The rules that this city was served with, in the order in which they came: an older set must not come back."""

    digest = models.CharField(max_length=64, unique=True)
    epoch = models.BigIntegerField()
    moment = models.DateTimeField()

    def __str__(self) -> str:
        """Return the digest."""
        return self.digest


class Notice(models.Model):
    """What partner agencies are told of an order beforehand: what changes, and that nothing changes for them."""

    agency = models.CharField(max_length=200, db_index=True)
    about = models.CharField(max_length=200)
    text = models.TextField()
    written_by = models.CharField(max_length=40)
    since = models.DateTimeField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        """Return whom it is for."""
        return f"notice to {self.agency}"


class Epoch(models.Model):
    """The one counter that rises with every change to orders, agencies, affiliations, agreements.

    `sealings`: how often records were sealed. What was read before the newest of them is read anew before it leaves.
    """

    value = models.BigIntegerField(default=0)
    sealings = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        """Return the number."""
        return str(self.value)


class CommittedEpoch(models.Model):
    """An epoch whose change was committed: what the log holds and this table does not is void."""

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


class Token(models.Model):
    """A bearer token for the API and the command line; only its hash is kept."""

    digest = models.CharField(max_length=64, unique=True)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    name = models.CharField(max_length=60, blank=True)
    created = models.DateTimeField()
    expires = models.DateTimeField()

    def __str__(self) -> str:
        """Return whose it is, never what it is."""
        return f"token of {self.officer_id}"


class SignIn(models.Model):
    """Which person a server-side session belongs to, so that an order can count and name what is open."""

    session = models.CharField(max_length=40, unique=True)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT)
    began = models.DateTimeField()

    def __str__(self) -> str:
        """Return whose session it is."""
        return f"session of {self.officer_id}"


class SignInFailure(models.Model):
    """One failed attempt to sign in, under the handle that was claimed, whether or not anybody has it."""

    handle = models.CharField(max_length=150, db_index=True)
    moment = models.DateTimeField()

    def __str__(self) -> str:
        """Return the id."""
        return f"failure {self.pk}"


class LockedHandle(models.Model):
    """A claimed handle that is locked until an administrator releases it (CJIS Security Policy AC-7)."""

    handle = models.CharField(max_length=150, unique=True)
    since = models.DateTimeField()

    def __str__(self) -> str:
        """Return the id."""
        return f"lock {self.pk}"


class Proposal(models.Model):
    """An act that one person has asked for and that waits for a second: an order, or its lifting."""

    kind = models.CharField(max_length=12)
    agency = models.CharField(max_length=200)
    order = models.CharField(max_length=40, blank=True)
    scope = models.JSONField(default=list)
    purposes = models.JSONField(default=list)
    ground = models.TextField()
    review_on = models.DateField(null=True, blank=True)
    facts = models.JSONField(default=dict)
    proposed_by = models.CharField(max_length=40)
    proposed = models.DateTimeField()
    # Whom it means, as whoever proposed it saw it: a second person approves this and nothing else.
    plan = models.JSONField(default=dict)
    meaning = models.CharField(max_length=16, blank=True)
    state = models.CharField(max_length=12, default="open", db_index=True)
    decided_by = models.CharField(max_length=40, blank=True)
    decided = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Return what is proposed."""
        return f"{self.kind} of {self.agency}"


class OrderProof(models.Model):
    """What an order did, target by target: its plan from the moment it came into force, its receipts once it was proved."""

    order = models.CharField(max_length=40, db_index=True)
    epoch = models.BigIntegerField()
    receipts = models.JSONField(default=list)
    plan = models.JSONField(default=dict)

    def __str__(self) -> str:
        """Return which order."""
        return f"proof of {self.order}"
