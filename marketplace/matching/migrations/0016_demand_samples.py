"""A file like the one wanted, shown with a demand: the sample, its columns, and those of them that a match has."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from foundation.state_machine import drop_trigger_sql, trigger_sql

SAMPLE = [("", "waiting"), ("waiting", "failed"), ("waiting", "read")]


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0015_converted"),
        ("vault", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="demand",
            name="sample_columns",
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name="columns of the sample"),
        ),
        migrations.AddField(
            model_name="match",
            name="sample_found",
            field=models.JSONField(blank=True, db_default=[], default=list, verbose_name="columns of the sample found"),
        ),
        migrations.CreateModel(
            name="DemandSample",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting to be read"), ("read", "read"), ("failed", "not read")],
                        default="waiting",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("filename", models.CharField(max_length=255, verbose_name="file name")),
                ("byte_size", models.BigIntegerField(verbose_name="size in bytes")),
                ("columns", models.PositiveIntegerField(blank=True, null=True, verbose_name="columns")),
                ("problem_code", models.CharField(blank=True, db_default="", max_length=60, verbose_name="problem")),
                ("problem_params", models.JSONField(blank=True, db_default={}, default=dict)),
                (
                    "attached_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="attached at"
                    ),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished at")),
                (
                    "blob",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.blob",
                        verbose_name="stored file",
                    ),
                ),
                (
                    "demand",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sample",
                        to="matching.demand",
                        verbose_name="demand",
                    ),
                ),
            ],
            options={
                "verbose_name": "sample of a demand",
                "verbose_name_plural": "samples of demands",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["attached_at"], name="sample_waiting"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("blob__isnull", False), ("finished_at", None), ("state", "waiting")),
                            models.Q(
                                models.Q(("state", "waiting"), _negated=True),
                                ("blob", None),
                                ("finished_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="sample_kept_until_read",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "failed"), ("problem_code", ""), _connector="XOR"),
                        name="sample_failed_has_problem",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            trigger_sql(table="matching_demandsample", pairs=SAMPLE),
            drop_trigger_sql(table="matching_demandsample"),
        ),
    ]
