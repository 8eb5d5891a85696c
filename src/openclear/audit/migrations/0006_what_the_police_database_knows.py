from django.db import migrations, models

# These two tables stand in the police database (openclear.config.databases).


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_entries_by_token")]
    operations = [
        migrations.CreateModel(
            name="KnownLog",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("leaf", models.CharField(max_length=64)),
                ("key", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Replay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("began", models.DateTimeField()),
                ("ended", models.DateTimeField(null=True, blank=True)),
                ("total", models.BigIntegerField(default=0)),
                ("checked", models.BigIntegerField(default=0)),
                ("ok", models.BooleanField(null=True)),
                ("root", models.CharField(max_length=64, blank=True)),
                ("faults", models.JSONField(default=list)),
            ],
        ),
        migrations.DeleteModel(name="VerificationRun"),
    ]
