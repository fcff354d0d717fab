"""Chains that were under way have their votes and their deadlines, counted from now."""

from django.db import migrations

VOTES = """
INSERT INTO authorization_approvalvote (request_id, step_id, voter_id, seat_id, verdict, reason, created_at)
SELECT request_id, id, decided_by_id, decided_by_id,
       CASE state WHEN 'approved' THEN 'approve' ELSE 'reject' END, reason, coalesce(decided_at, now())
FROM authorization_approvalstep
WHERE decided_by_id IS NOT NULL AND state IN ('approved', 'rejected')
ORDER BY id
ON CONFLICT DO NOTHING
"""
STEPS = "UPDATE authorization_approvalstep SET due_at = now() + interval '10 days' WHERE state = 'open'"
REQUESTS = """
UPDATE authorization_accessrequest SET expires_at = now() + interval '90 days'
WHERE state IN ('in_approval', 'more_information')
"""


class Migration(migrations.Migration):
    dependencies = [("authorization", "0007_votes_rounds_appeals")]

    operations = [
        migrations.RunSQL(VOTES, migrations.RunSQL.noop),
        migrations.RunSQL(STEPS, migrations.RunSQL.noop),
        migrations.RunSQL(REQUESTS, migrations.RunSQL.noop),
    ]
