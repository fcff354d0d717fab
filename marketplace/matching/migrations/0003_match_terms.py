"""Keep the words that made a match relevant, and find open demands and pending matches without reading all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0002_states")]

    operations = [
        migrations.AddField(
            model_name="match",
            name="terms",
            field=models.JSONField(default=list, verbose_name="words in common"),
        ),
        migrations.AddIndex(
            model_name="demand",
            index=models.Index(condition=models.Q(("state", "open")), fields=["id"], name="demand_open"),
        ),
        migrations.AddIndex(
            model_name="match",
            index=models.Index(
                condition=models.Q(("state__in", ["proposed", "accepted"])), fields=["listing"], name="match_pending"
            ),
        ),
    ]
