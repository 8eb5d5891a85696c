"""The tables of the public database, as the first release has them."""

from django.db import migrations, models

NUMBER = {"auto_created": True, "primary_key": True, "serialize": False, "verbose_name": "ID"}


def table(name, *columns, **options):
    """Return a table whose rows are numbered."""
    return migrations.CreateModel(
        name=name, fields=[("id", models.BigAutoField(**NUMBER)), *columns], options=options
    )


class Migration(migrations.Migration):
    """Every table of the room; those that point at others come after them."""

    initial = True
    dependencies = []
    operations = [
        table(
            "Access",
            ("epoch", models.BigIntegerField(unique=True)),
            ("made", models.DateTimeField()),
            ("orders", models.JSONField()),
            ("agencies", models.JSONField()),
        ),
        table(
            "Outline",
            ("kind", models.CharField(max_length=20)),
            ("code", models.CharField(max_length=6)),
            ("name", models.CharField(max_length=80)),
            ("shape", models.JSONField()),
        ),
        table(
            "Statement",
            ("made", models.DateTimeField()),
            ("size", models.BigIntegerField()),
            ("checkpoint", models.TextField()),
            ("facts", models.JSONField()),
        ),
        table(
            "Edition",
            ("month", models.DateField()),
            ("revision", models.PositiveSmallIntegerField()),
            ("made", models.DateTimeField()),
            ("incidents", models.PositiveIntegerField()),
            ("manifest", models.TextField()),
            ("signature", models.TextField()),
            ("entry", models.BigIntegerField()),
            ("withdrawn", models.DateTimeField(blank=True, null=True)),
            ("reason", models.CharField(blank=True, max_length=200)),
            constraints=[models.UniqueConstraint(fields=("month", "revision"), name="edition_once")],
        ),
        table(
            "TypeTotal",
            ("primary_type", models.CharField(blank=True, max_length=60)),
            ("incidents", models.PositiveIntegerField()),
            ("edition", models.ForeignKey("release.edition", models.CASCADE, related_name="totals")),
        ),
        table(
            "PublishedIncident",
            ("area", models.PositiveSmallIntegerField(blank=True, null=True)),
            ("primary_type", models.CharField(blank=True, max_length=60)),
            ("description", models.CharField(blank=True, max_length=80)),
            ("block", models.CharField(blank=True, db_index=True, max_length=80)),
            ("hour", models.DateTimeField(blank=True, null=True)),
            ("latitude", models.FloatField(blank=True, null=True)),
            ("longitude", models.FloatField(blank=True, null=True)),
            ("arrest", models.BooleanField(blank=True, null=True)),
            ("edition", models.ForeignKey("release.edition", models.CASCADE, related_name="rows")),
            indexes=[models.Index(fields=["edition", "area", "primary_type"], name="published_by_cell")],
        ),
    ]
