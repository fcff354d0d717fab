"""Holders are told once that terms wait to be accepted; figures find what was closed in a period by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("authorization", "0012_when_steps_opened")]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="terms_reminded_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="told that the terms wait at"),
        ),
        migrations.AddIndex(
            model_name="accessrequest",
            index=models.Index(fields=["closed_at"], name="request_closed"),
        ),
    ]
