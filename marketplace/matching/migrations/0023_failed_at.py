"""When the matching of a demand failed last, so that those that fail keep no other from its turn."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0022_rarities"),
    ]

    operations = [
        migrations.AddField(
            "demand",
            "failed_at",
            models.DateTimeField(blank=True, null=True, verbose_name="matching failed at"),
        ),
    ]
