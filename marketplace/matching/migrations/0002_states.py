"""The database refuses what the transition tables do not list."""

from django.db import migrations

from foundation.state_machine import drop_trigger_sql, trigger_sql

DEMAND = [
    ("", "draft"),
    ("draft", "closed"),
    ("draft", "open"),
    ("open", "closed"),
    ("open", "expired"),
    ("open", "fulfilled"),
]
MATCH = [
    ("", "proposed"),
    ("accepted", "converted"),
    ("accepted", "lapsed"),
    ("proposed", "accepted"),
    ("proposed", "dismissed"),
    ("proposed", "lapsed"),
]


class Migration(migrations.Migration):
    dependencies = [("matching", "0001_initial")]

    operations = [
        migrations.RunSQL(
            trigger_sql(table="matching_demand", pairs=DEMAND),
            drop_trigger_sql(table="matching_demand"),
        ),
        migrations.RunSQL(
            trigger_sql(table="matching_match", pairs=MATCH),
            drop_trigger_sql(table="matching_match"),
        ),
    ]
