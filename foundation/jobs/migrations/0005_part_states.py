"""The database knows the states of split jobs."""

from django.db import migrations

from foundation.state_machine import trigger_sql

BEFORE = [
    ("", "queued"),
    ("failed", "queued"),
    ("queued", "cancelled"),
    ("queued", "running"),
    ("running", "cancelled"),
    ("running", "failed"),
    ("running", "queued"),
    ("running", "succeeded"),
]
JOB = [
    *BEFORE,
    ("cancelled", "queued"),
    ("failed", "waiting"),
    ("running", "waiting"),
    ("waiting", "cancelled"),
    ("waiting", "failed"),
    ("waiting", "queued"),
]


class Migration(migrations.Migration):
    dependencies = [("jobs", "0004_parts_and_losses")]

    operations = [
        migrations.RunSQL(
            trigger_sql(table="jobs_job", pairs=JOB),
            trigger_sql(table="jobs_job", pairs=BEFORE),
        ),
    ]
