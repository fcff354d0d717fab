"""Exclusive rights that are kept for a buyer; the database refuses what the transition table does not list."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from foundation.state_machine import drop_trigger_sql, trigger_sql

ALLOTMENT = [
    ("", "proposed"),
    ("proposed", "declined"),
    ("proposed", "lapsed"),
    ("proposed", "taken_up"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("authorization", "0008_chains_of_before"),
        ("catalog", "0007_questions"),
        ("participants", "0010_states_of_accreditations"),
    ]

    operations = [
        migrations.CreateModel(
            name="Allotment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("taken_up", "taken up"),
                            ("declined", "declined"),
                            ("lapsed", "lapsed"),
                        ],
                        default="proposed",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("ends_at", models.DateTimeField(verbose_name="until")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="proposed at"
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
                (
                    "listing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.listing",
                        verbose_name="listing",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="participants.organisation",
                        verbose_name="buyer",
                    ),
                ),
                (
                    "request",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allotment",
                        to="authorization.accessrequest",
                        verbose_name="request",
                    ),
                ),
            ],
            options={
                "verbose_name": "allotment",
                "verbose_name_plural": "allotments",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "proposed")), fields=["ends_at"], name="allotment_to_lapse"
                    ),
                    models.Index(fields=["organisation"], name="allotment_of_buyer"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")), fields=("listing",), name="allotment_one_proposed"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("request__isnull", False), ("state", "taken_up")),
                            models.Q(models.Q(("state", "taken_up"), _negated=True), ("request", None)),
                            _connector="OR",
                        ),
                        name="allotment_taken_up_with_a_request",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            trigger_sql(table="authorization_allotment", pairs=ALLOTMENT),
            drop_trigger_sql(table="authorization_allotment"),
        ),
    ]
