"""The database refuses what the transition table does not list."""

from django.db import migrations

from foundation.state_machine import drop_trigger_sql, trigger_sql

UPLOAD = [
    ("", "receiving"),
    ("received", "attached"),
    ("received", "expired"),
    ("received", "refused"),
    ("received", "terminated"),
    ("receiving", "expired"),
    ("receiving", "received"),
    ("receiving", "terminated"),
]


class Migration(migrations.Migration):
    dependencies = [("uploads", "0001_initial")]

    operations = [
        migrations.RunSQL(
            trigger_sql(table="uploads_upload", pairs=UPLOAD),
            drop_trigger_sql(table="uploads_upload"),
        ),
    ]
