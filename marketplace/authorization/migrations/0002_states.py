"""The database refuses what the transition tables do not list."""

from django.db import migrations

from foundation.state_machine import drop_trigger_sql, trigger_sql

ACCESS_REQUEST = [
    ("", "submitted"),
    ("in_approval", "approved"),
    ("in_approval", "expired"),
    ("in_approval", "more_information"),
    ("in_approval", "rejected"),
    ("in_approval", "withdrawn"),
    ("more_information", "expired"),
    ("more_information", "in_approval"),
    ("more_information", "withdrawn"),
    ("rejected", "in_approval"),
    ("submitted", "approved"),
    ("submitted", "expired"),
    ("submitted", "in_approval"),
    ("submitted", "rejected"),
    ("submitted", "withdrawn"),
]
APPROVAL_STEP = [
    ("", "waiting"),
    ("open", "approved"),
    ("open", "rejected"),
    ("open", "void"),
    ("waiting", "open"),
    ("waiting", "void"),
]
GRANT = [
    ("", "active"),
    ("active", "expired"),
    ("active", "revoked"),
    ("active", "suspended"),
    ("suspended", "active"),
    ("suspended", "expired"),
    ("suspended", "revoked"),
]


class Migration(migrations.Migration):
    dependencies = [("authorization", "0001_initial")]

    operations = [
        migrations.RunSQL(
            trigger_sql(table="authorization_accessrequest", pairs=ACCESS_REQUEST),
            drop_trigger_sql(table="authorization_accessrequest"),
        ),
        migrations.RunSQL(
            trigger_sql(table="authorization_approvalstep", pairs=APPROVAL_STEP),
            drop_trigger_sql(table="authorization_approvalstep"),
        ),
        migrations.RunSQL(
            trigger_sql(table="authorization_grant", pairs=GRANT),
            drop_trigger_sql(table="authorization_grant"),
        ),
    ]
