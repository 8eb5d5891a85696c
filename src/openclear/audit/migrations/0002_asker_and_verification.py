from django.db import migrations, models
import json


def find_askers(apps, schema_editor):
    body = apps.get_model("audit", "Body")
    rows = body.objects.using(schema_editor.connection.alias)
    waiting = []
    for row in rows.order_by("entry").iterator(chunk_size=2000):
        row.officer = str(json.loads(row.fields).get("officer", {}).get("value", ""))[:40]
        waiting.append(row)
        if len(waiting) == 2000:
            rows.bulk_update(waiting, ["officer"])
            waiting = []
    rows.bulk_update(waiting, ["officer"])


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.AddField("body", "officer", models.CharField(max_length=40, blank=True, default="")),
        migrations.RunPython(find_askers, migrations.RunPython.noop),
        migrations.AddIndex("body", models.Index(fields=["officer", "entry"], name="bodies_by_asker")),
        migrations.CreateModel(
            name="VerificationRun",
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
    ]
