"""The database refuses what the transition tables do not list."""

from django.db import migrations

from foundation.state_machine import drop_trigger_sql, trigger_sql

DATA_ASSET = [
    ("", "received"),
    ("received", "examined"),
    ("received", "unreadable"),
    ("unreadable", "examined"),
]
GRADE = [
    ("", "recommended"),
    ("confirmed", "decided"),
    ("confirmed", "returned"),
    ("confirmed", "superseded"),
    ("decided", "superseded"),
    ("recommended", "confirmed"),
    ("recommended", "decided"),
    ("recommended", "returned"),
    ("recommended", "superseded"),
]


class Migration(migrations.Migration):
    dependencies = [("grading", "0001_initial")]

    operations = [
        migrations.RunSQL(
            trigger_sql(table="grading_dataasset", pairs=DATA_ASSET),
            drop_trigger_sql(table="grading_dataasset"),
        ),
        migrations.RunSQL(
            trigger_sql(table="grading_grade", pairs=GRADE),
            drop_trigger_sql(table="grading_grade"),
        ),
    ]
