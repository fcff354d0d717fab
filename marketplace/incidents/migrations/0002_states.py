"""The database refuses what the transition table does not list."""

from django.db import migrations

from foundation.state_machine import drop_trigger_sql, trigger_sql

INCIDENT = [
    ("", "reported"),
    ("investigating", "closed"),
    ("reported", "investigating"),
]


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]

    operations = [
        migrations.RunSQL(
            trigger_sql(table="incidents_incident", pairs=INCIDENT),
            drop_trigger_sql(table="incidents_incident"),
        ),
    ]
