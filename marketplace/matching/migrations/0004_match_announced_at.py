"""When the buyer was told of a match. Those that are there already are no news."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0003_match_terms")]

    operations = [
        migrations.AddField(
            model_name="match",
            name="announced_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="told to the buyer at"),
        ),
        migrations.RunSQL("UPDATE matching_match SET announced_at = now()", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="match",
            index=models.Index(
                condition=models.Q(("announced_at", None), ("eligible", True), ("state", "proposed")),
                fields=["demand"],
                name="match_not_told",
            ),
        ),
    ]
