"""The database refuses what the transition tables do not list."""

from django.db import migrations

from foundation.state_machine import drop_trigger_sql, trigger_sql

WEBHOOK_ENDPOINT = [
    ("", "active"),
    ("active", "disabled"),
    ("active", "paused"),
    ("paused", "active"),
    ("paused", "disabled"),
]
WEBHOOK_DELIVERY = [
    ("", "pending"),
    ("delivered", "pending"),
    ("failed", "pending"),
    ("pending", "cancelled"),
    ("pending", "delivered"),
    ("pending", "failed"),
]


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.RunSQL(
            trigger_sql(table="notifications_webhookendpoint", pairs=WEBHOOK_ENDPOINT),
            drop_trigger_sql(table="notifications_webhookendpoint"),
        ),
        migrations.RunSQL(
            trigger_sql(table="notifications_webhookdelivery", pairs=WEBHOOK_DELIVERY),
            drop_trigger_sql(table="notifications_webhookdelivery"),
        ),
    ]
