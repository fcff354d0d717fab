"""Rows of files that are parts of one table; a place in the queue; what was decided before is due after a year."""

from django.db import migrations, models
from django.db.models import F, Value

DUE = """
UPDATE grading_grade SET review_due_on = (decided_at + interval '365 days')::date
WHERE state = 'decided' AND review_due_on IS NULL AND decided_at IS NOT NULL
"""
PLACE = models.ExpressionWrapper(
    (Value(6) - F("risk")) * Value(1_000_000_000_000_000) + F("id"), output_field=models.BigIntegerField()
)


class Migration(migrations.Migration):
    dependencies = [("grading", "0006_review")]

    operations = [
        migrations.AddField(
            model_name="dataasset",
            name="collected_rows",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="rows with its sister files"),
        ),
        migrations.AddIndex(
            model_name="grade",
            index=models.Index(
                PLACE, condition=models.Q(("state__in", ["recommended", "confirmed"])), name="grade_place"
            ),
        ),
        migrations.RunSQL(DUE, migrations.RunSQL.noop),
    ]
