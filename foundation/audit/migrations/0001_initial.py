"""The tables of the room, as first made."""

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SealedPosition",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="position")),
                ("event_id", models.BigIntegerField(unique=True, verbose_name="event")),
                ("leaf_hash", models.BinaryField(max_length=32, verbose_name="leaf hash")),
                ("key_version", models.PositiveIntegerField(verbose_name="key version")),
                ("mac", models.BinaryField(max_length=32, verbose_name="authentication code")),
            ],
            options={
                "verbose_name": "sealed position",
                "verbose_name_plural": "sealed positions",
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "actor_kind",
                    models.CharField(
                        choices=[("anonymous", "Anonymous"), ("member", "Member"), ("system", "System")],
                        max_length=16,
                        verbose_name="kind of actor",
                    ),
                ),
                ("actor_label", models.CharField(max_length=200, verbose_name="actor")),
                ("actor_user_id", models.BigIntegerField(null=True, verbose_name="user")),
                ("actor_organisation_id", models.BigIntegerField(null=True, verbose_name="organisation")),
                ("action", models.CharField(max_length=100, verbose_name="action")),
                ("subject_type", models.CharField(max_length=100, verbose_name="kind of subject")),
                ("subject_id", models.CharField(max_length=100, verbose_name="subject")),
                ("data", models.JSONField(default=dict, verbose_name="data")),
                ("key_version", models.PositiveIntegerField(verbose_name="key version")),
                ("mac", models.BinaryField(max_length=32, verbose_name="authentication code")),
                (
                    "transaction",
                    models.BigIntegerField(
                        db_default=django.db.models.functions.comparison.Cast(
                            django.db.models.functions.comparison.Cast(
                                models.Func(function="pg_current_xact_id"), models.TextField()
                            ),
                            models.BigIntegerField(),
                        ),
                        editable=False,
                        verbose_name="transaction",
                    ),
                ),
            ],
            options={
                "verbose_name": "audit event",
                "verbose_name_plural": "audit events",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["subject_type", "subject_id", "id"], name="audit_event_subject"),
                    models.Index(fields=["transaction", "id"], name="audit_event_transaction"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="number")),
                ("first", models.BigIntegerField(verbose_name="first position")),
                ("last", models.BigIntegerField(verbose_name="last position")),
                ("merkle_root", models.BinaryField(max_length=32, verbose_name="Merkle root")),
                ("previous_hash", models.BinaryField(max_length=32, verbose_name="hash of the previous seal")),
                ("hash", models.BinaryField(max_length=32, verbose_name="hash")),
                ("key_version", models.PositiveIntegerField(verbose_name="key version")),
                ("mac", models.BinaryField(max_length=32, verbose_name="authentication code")),
                ("sealed_at", models.DateTimeField(verbose_name="sealed at")),
                ("horizon", models.BigIntegerField(verbose_name="horizon")),
            ],
            options={
                "verbose_name": "seal",
                "verbose_name_plural": "seals",
                "ordering": ["number"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last__gte", models.F("first"))), name="audit_seal_not_empty"
                    )
                ],
            },
        ),
    ]
