"""The tables of the room, as first made."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("participants", "0003_names_of_the_rejected"),
        ("vault", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("receiving", "receiving"),
                            ("received", "received"),
                            ("attached", "attached"),
                            ("refused", "refused"),
                            ("terminated", "terminated"),
                            ("expired", "expired"),
                        ],
                        default="receiving",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("target_type", models.CharField(max_length=60, verbose_name="kind of target")),
                ("target_id", models.BigIntegerField(verbose_name="target")),
                ("filename", models.CharField(max_length=255, verbose_name="file name")),
                ("title", models.CharField(blank=True, max_length=300, verbose_name="title")),
                ("metadata", models.TextField(blank=True, verbose_name="metadata of the client")),
                ("length", models.BigIntegerField(verbose_name="bytes announced")),
                ("offset", models.BigIntegerField(default=0, verbose_name="bytes received")),
                ("expected_sha256", models.CharField(blank=True, max_length=64, verbose_name="announced SHA-256")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="begun at"),
                ),
                ("expires_at", models.DateTimeField(verbose_name="expires at")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished at")),
                ("result", models.JSONField(blank=True, null=True, verbose_name="result")),
                ("error_code", models.CharField(blank=True, max_length=80, verbose_name="error code")),
                ("error_detail", models.TextField(blank=True, verbose_name="error")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="participants.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="begun by",
                    ),
                ),
            ],
            options={
                "verbose_name": "upload",
                "verbose_name_plural": "uploads",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Piece",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start", models.BigIntegerField(verbose_name="first byte")),
                (
                    "blob",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.blob",
                        verbose_name="stored file",
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pieces",
                        to="uploads.upload",
                        verbose_name="upload",
                    ),
                ),
            ],
            options={
                "verbose_name": "piece of an upload",
                "verbose_name_plural": "pieces of uploads",
                "ordering": ["start"],
            },
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(
                condition=models.Q(("state__in", ("receiving", "received"))),
                fields=["organisation", "expires_at"],
                name="upload_unfinished",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("offset__gte", 0), ("offset__lte", models.F("length"))),
                name="upload_offset_within_length",
            ),
        ),
        migrations.AddConstraint(
            model_name="piece",
            constraint=models.UniqueConstraint(fields=("upload", "start"), name="upload_piece_once"),
        ),
    ]
