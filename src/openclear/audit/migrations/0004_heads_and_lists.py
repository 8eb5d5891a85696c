from django.db import migrations, models
import json


def find_cases(apps, schema_editor):
    # Bodies from before there was a column for the case have none in it.
    body = apps.get_model("audit", "Body")
    rows = body.objects.using(schema_editor.connection.alias)
    waiting = []
    for row in rows.filter(ground="").order_by("entry").iterator(chunk_size=2000):
        row.ground = str(json.loads(row.fields).get("case", {}).get("value", ""))[:40]
        waiting += [row] if row.ground else []
        if len(waiting) == 2000:
            rows.bulk_update(waiting, ["ground"])
            waiting = []
    rows.bulk_update(waiting, ["ground"])


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_grounds")]
    operations = [
        migrations.AddField("entry", "batch_code", models.BinaryField(null=True)),
        migrations.AddField("signedcheckpoint", "listing", models.TextField(blank=True, default="")),
        migrations.RunPython(find_cases, migrations.RunPython.noop),
    ]
