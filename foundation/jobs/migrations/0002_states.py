"""The database refuses what the transition tables do not list."""

from django.db import migrations

from foundation.state_machine import drop_trigger_sql, trigger_sql

JOB = [
    ("", "queued"),
    ("failed", "queued"),
    ("queued", "cancelled"),
    ("queued", "running"),
    ("running", "cancelled"),
    ("running", "failed"),
    ("running", "queued"),
    ("running", "succeeded"),
]


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]

    operations = [
        migrations.RunSQL(
            trigger_sql(table="jobs_job", pairs=JOB),
            drop_trigger_sql(table="jobs_job"),
        ),
    ]
