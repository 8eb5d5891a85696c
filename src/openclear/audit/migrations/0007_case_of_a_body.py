"""The column beside a body has the name of the field that it is made of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column and its index change their names; nothing in them changes."""

    dependencies = [("audit", "0006_what_the_police_database_knows")]
    operations = [
        migrations.RemoveIndex("body", "bodies_by_ground"),
        migrations.RenameField("body", "ground", "case"),
        migrations.AddIndex("body", models.Index(fields=["case", "officer"], name="bodies_by_case")),
    ]
