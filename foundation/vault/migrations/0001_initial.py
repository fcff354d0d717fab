"""The tables of the room, as first made."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Blob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="file name")),
                ("address", models.CharField(db_index=True, editable=False, max_length=64, verbose_name="address")),
                ("size", models.BigIntegerField(editable=False, verbose_name="bytes")),
                ("wrapped_key", models.BinaryField(max_length=60, verbose_name="wrapped data key")),
                (
                    "master_key_version",
                    models.PositiveIntegerField(db_index=True, editable=False, verbose_name="master key version"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="stored at")),
            ],
            options={
                "verbose_name": "stored file",
                "verbose_name_plural": "stored files",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("size__gte", 0)), name="vault_blob_size_not_negative")
                ],
            },
        ),
    ]
