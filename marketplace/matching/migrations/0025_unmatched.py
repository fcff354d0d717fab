"""An open demand without a standing row says so itself: `matched_at` is null until its matching has stored one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0024_standing_in_one_row"),
    ]

    operations = [
        migrations.AddIndex(
            "demand",
            models.Index(
                condition=models.Q(state="open", matched_at=None, failed_at=None),
                fields=["id"],
                name="demand_unmatched",
            ),
        ),
        migrations.RunSQL(
            "UPDATE matching_demand SET matched_at = NULL WHERE state = 'open' AND matched_at IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]
