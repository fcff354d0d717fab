"""A key admits one job that waits for its first attempt: one that is brought back must never find its place taken."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_states")]

    operations = [
        migrations.RemoveConstraint(model_name="job", name="job_one_queued_per_key"),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(
                condition=models.Q(("attempt", 0), ("state", "queued"), models.Q(("dedup_key", ""), _negated=True)),
                fields=("dedup_key",),
                name="job_one_waiting_per_key",
            ),
        ),
    ]
