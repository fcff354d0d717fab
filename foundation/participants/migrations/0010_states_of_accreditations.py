"""The database refuses what the transition table of accreditations does not list."""

from django.db import migrations

from foundation.state_machine import drop_trigger_sql, trigger_sql

ACCREDITATION = [
    ("", "claimed"),
    ("claimed", "confirmed"),
    ("claimed", "refused"),
    ("claimed", "withdrawn"),
    ("confirmed", "expired"),
    ("confirmed", "revoked"),
    ("confirmed", "superseded"),
    ("superseded", "revoked"),
]


class Migration(migrations.Migration):
    dependencies = [("participants", "0009_accreditations")]

    operations = [
        migrations.RunSQL(
            trigger_sql(table="participants_accreditation", pairs=ACCREDITATION),
            drop_trigger_sql(table="participants_accreditation"),
        ),
    ]
