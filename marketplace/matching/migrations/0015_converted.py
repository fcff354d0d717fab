"""A match that led to a grant keeps which one it was."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authorization", "0012_when_steps_opened"),
        ("matching", "0011_first_wishes"),
    ]

    operations = [
        migrations.AddField(
            model_name="match",
            name="grant",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="authorization.grant",
                verbose_name="grant",
            ),
        ),
        migrations.AlterField(
            model_name="judgment",
            name="source",
            field=models.CharField(
                choices=[("accepted", "accepted"), ("dismissed", "dismissed"), ("converted", "converted")],
                max_length=16,
                verbose_name="from",
            ),
        ),
    ]
