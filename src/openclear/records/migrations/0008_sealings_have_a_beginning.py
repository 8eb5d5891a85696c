from datetime import UTC, datetime

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0007_label_tables")]
    operations = [
        migrations.AddField(
            model_name="sealing",
            name="begun",
            field=models.DateTimeField(default=datetime(2019, 7, 10, tzinfo=UTC)),
            preserve_default=False,
        ),
    ]
