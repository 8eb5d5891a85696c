"""People and machine accounts, and what ties them to agencies."""

from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from openclear.access.models.agencies import Agency
from openclear.vocabulary import clock


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
    """A dated tie of a person to an agency. An order on the agency, or above it, reaches the person."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="affiliations")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    kind = models.CharField(max_length=20)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    entry = models.BigIntegerField()
    # Who ended it, and its entry: a receipt that misses somebody can say why.
    ended_by = models.CharField(max_length=40, blank=True)
    ended_by_entry = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        """Return who is tied to what, and how."""
        return f"{self.officer_id} {self.kind} {self.agency_id}"
