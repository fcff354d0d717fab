"""Open demands by term, with what a listing must reach to be shown for them. Filled by the next matching of each."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0017_embeddings"),
    ]

    operations = [
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
                ("digest", models.BinaryField(verbose_name="digest of the words")),
                ("eligible", models.FloatField(verbose_name="to reach where all constraints are met")),
                ("near", models.FloatField(verbose_name="to reach where one is failed")),
                ("far", models.FloatField(null=True, verbose_name="to reach where more are failed")),
            ],
            options={
                "verbose_name": "standing demand",
                "verbose_name_plural": "standing demands",
            },
        ),
        migrations.CreateModel(
            name="StandingTerm",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "demand_id", "term", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "demand",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="matching.demand",
                        verbose_name="demand",
                    ),
                ),
                ("term", models.CharField(max_length=64, verbose_name="term")),
                ("surface", models.PositiveSmallIntegerField(verbose_name="as written")),
                ("stem", models.PositiveSmallIntegerField(verbose_name="as a stem")),
            ],
            options={
                "verbose_name": "term of a demand",
                "verbose_name_plural": "terms of demands",
                "indexes": [
                    models.Index(fields=["term"], include=("demand", "surface", "stem"), name="standing_term_said")
                ],
            },
        ),
    ]
