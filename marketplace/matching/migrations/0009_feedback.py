"""What buyers thought of matches, and listings that nobody uses."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0007_questions"),
        ("matching", "0008_index_digest"),
    ]

    operations = [
        migrations.CreateModel(
            name="Dormancy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unused_since", models.DateTimeField(verbose_name="unused since")),
                ("offers", models.PositiveIntegerField(verbose_name="offered to demands")),
                ("near_misses", models.PositiveIntegerField(verbose_name="near misses of demands")),
                (
                    "found_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="found at"),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dormancies",
                        to="catalog.listing",
                        verbose_name="listing",
                    ),
                ),
            ],
            options={
                "verbose_name": "dormant listing",
                "verbose_name_plural": "dormant listings",
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("listing", "unused_since"), name="dormancy_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("listing",), name="dormancy_one_at_a_time"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Judgment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("grade", models.PositiveSmallIntegerField(verbose_name="relevance")),
                (
                    "source",
                    models.CharField(
                        choices=[("accepted", "accepted"), ("dismissed", "dismissed")],
                        max_length=16,
                        verbose_name="from",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("irrelevant", "about something else"),
                            ("partly", "only in part what is looked for"),
                            ("quality", "relevant, but not good enough"),
                            ("price", "relevant, but too dear"),
                            ("terms", "relevant, but the terms do not fit"),
                            ("other", "another reason"),
                        ],
                        max_length=16,
                        verbose_name="coded reason",
                    ),
                ),
                ("weights_version", models.CharField(max_length=40, verbose_name="version of the weights")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="judged at"
                    ),
                ),
                (
                    "demand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="judgments",
                        to="matching.demand",
                        verbose_name="demand",
                    ),
                ),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.listing",
                        verbose_name="listing",
                    ),
                ),
            ],
            options={
                "verbose_name": "judgment",
                "verbose_name_plural": "judgments",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("grade__range", (0, 3))), name="judgment_grade")
                ],
            },
        ),
    ]
