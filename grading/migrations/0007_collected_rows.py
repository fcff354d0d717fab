"""Rows of files that come as parts of one table; what was decided before is due for review a year after."""

from django.db import migrations, models

DUE = """
UPDATE grading_grade SET review_due_on = (decided_at + interval '365 days')::date
WHERE state = 'decided' AND review_due_on IS NULL AND decided_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("grading", "0006_review")]

    operations = [
        migrations.AddField(
            model_name="dataasset",
            name="collected_rows",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="rows with its sister files"),
        ),
        migrations.RunSQL(DUE, migrations.RunSQL.noop),
    ]
