"""The level that a version was published with; of versions of before, what was decided of their files by that time."""

from django.db import migrations, models

LEVELS = "ARRAY['general_1', 'general_2', 'general_3', 'general_4', 'important', 'core']"
FILL = f"""
UPDATE catalog_listingversion AS version SET published_level = found.level
FROM (
    SELECT published.id, ({LEVELS})[max(array_position({LEVELS}, grade.level::text))] AS level
    FROM catalog_listingversion AS published
    JOIN catalog_distribution AS distribution ON distribution.version_id = published.id
    JOIN LATERAL (
        SELECT decided.level FROM grading_grade AS decided
        WHERE decided.asset_id = distribution.asset_id AND decided.decided_at <= published.published_at
        ORDER BY decided.decided_at DESC, decided.id DESC LIMIT 1
    ) AS grade ON true
    GROUP BY published.id
) AS found
WHERE found.id = version.id
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_sectors_of_the_classification"), ("grading", "0002_states")]

    operations = [
        migrations.AddField(
            model_name="listingversion",
            name="published_level",
            field=models.CharField(
                blank=True,
                choices=[
                    ("general_1", "general 1"),
                    ("general_2", "general 2"),
                    ("general_3", "general 3"),
                    ("general_4", "general 4"),
                    ("important", "important"),
                    ("core", "core"),
                ],
                db_default="",
                default="",
                max_length=16,
                verbose_name="level when published",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
