"""Equal waiting jobs are found, not forbidden: a unique index makes transactions wait for each other in a circle."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0006_index_of_ends")]

    operations = [
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("attempt", 0), ("state", "queued"), models.Q(("dedup_key", ""), _negated=True)),
                fields=["dedup_key"],
                name="job_waiting_by_key",
            ),
        ),
        migrations.RemoveConstraint(model_name="job", name="job_one_waiting_per_key"),
    ]
