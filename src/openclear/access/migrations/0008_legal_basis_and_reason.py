"""A case grounds a request, a legal basis grounds an order, and an act that waits for a second person has a reason."""

from django.db import migrations


class Migration(migrations.Migration):
    """Columns change their names; nothing in them changes."""

    dependencies = [("access", "0007_sealings_are_counted")]
    operations = [
        migrations.RenameField("orderstate", "ground", "legal_basis"),
        migrations.RenameField("proposal", "ground", "reason"),
    ]
