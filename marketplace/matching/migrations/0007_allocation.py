"""Rounds of the allocation of exclusive rights and what they awarded."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authorization", "0009_allotments"),
        ("catalog", "0007_questions"),
        ("matching", "0006_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="AllocationRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(unique=True, verbose_name="due at")),
                ("claims", models.PositiveIntegerField(verbose_name="demands")),
                ("candidates", models.PositiveIntegerField(verbose_name="candidates")),
                ("awarded", models.PositiveIntegerField(verbose_name="awarded")),
                ("passed_over", models.PositiveIntegerField(verbose_name="passed over")),
                ("total", models.BigIntegerField(verbose_name="total value")),
                ("candidates_each", models.PositiveIntegerField(verbose_name="candidates of a demand at most")),
                ("days", models.PositiveIntegerField(verbose_name="days to ask")),
                ("inputs", models.JSONField(verbose_name="inputs")),
                ("inputs_sha256", models.CharField(max_length=64, verbose_name="digest of the inputs")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="computed at"
                    ),
                ),
            ],
            options={
                "verbose_name": "allocation round",
                "verbose_name_plural": "allocation rounds",
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="demand",
            name="exclusive",
            field=models.BooleanField(db_default=False, default=False, verbose_name="exclusive licence wanted"),
        ),
        migrations.CreateModel(
            name="Award",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.BigIntegerField(verbose_name="value")),
                ("others_lose", models.BigIntegerField(verbose_name="what others lose")),
                (
                    "allotment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="award",
                        to="authorization.allotment",
                        verbose_name="allotment",
                    ),
                ),
                (
                    "demand",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="awards",
                        to="matching.demand",
                        verbose_name="demand",
                    ),
                ),
                (
                    "next_demand",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="matching.demand",
                        verbose_name="next demand",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="awards",
                        to="matching.allocationround",
                        verbose_name="round",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.listingversion",
                        verbose_name="listing version",
                    ),
                ),
            ],
            options={
                "verbose_name": "award",
                "verbose_name_plural": "awards",
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("round", "demand"), name="award_once_a_round")],
            },
        ),
    ]
