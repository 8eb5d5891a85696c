import json

from django.db import migrations, models

CHUNK = 5_000


def find_earlier_ones(apps, schema_editor):
    """Make every earlier refusal and mistake findable by its leaf hash, which its receipt named beside the number."""
    using = schema_editor.connection.alias
    entry, unanswered = (apps.get_model("audit", name) for name in ("Entry", "UnansweredEntry"))
    rows = entry.objects.using(using).values_list("index", "header", "leaf").order_by("index")
    found = [
        unanswered(leaf=bytes(leaf).hex(), entry=index)
        for index, header, leaf in rows.iterator(chunk_size=CHUNK)
        if json.loads(bytes(header))["decision"] in {"deny", "error"}
    ]
    unanswered.objects.using(using).bulk_create(found, batch_size=CHUNK)


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0004_heads_and_lists"),
    ]

    operations = [
        migrations.CreateModel(
            name="UnansweredEntry",
            fields=[
                ("leaf", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("entry", models.BigIntegerField()),
            ],
        ),
        migrations.RunPython(find_earlier_ones, migrations.RunPython.noop),
    ]
