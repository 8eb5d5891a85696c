"""How people prove who they are, what is open in their name, and what failed."""

from django.db import models

from openclear.access.models.officers import Officer


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
    """One failed attempt to sign in, under the claimed handle, whether or not anybody has it."""

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
