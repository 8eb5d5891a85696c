"""The tables of the log, and of what the police database knows of it, as the first release has them.

Which database a table stands in is for the router to say (openclear.config.databases).
"""

from django.db import migrations, models

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
        keyed(
            "Entry",
            ("index", models.BigIntegerField(primary_key=True, serialize=False)),
            ("header", models.BinaryField()),
            ("leaf", models.BinaryField()),
            ("batch_code", models.BinaryField(null=True)),
            ordering=["index"],
        ),
        table(
            "KnownLog",
            ("leaf", models.CharField(max_length=64)),
            ("key", models.TextField()),
        ),
        table(
            "Replay",
            ("began", models.DateTimeField()),
            ("ended", models.DateTimeField(blank=True, null=True)),
            ("total", models.BigIntegerField(default=0)),
            ("checked", models.BigIntegerField(default=0)),
            ("ok", models.BooleanField(null=True)),
            ("root", models.CharField(blank=True, max_length=64)),
            ("faults", models.JSONField(default=list)),
        ),
        keyed(
            "SignedCheckpoint",
            ("size", models.BigIntegerField(primary_key=True, serialize=False)),
            ("note", models.TextField()),
            ("listing", models.TextField(blank=True, default="")),
            ordering=["size"],
        ),
        keyed(
            "UnansweredEntry",
            ("leaf", models.CharField(max_length=64, primary_key=True, serialize=False)),
            ("entry", models.BigIntegerField()),
        ),
        keyed(
            "Body",
            ("entry", models.BigIntegerField(primary_key=True, serialize=False)),
            ("fields", models.TextField()),
            ("officer", models.CharField(blank=True, default="", max_length=40)),
            ("case", models.CharField(blank=True, default="", max_length=40)),
            ("grounded_by", models.CharField(blank=True, default="", max_length=12)),
            ordering=["entry"],
            indexes=[
                models.Index(fields=["officer", "entry"], name="bodies_by_asker"),
                models.Index(fields=["case", "officer"], name="bodies_by_case"),
            ],
        ),
    ]
