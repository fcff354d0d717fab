"""The database refuses what the transition tables do not list."""

from django.db import migrations

from foundation.state_machine import drop_trigger_sql, trigger_sql

DELIVERY = [
    ("", "preparing"),
    ("preparing", "failed"),
    ("preparing", "ready"),
]


class Migration(migrations.Migration):
    dependencies = [("delivery", "0001_initial")]

    operations = [
        migrations.RunSQL(
            trigger_sql(table="delivery_delivery", pairs=DELIVERY),
            drop_trigger_sql(table="delivery_delivery"),
        ),
    ]
