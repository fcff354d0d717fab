"""The engine that last set out to examine a file, so that one it cannot read is not tried by it for ever."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("grading", "0003_rescore_on")]

    operations = [
        migrations.AddField(
            model_name="dataasset",
            name="tried_by",
            field=models.CharField(blank=True, db_default="", max_length=40, verbose_name="engine that last tried it"),
        ),
    ]
