"""What was masked by findings of before is made anew: the delivery of then is ready no longer."""

from django.db import migrations

from foundation.state_machine import trigger_sql

BEFORE = [
    ("", "preparing"),
    ("preparing", "failed"),
    ("preparing", "ready"),
]
DELIVERY = [*BEFORE, ("ready", "failed")]


class Migration(migrations.Migration):
    dependencies = [("delivery", "0005_terms_limits_renewals")]

    operations = [
        migrations.RunSQL(
            trigger_sql(table="delivery_delivery", pairs=DELIVERY),
            trigger_sql(table="delivery_delivery", pairs=BEFORE),
        ),
    ]
