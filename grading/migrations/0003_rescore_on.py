"""The day from which a score is no longer true; of files scored before, the next run of beat finds it."""

from django.db import migrations, models

DUE = """
UPDATE grading_dataasset SET rescore_on = CURRENT_DATE
WHERE state = 'examined' AND declared ? 'modified_on' AND declared ? 'update_frequency'
"""


class Migration(migrations.Migration):
    dependencies = [("grading", "0002_states")]

    operations = [
        migrations.AddField(
            model_name="dataasset",
            name="rescore_on",
            field=models.DateField(blank=True, null=True, verbose_name="score again on"),
        ),
        migrations.AddIndex(
            model_name="dataasset",
            index=models.Index(
                condition=models.Q(("rescore_on__isnull", False)), fields=["rescore_on"], name="asset_to_rescore"
            ),
        ),
        migrations.RunSQL(DUE, migrations.RunSQL.noop),
    ]
