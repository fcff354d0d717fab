"""Steps of an earlier release are known since when they were open: without it nobody is reminded or told of them."""

from django.db import migrations

OPENED = """
UPDATE authorization_approvalstep AS step
SET opened_at = coalesce(
    (
        SELECT max(before.decided_at) FROM authorization_approvalstep AS before
        WHERE before.request_id = step.request_id AND before.position < step.position
    ),
    (SELECT created_at FROM authorization_accessrequest AS request WHERE request.id = step.request_id)
)
WHERE opened_at IS NULL AND stage = 0 AND state IN ('open', 'approved', 'rejected')
"""


class Migration(migrations.Migration):
    dependencies = [("authorization", "0011_what_was_agreed")]

    operations = [migrations.RunSQL(OPENED, migrations.RunSQL.noop)]
