"""What other files of the same publication hold, by what their columns are, instead of rows of parts of one table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("grading", "0007_collected_rows")]

    operations = [
        migrations.RemoveField(model_name="dataasset", name="collected_rows"),
        migrations.AddField(
            model_name="dataasset",
            name="collected",
            field=models.JSONField(
                blank=True, db_default={}, default=dict, verbose_name="held by files published with it"
            ),
        ),
    ]
