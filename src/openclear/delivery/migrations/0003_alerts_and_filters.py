"""An alert is called an alert, and what narrows a search its filters."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Tables and columns change their names; nothing in them changes."""

    dependencies = [("delivery", "0002_filters_of_alerts")]
    operations = [
        migrations.RemoveConstraint("watchhit", "hit_once_per_watch"),
        migrations.RenameModel("Watch", "Alert"),
        migrations.RenameModel("WatchHit", "AlertHit"),
        migrations.RenameField("alerthit", "watch", "alert"),
        migrations.RenameField("alert", "narrow", "filters"),
        migrations.RenameField("export", "narrow", "filters"),
        migrations.AddConstraint(
            "alerthit", models.UniqueConstraint(fields=["alert", "record"], name="hit_once_per_alert")
        ),
    ]
