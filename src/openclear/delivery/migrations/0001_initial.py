"""The tables of exports, alerts and links, as the first release has them."""

from uuid import uuid4

from django.db import migrations, models

NUMBER = {"auto_created": True, "primary_key": True, "serialize": False, "verbose_name": "ID"}


def saved(name, *columns):
    """Return the table of one kind of saved work, with the columns that every SavedWork has."""
    shared = [
        ("id", models.UUIDField(default=uuid4, editable=False, primary_key=True, serialize=False)),
        ("owner", models.CharField(db_index=True, max_length=40)),
        ("kind", models.CharField(max_length=12)),
        ("purpose", models.CharField(max_length=40)),
        ("case", models.CharField(blank=True, max_length=30)),
        ("text", models.CharField(blank=True, max_length=200)),
        ("state", models.CharField(db_index=True, max_length=12)),
        ("created", models.DateTimeField()),
        ("expires", models.DateTimeField()),
    ]
    return migrations.CreateModel(name=name, fields=[*shared, *columns])


class Migration(migrations.Migration):
    """Every table of the room; those that point at others come after them."""

    initial = True
    dependencies = []
    operations = [
        saved(
            "Alert",
            ("filters", models.JSONField(default=dict)),
            ("channel", models.CharField(max_length=8)),
            ("address", models.CharField(blank=True, max_length=200)),
            ("secret", models.CharField(blank=True, max_length=64)),
            ("asked", models.DateTimeField(blank=True, null=True)),
        ),
        saved(
            "Export",
            ("filters", models.JSONField(default=dict)),
            ("format", models.CharField(max_length=8)),
            ("rows", models.PositiveIntegerField(default=0)),
            ("size", models.PositiveBigIntegerField(default=0)),
            ("sha256", models.CharField(blank=True, max_length=64)),
            ("shown_under", models.CharField(blank=True, max_length=64)),
            ("problem", models.CharField(blank=True, max_length=200)),
            ("attempt", models.BigIntegerField(blank=True, null=True)),
        ),
        saved(
            "Link",
            ("record", models.UUIDField()),
        ),
        migrations.CreateModel(
            name="AlertHit",
            fields=[
                ("id", models.BigAutoField(**NUMBER)),
                ("record", models.UUIDField()),
                ("found", models.DateTimeField()),
                ("alert", models.ForeignKey("delivery.alert", models.CASCADE, related_name="hits")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("alert", "record"), name="hit_once_per_alert")
                ]
            },
        ),
    ]
