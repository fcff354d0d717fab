"""Matches of before are no news: providers hear of those that are found from the upgrade on.

In batches that are committed one by one, and none waits for a row that somebody holds: matching goes on meanwhile.
Killed, it goes on where it was. The index of what nobody was told of comes last, when little is left for it.
"""

import time
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

BATCH = 5_000
PAUSE = 0.2
"""Seconds until what others held is tried again."""
_BEFORE = """
    found.provider_told_at IS NULL AND found.created_at <= (
        SELECT applied FROM django_migrations WHERE app = 'matching' AND name = '0019_told_once'
    )
"""
_TELL = f"""
WITH before AS (
    SELECT found.id FROM matching_match AS found WHERE found.id > %s AND {_BEFORE}
     ORDER BY found.id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
), told AS (
    UPDATE matching_match AS found SET provider_told_at = now(), told_at_once = true
      FROM before WHERE found.id = before.id RETURNING found.id
)
SELECT max(id) FROM told
"""
_LEFT = f"SELECT EXISTS (SELECT FROM matching_match AS found WHERE {_BEFORE})"


def tell_of_matches_before(_apps: Any, editor: Any) -> None:
    """Pass after pass over the table, until nothing is left."""
    with editor.connection.cursor() as cursor:
        while _asked(cursor, _LEFT):
            last = 0
            while last is not None:
                last = _asked(cursor, _TELL, last, BATCH)
            time.sleep(PAUSE)


def _asked(cursor: Any, statement: str, *values: int) -> Any:
    cursor.execute(statement, values or None)
    return cursor.fetchone()[0]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("matching", "0019_told_once"),
    ]

    operations = [
        migrations.RunPython(tell_of_matches_before, migrations.RunPython.noop),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS match_provider_not_told", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="match",
            index=models.Index(
                condition=models.Q(("eligible", True), ("provider_told_at", None), ("state", "proposed")),
                fields=["listing"],
                name="match_provider_not_told",
            ),
        ),
    ]
