from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0005_order_public_basis")]
    operations = [
        migrations.CreateModel(
            name="SeenCheckpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("size", models.BigIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("note", models.TextField()),
            ],
        ),
    ]
