"""What a provider wants to know of buyers, as JSON Schema."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0006_exclusive_offered"),
    ]

    operations = [
        migrations.AddField(
            model_name="listingversion",
            name="questions",
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name="questions to buyers"),
        ),
    ]
