"""The words of an open demand stand in one row, which processes remember. Filled by the next matching of each."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0023_failed_at"),
    ]

    operations = [
        migrations.DeleteModel("StandingTerm"),
        migrations.DeleteModel("StandingDemand"),
        migrations.CreateModel(
            name="StandingDemand",
            fields=[
                (
                    "demand",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="standing",
                        serialize=False,
                        to="matching.demand",
                        verbose_name="demand",
                    ),
                ),
                ("eligible", models.FloatField(verbose_name="to reach where all constraints are met")),
                ("near", models.FloatField(verbose_name="to reach where one is failed")),
                ("far", models.FloatField(null=True, verbose_name="to reach where more are failed")),
                ("asked", models.BinaryField(max_length=16)),
                ("terms", models.TextField()),
                ("weighed", models.BinaryField()),
            ],
            options={
                "verbose_name": "standing demand",
                "verbose_name_plural": "standing demands",
            },
        ),
    ]
