from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0006_seen_checkpoint")]
    operations = [
        migrations.AddField(model_name="epoch", name="sealings", field=models.BigIntegerField(default=0)),
    ]
