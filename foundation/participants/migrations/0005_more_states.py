"""The database refuses what the transition tables of memberships, invitations and elevations do not list."""

from django.db import migrations

from foundation.state_machine import drop_trigger_sql, trigger_sql

MEMBERSHIP = [("", "active"), ("active", "ended")]
INVITATION = [("", "open"), ("open", "accepted"), ("open", "expired"), ("open", "revoked")]
ELEVATION = [("", "active"), ("active", "ended"), ("active", "expired")]


class Migration(migrations.Migration):
    dependencies = [("participants", "0004_members_keys_elevation")]

    operations = [
        migrations.RunSQL(trigger_sql(table=table, pairs=pairs), drop_trigger_sql(table=table))
        for table, pairs in (
            ("participants_membership", MEMBERSHIP),
            ("participants_invitation", INVITATION),
            ("participants_elevation", ELEVATION),
        )
    ]
