"""The tables of agencies, people, orders and signing in, as the first release has them."""

from django.conf import settings
from django.db import migrations, models

from openclear.vocabulary.clock import now

NUMBER = {"auto_created": True, "primary_key": True, "serialize": False, "verbose_name": "ID"}


def table(name, *columns, **options):
    """Return a table whose rows are numbered."""
    return keyed(name, ("id", models.BigAutoField(**NUMBER)), *columns, **options)


def keyed(name, *columns, **options):
    """Return a table with a key of its own."""
    return migrations.CreateModel(name=name, fields=list(columns), options=options)


class Migration(migrations.Migration):
    """Every table of the room; those that point at others come after them."""

    initial = True
    dependencies = []
    operations = [
        table(
            "Officer",
            ("password", models.CharField(max_length=128, verbose_name="password")),
            ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
            ("handle", models.CharField(max_length=40, unique=True)),
            ("name", models.CharField(max_length=120)),
            ("title", models.CharField(max_length=120)),
            ("roles", models.JSONField(default=list)),
            ("certified_until", models.DateField()),
            ("machine_purpose", models.CharField(blank=True, max_length=40)),
            ("is_integration", models.BooleanField(default=False)),
            ("is_active", models.BooleanField(default=True)),
            ("mail", models.EmailField(blank=True, max_length=254)),
            ("registered", models.DateTimeField(default=now)),
            ("registered_by", models.CharField(blank=True, max_length=40)),
            ("approved_by", models.CharField(blank=True, max_length=40)),
            ("temporary_until", models.DateTimeField(blank=True, null=True)),
            ("last_used", models.DateField(blank=True, null=True)),
            ("disabled_for", models.CharField(blank=True, max_length=80)),
            ordering=["handle"],
        ),
        table(
            "Agency",
            ("path", models.CharField(max_length=200, unique=True)),
            ("name", models.CharField(max_length=200)),
            ("kind", models.CharField(max_length=20)),
            ("oris", models.JSONField(default=list)),
            ("closed_on", models.DateField(blank=True, null=True)),
            ordering=["path"],
        ),
        table(
            "AgencyMove",
            ("kind", models.CharField(max_length=12)),
            ("old", models.CharField(db_index=True, max_length=200)),
            ("new", models.CharField(max_length=200)),
            ("moment", models.DateTimeField()),
            ("entry", models.BigIntegerField()),
        ),
        keyed(
            "CommittedEpoch",
            ("value", models.BigIntegerField(primary_key=True, serialize=False)),
        ),
        table(
            "Epoch",
            ("value", models.BigIntegerField(default=0)),
            ("sealings", models.BigIntegerField(default=0)),
        ),
        table(
            "LockedHandle",
            ("handle", models.CharField(max_length=150, unique=True)),
            ("since", models.DateTimeField()),
        ),
        table(
            "Notice",
            ("agency", models.CharField(db_index=True, max_length=200)),
            ("about", models.CharField(max_length=200)),
            ("text", models.TextField()),
            ("written_by", models.CharField(max_length=40)),
            ("since", models.DateTimeField()),
            ("until", models.DateTimeField()),
        ),
        table(
            "OrderProof",
            ("order", models.CharField(db_index=True, max_length=40)),
            ("epoch", models.BigIntegerField()),
            ("receipts", models.JSONField(default=list)),
            ("plan", models.JSONField(default=dict)),
        ),
        keyed(
            "OrderState",
            ("sequence", models.BigAutoField(primary_key=True, serialize=False)),
            ("order", models.CharField(db_index=True, max_length=40)),
            ("agency", models.CharField(max_length=200)),
            ("state", models.CharField(max_length=20)),
            ("scope", models.JSONField(default=list)),
            ("purposes", models.JSONField(default=list)),
            ("legal_basis", models.TextField()),
            ("ordered_by", models.CharField(max_length=40)),
            ("approved_by", models.CharField(max_length=40)),
            ("review_on", models.DateField(blank=True, null=True)),
            ("document", models.CharField(blank=True, max_length=200)),
            ("public_basis", models.CharField(blank=True, max_length=300)),
            ("moment", models.DateTimeField(blank=True, null=True)),
            ("epoch", models.BigIntegerField()),
            ("entry", models.BigIntegerField()),
        ),
        table(
            "PolicyVersion",
            ("digest", models.CharField(max_length=64, unique=True)),
            ("epoch", models.BigIntegerField()),
            ("moment", models.DateTimeField()),
        ),
        table(
            "Proposal",
            ("kind", models.CharField(max_length=20)),
            ("agency", models.CharField(max_length=200)),
            ("about", models.CharField(blank=True, max_length=40)),
            ("reason", models.TextField()),
            ("facts", models.JSONField(default=dict)),
            ("proposed_by", models.CharField(max_length=40)),
            ("proposed", models.DateTimeField()),
            ("plan", models.JSONField(default=dict)),
            ("meaning", models.CharField(blank=True, max_length=16)),
            ("state", models.CharField(db_index=True, default="open", max_length=12)),
            ("decided_by", models.CharField(blank=True, max_length=40)),
            ("decided", models.DateTimeField(blank=True, null=True)),
        ),
        table(
            "SeenCheckpoint",
            ("size", models.BigIntegerField()),
            ("root", models.CharField(max_length=64)),
            ("note", models.TextField()),
        ),
        table(
            "SignInFailure",
            ("handle", models.CharField(db_index=True, max_length=150)),
            ("moment", models.DateTimeField()),
        ),
        table(
            "Affiliation",
            ("kind", models.CharField(max_length=20)),
            ("since", models.DateField()),
            ("until", models.DateField(blank=True, null=True)),
            ("entry", models.BigIntegerField()),
            ("ended_by", models.CharField(blank=True, max_length=40)),
            ("ended_by_entry", models.BigIntegerField(blank=True, null=True)),
            (
                "officer",
                models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="affiliations"),
            ),
            ("agency", models.ForeignKey("access.agency", models.PROTECT)),
        ),
        table(
            "Agreement",
            ("number", models.CharField(max_length=60, unique=True)),
            ("parties", models.JSONField(default=list)),
            ("agency", models.ForeignKey("access.agency", models.PROTECT)),
        ),
        table(
            "AgreementTerm",
            ("starts_on", models.DateField()),
            ("ends_on", models.DateField()),
            ("datasets", models.JSONField(default=list)),
            ("purposes", models.JSONField(default=list)),
            ("document", models.CharField(max_length=200)),
            ("digest", models.CharField(max_length=64)),
            ("clauses", models.JSONField(default=dict)),
            ("signed", models.DateTimeField()),
            ("signed_by", models.CharField(max_length=40)),
            ("approved_by", models.CharField(max_length=40)),
            ("entry", models.BigIntegerField()),
            ("ended", models.DateTimeField(blank=True, null=True)),
            ("ended_by", models.CharField(blank=True, max_length=40)),
            ("ended_because", models.CharField(blank=True, max_length=200)),
            ("ended_by_entry", models.BigIntegerField(blank=True, null=True)),
            ("agreement", models.ForeignKey("access.agreement", models.PROTECT, related_name="terms")),
            ordering=["pk"],
        ),
        table(
            "OrderPlace",
            ("order", models.CharField(db_index=True, max_length=40)),
            ("agency", models.CharField(max_length=200)),
            constraints=[models.UniqueConstraint(fields=("order", "agency"), name="place_once_per_order")],
        ),
        table(
            "SignIn",
            ("session", models.CharField(max_length=40, unique=True)),
            ("began", models.DateTimeField()),
            ("officer", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)),
        ),
        table(
            "Token",
            ("digest", models.CharField(max_length=64, unique=True)),
            ("name", models.CharField(blank=True, max_length=60)),
            ("created", models.DateTimeField()),
            ("expires", models.DateTimeField()),
            ("officer", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)),
        ),
    ]
