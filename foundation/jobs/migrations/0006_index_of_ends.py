"""One index finds both what has ended since and what has not."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0005_part_states")]

    operations = [
        migrations.RemoveIndex(model_name="job", name="job_finished"),
        migrations.AddIndex(model_name="job", index=models.Index(fields=["finished_at"], name="job_ended")),
    ]
