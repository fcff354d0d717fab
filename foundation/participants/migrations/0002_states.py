"""The database refuses what the transition tables do not list."""

from django.db import migrations

from foundation.state_machine import drop_trigger_sql, trigger_sql

ORGANISATION = [
    ("", "registered"),
    ("registered", "rejected"),
    ("registered", "verified"),
    ("suspended", "verified"),
    ("verified", "suspended"),
]


class Migration(migrations.Migration):
    dependencies = [("participants", "0001_initial")]

    operations = [
        migrations.RunSQL(
            trigger_sql(table="participants_organisation", pairs=ORGANISATION),
            drop_trigger_sql(table="participants_organisation"),
        ),
    ]
